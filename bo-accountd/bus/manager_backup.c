/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: a backup, made while everything goes on, read in pieces. */
#include "bo-accountd/backup.h"
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"

#include <errno.h>
#include <string.h>

#define PIECE_MOST ((uint32_t)1 << 20)

/* References are taken and dropped on the main thread: by parse, reply and clear. */
struct backup_call {
        struct connection *connection;
        struct backup *backup;
        struct backup_view view;
        uint64_t offset;
        uint32_t limit;
        unsigned char *piece;
        size_t size;
};

/* One that is over makes room for the next of its connection; another's has to wait for its end. */
static bool is_over(struct backup *backup)
{
        struct backup_view view = {0};

        if (backup)
                backup_look(backup, &view);
        return view.size > 0 || view.result < 0;
}

static int begin_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct backup_call *call = userdata;

        call->connection = request->connection;
        if (is_over(request->connection->backup))
                request->connection->backup = backup_unref(request->connection->backup);
        return options_read(request, message, NULL, 0);
}

static int begin_run(struct op *op, void *userdata)
{
        struct backup_call *call = userdata;
        int r = op_backup_allowed(op);

        if (r == 0)
                r = backup_start(&call->backup, bus_daemon(call->connection->owner)->store_path,
                                 op->keys);
        return r == -EBUSY ? op_refuse(op, BO_ERR_BUSY, "A backup is being made already.") : r;
}

static int begin_reply(void *userdata, sd_bus_message *reply)
{
        struct backup_call *call = userdata;

        (void)reply; /* it is empty */
        if (!call->connection->closed && !call->connection->backup)
                call->connection->backup = backup_ref(call->backup);
        return 0;
}

static void backup_clear(void *userdata)
{
        struct backup_call *call = userdata;

        backup_unref(call->backup);
        free(call->piece);
}

/* Of this connection; another's is none of the caller's business. */
static void find(const struct request *request, struct backup_call *call)
{
        call->connection = request->connection;
        call->backup = backup_ref(request->connection->backup);
}

static int found(struct op *op, const struct backup_call *call)
{
        int r = op_backup_allowed(op);

        if (r != 0 || call->backup)
                return r;
        return op_refuse(op, BO_ERR_BAD_VALUE, "No backup was begun on this connection.");
}

static int look_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        (void)message; /* it is empty */
        find(request, userdata);
        return 0;
}

/* Where it stands. One that is done is recorded before anything of it is told or handed out; two
 * who ask at once may record it twice. */
static int look(struct op *op, struct backup_call *call)
{
        int r = found(op, call);

        if (r != 0)
                return r;
        backup_look(call->backup, &call->view);
        if (call->view.result < 0)
                return op_backup_failed(op, call->view.result);
        if (call->view.size == 0 || backup_is_recorded(call->backup))
                return 0;
        r = op_backup_made(op, call->view.size);
        if (r == 0)
                backup_set_recorded(call->backup);
        return r;
}

static int look_run(struct op *op, void *call)
{
        return look(op, call);
}

static int look_reply(void *userdata, sd_bus_message *reply)
{
        const struct backup_call *call = userdata;
        const struct backup_view *view = &call->view;
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r >= 0)
                r = sd_bus_message_append(reply, "{sv}{sv}{sv}", "Stage", "s", view->stage, "Done",
                                          "t", view->done, "Total", "t", view->total);
        if (r >= 0 && view->size > 0)
                r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}", "Size", "t", view->size,
                                          "Version", "s", view->facts.version, "Schema", "u",
                                          view->facts.schema, "Time", "t", view->facts.made_usec,
                                          "Sequence", "t", view->facts.sequence);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int read_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct backup_call *call = userdata;
        int r = sd_bus_message_read(message, "tu", &call->offset, &call->limit);

        if (r < 0)
                return r;
        if (call->limit == 0 || call->limit > PIECE_MOST || call->offset > INT64_MAX)
                return op_refuse(&request->op, BO_ERR_BAD_VALUE,
                                 "A piece of a backup has 1 to %u bytes.", PIECE_MOST);
        find(request, call);
        return 0;
}

static int read_run(struct op *op, void *userdata)
{
        struct backup_call *call = userdata;
        int r = look(op, call);

        if (r != 0)
                return r;
        call->piece = malloc(call->limit);
        if (!call->piece)
                return -ENOMEM;
        r = backup_read(call->backup, call->offset, call->piece, call->limit, &call->size);
        return r == -EAGAIN ? op_refuse(op, BO_ERR_BAD_VALUE, "The backup is not done yet.") : r;
}

static int read_reply(void *userdata, sd_bus_message *reply)
{
        const struct backup_call *call = userdata;

        return sd_bus_message_append_array(reply, 'y', call->piece, call->size);
}

/* Large, and nothing for a bus: on the private socket alone. */
static const struct method methods[] = {
        {"Backup", QUEUE_OTHER, true, sizeof(struct backup_call), begin_parse, begin_run,
         begin_reply, backup_clear},
        {"GetBackup", QUEUE_OTHER, true, sizeof(struct backup_call), look_parse, look_run,
         look_reply, backup_clear},
        {"ReadBackup", QUEUE_OTHER, true, sizeof(struct backup_call), read_parse, read_run,
         read_reply, backup_clear},
};

int manager_on_backup(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
