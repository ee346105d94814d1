/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A backup: begun, watched, read in pieces. */
#include <errno.h>
#include <string.h>

#include "libbo/internal.h"
#include "libbo/record.h"

static const struct field backup_fields[] = {
        {"Stage", FIELD_STRING, offsetof(struct bo_backup, stage), 0},
        {"Done", FIELD_U64, offsetof(struct bo_backup, done), 0},
        {"Total", FIELD_U64, offsetof(struct bo_backup, total), 0},
        {"Size", FIELD_U64, offsetof(struct bo_backup, size), 0},
        {"Version", FIELD_STRING, offsetof(struct bo_backup, version), 0},
        {"Schema", FIELD_U32, offsetof(struct bo_backup, schema), 0},
        {"Time", FIELD_U64, offsetof(struct bo_backup, time_usec), 0},
        {"Sequence", FIELD_U64, offsetof(struct bo_backup, sequence), 0},
};

static const struct record backup_record = {backup_fields, ELEMENTS(backup_fields),
                                            sizeof(struct bo_backup)};

int bo_backup_begin(bo *client)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "Backup", false);

        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}

int bo_backup_look(bo *client, struct bo_backup **ret_backup)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        struct bo_backup *backup = calloc(1, sizeof(*backup));
        int r = backup ? call_new(client, &call, BO_PATH, BO_MANAGER, "GetBackup", false) : -ENOMEM;

        if (r >= 0)
                r = call_send(client, call, &reply);
        if (r == 0)
                r = record_read(reply, &backup_record, backup);
        if (r == 0 && !backup->stage)
                r = -EBADMSG;
        if (r != 0) {
                bo_backup_free(backup);
                return r;
        }
        *ret_backup = backup;
        return 0;
}

struct bo_backup *bo_backup_free(struct bo_backup *backup)
{
        if (backup)
                record_clear(&backup_record, backup);
        free(backup);
        return NULL;
}

int bo_backup_read(bo *client, uint64_t offset, void *bytes, uint32_t size, uint32_t *ret_size)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        const void *piece;
        size_t n = 0;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ReadBackup", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "tu", offset, size);
        if (r >= 0)
                r = call_send(client, call, &reply);
        if (r != 0)
                return r;
        r = sd_bus_message_read_array(reply, 'y', &piece, &n);
        if (r < 0 || n > size)
                return r < 0 ? errno_fold(r) : -EBADMSG;
        if (n > 0)
                memcpy(bytes, piece, n);
        *ret_size = (uint32_t)n;
        return 0;
}
