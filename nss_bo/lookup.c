/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* getpwnam, getpwuid, getgrnam and getgrgid for bo's users and groups. */
#include "common/version.h"
#include "nss_bo/current.h"
#include "nss_bo/nss_bo.h"

VERSION_MARK_HERE;

/* By @name, or by @id if that is NULL. */
static enum nss_status look_up(const char *name, uint32_t id, const struct answer *answer)
{
        struct snapshot_record record;
        enum nss_status status;
        struct hold hold;
        int r;

        r = hold_current(&hold);
        if (r < 0)
                return answer_status(r, answer->errnop);
        if (name)
                r = snapshot_find_name(hold.snapshot, name, &record);
        else
                r = snapshot_find_id(hold.snapshot, id, &record);
        if (r > 0)
                status = answer_record(answer, &record);
        else
                status = answer_status(r, answer->errnop);
        hold_release(&hold);
        return status;
}

NSS_EXPORT enum nss_status _nss_bo_getpwnam_r(const char *name, struct passwd *pwd, char *buffer,
                                              size_t n_bytes, int *errnop)
{
        return look_up(name, 0,
                       &(struct answer){
                               .pwd = pwd, .buffer = buffer, .n_bytes = n_bytes, .errnop = errnop});
}

NSS_EXPORT enum nss_status _nss_bo_getpwuid_r(uid_t uid, struct passwd *pwd, char *buffer,
                                              size_t n_bytes, int *errnop)
{
        return look_up(NULL, uid,
                       &(struct answer){
                               .pwd = pwd, .buffer = buffer, .n_bytes = n_bytes, .errnop = errnop});
}

NSS_EXPORT enum nss_status _nss_bo_getgrnam_r(const char *name, struct group *grp, char *buffer,
                                              size_t n_bytes, int *errnop)
{
        return look_up(name, 0,
                       &(struct answer){
                               .grp = grp, .buffer = buffer, .n_bytes = n_bytes, .errnop = errnop});
}

NSS_EXPORT enum nss_status _nss_bo_getgrgid_r(gid_t gid, struct group *grp, char *buffer,
                                              size_t n_bytes, int *errnop)
{
        return look_up(NULL, gid,
                       &(struct answer){
                               .grp = grp, .buffer = buffer, .n_bytes = n_bytes, .errnop = errnop});
}
