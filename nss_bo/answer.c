/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Turns what a snapshot says into what glibc's name service switch wants to hear. */
#include "nss_bo/answer.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

enum nss_status answer_status(int r, int *errnop)
{
        if (r > 0)
                return NSS_STATUS_SUCCESS;
        /* callers take ENOENT for "no such entry", any other errno for a broken system */
        *errnop = ENOENT;
        return r == 0 ? NSS_STATUS_NOTFOUND : NSS_STATUS_UNAVAIL;
}

static enum nss_status too_small(const struct answer *answer)
{
        *answer->errnop = ERANGE;
        return NSS_STATUS_TRYAGAIN;
}

static enum nss_status answer_passwd(const struct answer *answer,
                                     const struct snapshot_record *record)
{
        char *name = answer->buffer;

        if (record->texts_bytes > answer->n_bytes)
                return too_small(answer);
        memcpy(name, record->texts, record->texts_bytes);
        *answer->pwd = (struct passwd){
                .pw_name = name,
                .pw_passwd = name + record->name_bytes + 1,
                .pw_uid = record->id,
                .pw_gid = record->id,
                .pw_gecos = name + record->name_bytes + 3,
                .pw_dir = name + record->home,
                .pw_shell = name + record->shell,
        };
        return NSS_STATUS_SUCCESS;
}

/* Splits the names that lie one after the other; fewer than @n if the record is damaged. */
static void list_members(char **members, uint32_t n, char *member, const char *end)
{
        uint32_t i = 0;

        for (; i < n && member < end; i++) {
                members[i] = member;
                member += strlen(member) + 1;
        }
        members[i] = NULL;
}

/* A user's private group is the user's name and number without a member. */
static enum nss_status answer_group(const struct answer *answer,
                                    const struct snapshot_record *record)
{
        uint32_t n = record->is_user ? 0 : record->n;
        uint32_t texts_bytes = record->is_user ? record->name_bytes + 3 : record->texts_bytes;
        size_t gap = -(uintptr_t)answer->buffer % sizeof(char *);
        size_t list_bytes = ((size_t)n + 1) * sizeof(char *);
        char **members, *name;

        if (gap + list_bytes + texts_bytes > answer->n_bytes)
                return too_small(answer);
        members = (char **)(void *)(answer->buffer + gap);
        name = answer->buffer + gap + list_bytes;
        memcpy(name, record->texts, texts_bytes);
        list_members(members, n, name + record->name_bytes + 3, name + texts_bytes);
        *answer->grp = (struct group){
                .gr_name = name,
                .gr_passwd = name + record->name_bytes + 1,
                .gr_gid = record->id,
                .gr_mem = members,
        };
        return NSS_STATUS_SUCCESS;
}

enum nss_status answer_record(const struct answer *answer, const struct snapshot_record *record)
{
        if (answer->grp)
                return answer_group(answer, record);
        if (record->is_user)
                return answer_passwd(answer, record);
        return answer_status(0, answer->errnop);
}
