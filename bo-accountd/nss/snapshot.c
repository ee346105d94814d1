/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes in users and groups for a snapshot: what no reader would believe is refused here. */
#include "bo-accountd/nss/snapshot.h"

#include <assert.h>
#include <errno.h>

#include "bo-accountd/nss/writer.h"

static_assert((int)SNAPSHOT_NAME_MAX == (int)SNAPSHOT_NAME_BYTES, "one limit");
static_assert((int)SNAPSHOT_ID_MIN == (int)SNAPSHOT_ID_LOWEST, "one limit");

/* 0 and the folded name, or -EINVAL: a ':' or a line end would forge a line of getent's output. */
static int fold_name(char folded[SNAPSHOT_NAME_BYTES + 1], const char *name)
{
        size_t n = name ? strnlen(name, SNAPSHOT_NAME_BYTES + 1) : 0;

        if (n == 0 || n > SNAPSHOT_NAME_BYTES)
                return -EINVAL;
        for (size_t i = 0; i <= n; i++) {
                char c = name[i];

                if (i < n && (c <= ' ' || c >= 0x7f || c == ':' || c == '/' || c == ','))
                        return -EINVAL;
                folded[i] = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
        }
        return 0;
}

static bool text_is_sound(const char *text)
{
        size_t n = strnlen(text, SNAPSHOT_TEXT_MAX + 1);

        if (n > SNAPSHOT_TEXT_MAX)
                return false;
        for (size_t i = 0; i < n; i++)
                if ((unsigned char)text[i] < ' ' || text[i] == 0x7f || text[i] == ':')
                        return false;
        return true;
}

/* Takes care for @more bytes behind the @n that are there. */
static int value_reserve(struct snapshot_writer *writer, size_t n, size_t more)
{
        uint8_t *value;

        if (n + more <= writer->value_room)
                return 0;
        value = realloc(writer->value, 2 * (n + more));
        if (!value)
                return -ENOMEM;
        writer->value = value;
        writer->value_room = 2 * (n + more);
        return 0;
}

/* Appends at *@n, which it moves. */
static int value_put(struct snapshot_writer *writer, size_t *n, const void *bytes, size_t n_bytes)
{
        int r;

        r = value_reserve(writer, *n, n_bytes);
        if (r < 0)
                return r;
        memcpy(writer->value + *n, bytes, n_bytes);
        *n += n_bytes;
        return 0;
}

static int value_put_text(struct snapshot_writer *writer, size_t *n, const char *text)
{
        return value_put(writer, n, text, strlen(text) + 1);
}

/* Ends the record that lies in writer->value and adds it under @name and under its number. */
static int add_record(struct snapshot_writer *writer, const char *name, size_t n,
                      const struct snapshot_tail *tail)
{
        struct snapshot_tail out = {
                .id = htole32(tail->id),
                .texts_bytes = htole32(tail->texts_bytes),
                .n = htole32(tail->n),
                .home = htole16(tail->home),
                .shell = htole16(tail->shell),
                .kind = tail->kind,
        };
        uint64_t pos = writer->file.pos;
        int r;

        r = value_put(writer, &n, &out, sizeof(out));
        if (r == 0)
                r = build_name(writer, name, writer->value, n);
        if (r == 0)
                r = build_index(writer, tail->id, pos);
        return r;
}

static int put_user_texts(struct snapshot_writer *writer, const struct snapshot_user *user,
                          size_t *n, struct snapshot_tail *tail)
{
        size_t name_bytes = strlen(user->name);
        int r;

        /*
         * "x", and no entry in shadow(5): where a stack lacks pam_bo, account in pam_unix then
         * answers PAM_AUTHINFO_UNAVAIL; "*" would be PAM_SUCCESS, also for who is deactivated.
         */
        r = value_put(writer, n, "\0x", 3);
        if (r == 0)
                r = value_put_text(writer, n, user->gecos ? user->gecos : "");
        tail->home = (uint16_t)(name_bytes + *n);
        if (r == 0)
                r = value_put_text(writer, n, user->home);
        tail->shell = (uint16_t)(name_bytes + *n);
        if (r == 0)
                r = value_put_text(writer, n, user->shell);
        tail->texts_bytes = (uint32_t)(name_bytes + *n);
        return r;
}

static bool user_is_sound(const struct snapshot_user *user)
{
        if (!snapshot_id_is_ours(user->uid) || user->n_gids > SNAPSHOT_GIDS_MAX)
                return false;
        for (size_t i = 0; i < user->n_gids; i++)
                if (!snapshot_id_is_ours(user->gids[i]))
                        return false;
        return user->home && user->home[0] == '/' && text_is_sound(user->home) && user->shell &&
               user->shell[0] == '/' && text_is_sound(user->shell) &&
               (!user->gecos || text_is_sound(user->gecos));
}

int snapshot_add_user(struct snapshot_writer *writer, const struct snapshot_user *user)
{
        struct snapshot_tail tail = {
                .kind = SNAPSHOT_RECORD_USER, .id = user->uid, .n = (uint32_t)user->n_gids};
        char name[SNAPSHOT_NAME_BYTES + 1];
        size_t n = 0;
        int r;

        if (fold_name(name, user->name) < 0 || !user_is_sound(user))
                return -EINVAL;
        r = put_user_texts(writer, user, &n, &tail);
        for (size_t i = 0; i < user->n_gids && r == 0; i++) {
                uint32_t gid = htole32(user->gids[i]);

                r = value_put(writer, &n, &gid, sizeof(gid));
        }
        return r < 0 ? r : add_record(writer, name, n, &tail);
}

int snapshot_add_group(struct snapshot_writer *writer, const struct snapshot_group *group)
{
        struct snapshot_tail tail = {
                .kind = SNAPSHOT_RECORD_GROUP, .id = group->gid, .n = (uint32_t)group->n_members};
        char name[SNAPSHOT_NAME_BYTES + 1], member[SNAPSHOT_NAME_BYTES + 1];
        size_t n = 0;
        int r;

        if (fold_name(name, group->name) < 0 || !snapshot_id_is_ours(group->gid) ||
            group->n_members > UINT32_MAX / sizeof(member))
                return -EINVAL;
        r = value_put(writer, &n, "\0*", 3);
        for (size_t i = 0; i < group->n_members && r == 0; i++) {
                r = fold_name(member, group->members[i]);
                if (r == 0)
                        r = value_put_text(writer, &n, member);
        }
        tail.texts_bytes = (uint32_t)(strlen(name) + n);
        return r < 0 ? r : add_record(writer, name, n, &tail);
}

int snapshot_add_gone(struct snapshot_writer *writer, const char *name, uint32_t id)
{
        char folded[SNAPSHOT_NAME_BYTES + 1];
        int r = 0;

        if (writer->header.kind != SNAPSHOT_KIND_DELTA || (name && fold_name(folded, name) < 0) ||
            (id && !snapshot_id_is_ours(id)))
                return -EINVAL;
        if (name)
                r = build_gone(writer, folded);
        if (r == 0 && id)
                r = build_index(writer, id, 0);
        return r;
}
