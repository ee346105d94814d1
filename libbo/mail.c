/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outbox: taken and told of by who delivers, listed by the operator. */
#include <errno.h>
#include <poll.h>

#include "common/clock.h"
#include "libbo/page.h"

static const struct field mail_fields[] = {
        {"Id", FIELD_U64, offsetof(struct bo_mail, id), 0},
        {"Kind", FIELD_STRING, offsetof(struct bo_mail, kind), 0},
        {"Recipient", FIELD_STRING, offsetof(struct bo_mail, recipient), 0},
        {"MessageId", FIELD_STRING, offsetof(struct bo_mail, message_id), 0},
        {"Queued", FIELD_U64, offsetof(struct bo_mail, queued_usec), 0},
        {"Attempts", FIELD_U32, offsetof(struct bo_mail, attempts), 0},
        {"Fields", FIELD_MAP, offsetof(struct bo_mail, fields), offsetof(struct bo_mail, n_fields)},
};

static const struct field row_fields[] = {
        {"Id", FIELD_U64, offsetof(struct bo_mail_row, id), 0},
        {"Kind", FIELD_STRING, offsetof(struct bo_mail_row, kind), 0},
        {"Recipient", FIELD_STRING, offsetof(struct bo_mail_row, recipient), 0},
        {"User", FIELD_U32, offsetof(struct bo_mail_row, user), 0},
        {"Queued", FIELD_U64, offsetof(struct bo_mail_row, queued_usec), 0},
        {"Due", FIELD_U64, offsetof(struct bo_mail_row, due_usec), 0},
        {"Attempts", FIELD_U32, offsetof(struct bo_mail_row, attempts), 0},
        {"Problem", FIELD_STRING, offsetof(struct bo_mail_row, problem), 0},
        {"GivenUp", FIELD_U64, offsetof(struct bo_mail_row, given_up_usec), 0},
};

static const struct record mail_record = {mail_fields, ELEMENTS(mail_fields),
                                          sizeof(struct bo_mail)};
static const struct record row_record = {row_fields, ELEMENTS(row_fields),
                                         sizeof(struct bo_mail_row)};

DEFINE_CLEANUP(struct bo_mails *, bo_mails_free)

IS_PAGE(struct bo_mail_page);

int bo_mail_take(bo *client, uint32_t limit, struct bo_mails **ret_mails)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        _cleanup_(bo_mails_freep) struct bo_mails *mails = calloc(1, sizeof(*mails));
        void *items = NULL;
        int r;

        if (!mails)
                return -ENOMEM;
        r = call_new(client, &call, BO_PATH, BO_MAIL, "Take", false);
        if (r >= 0)
                r = sd_bus_message_append(call, "u", limit);
        if (r >= 0) {
                client->mail_queued = false; /* what comes from now on may be missed by it */
                r = call_send(client, call, &reply);
        }
        if (r == 0)
                r = sd_bus_message_sensitive(reply);
        if (r != 0)
                return r;
        r = records_read(reply, &mail_record, &items, &mails->n_items);
        if (r < 0)
                return r;
        mails->items = items;
        r = sd_bus_message_read(reply, "t", &mails->wait_usec);
        if (r <= 0)
                return call_malformed(r);
        *ret_mails = TAKE_PTR(mails);
        return 0;
}

/* Names, addresses and links: wiped, since a link opens an account. */
struct bo_mails *bo_mails_free(struct bo_mails *mails)
{
        if (mails)
                records_free(&mail_record, mails->items, mails->n_items);
        free(mails);
        return NULL;
}

static int outcome(bo *client, const char *member, uint64_t id, const char *problem)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MAIL, member, false);

        if (r >= 0)
                r = sd_bus_message_append(call, "t", id);
        if (r >= 0 && problem)
                r = sd_bus_message_append(call, "s", problem);
        return r < 0 ? r : call_send(client, call, NULL);
}

int bo_mail_delivered(bo *client, uint64_t id)
{
        return outcome(client, "Delivered", id, NULL);
}

int bo_mail_retry(bo *client, uint64_t id, const char *problem)
{
        return outcome(client, "Retry", id, problem);
}

int bo_mail_give_up(bo *client, uint64_t id, const char *problem)
{
        return outcome(client, "GiveUp", id, problem);
}

/* One turn: 1 to go on, 0 for the end of the wait. */
static int wait_once(bo *client, int wake_fd, uint64_t deadline_usec)
{
        struct pollfd fds[2] = {{.fd = client->fd}, {.fd = wake_fd, .events = POLLIN}};
        uint64_t now_usec = clock_monotonic_usec();
        int events = sd_bus_get_events(client->bus);
        struct timespec left;

        if (events < 0)
                return events;
        if (now_usec >= deadline_usec)
                return 0;
        fds[0].events = (short)events;
        left.tv_sec = (time_t)((deadline_usec - now_usec) / USEC_PER_SEC);
        left.tv_nsec = (long)((deadline_usec - now_usec) % USEC_PER_SEC * 1000);
        if (ppoll(fds, wake_fd >= 0 ? 2 : 1, &left, NULL) < 0 && errno != EINTR)
                return -errno;
        return wake_fd >= 0 && fds[1].revents ? 0 : 1;
}

int bo_mail_wait(bo *client, int wake_fd, uint64_t timeout_usec)
{
        uint64_t deadline_usec = clock_monotonic_usec() + timeout_usec;
        int r = 1;

        if (client->pid != getpid())
                return -ECHILD;
        while (r > 0 && !client->mail_queued) {
                _cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL;

                r = sd_bus_process(client->bus, &message);
                if (message)
                        message_note(client, message);
                if (r == 0)
                        r = wait_once(client, wake_fd, deadline_usec);
        }
        return r < 0 ? errno_fold(r) : 0;
}

int bo_mail_list(bo *client, const char *cursor, uint32_t limit, struct bo_mail_page **ret_page)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *page = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ListMail", false);

        if (r >= 0)
                r = call_page(client, call, &row_record, cursor, limit, &page);
        if (r == 0)
                *ret_page = page;
        return r;
}

struct bo_mail_page *bo_mail_page_free(struct bo_mail_page *page)
{
        return page_free(&row_record, page);
}
