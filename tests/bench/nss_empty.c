/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The peer in the bench of libnss_bo: a module that looks nothing up and gives a constant answer.
 */
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <string.h>

#include "tests/bench/nss_bench.h"

#define EXPORT __attribute__((visibility("default")))

/* As long as what the bench has libnss_bo give out, for the caller's buffer is part of the price.
 */
#define NAME  "u0000000.jansen@shop000.example"
#define TEXTS NAME "\0*\0Jan Jansen\0/home/" NAME "\0/bin/bash"

EXPORT enum nss_status _nss_empty_getpwnam_r(const char *name, struct passwd *pwd, char *buffer,
                                             size_t n_bytes, int *errnop);
EXPORT enum nss_status _nss_empty_getpwuid_r(uid_t uid, struct passwd *pwd, char *buffer,
                                             size_t n_bytes, int *errnop);
EXPORT enum nss_status _nss_empty_getgrnam_r(const char *name, struct group *grp, char *buffer,
                                             size_t n_bytes, int *errnop);
EXPORT enum nss_status _nss_empty_getgrgid_r(gid_t gid, struct group *grp, char *buffer,
                                             size_t n_bytes, int *errnop);
EXPORT enum nss_status _nss_empty_initgroups_dyn(const char *user, gid_t group, long *start,
                                                 long *n_room, gid_t **groups, long limit,
                                                 int *errnop);
EXPORT enum nss_status _nss_empty_setpwent(int stay_open);
EXPORT enum nss_status _nss_empty_getpwent_r(struct passwd *pwd, char *buffer, size_t n_bytes,
                                             int *errnop);
EXPORT enum nss_status _nss_empty_endpwent(void);
EXPORT enum nss_status _nss_empty_setgrent(int stay_open);
EXPORT enum nss_status _nss_empty_getgrent_r(struct group *grp, char *buffer, size_t n_bytes,
                                             int *errnop);
EXPORT enum nss_status _nss_empty_endgrent(void);

static enum nss_status not_found(int *errnop)
{
        *errnop = ENOENT;
        return NSS_STATUS_NOTFOUND;
}

static enum nss_status constant_passwd(struct passwd *pwd, char *buffer, size_t n_bytes,
                                       int *errnop)
{
        if (n_bytes < sizeof(TEXTS)) {
                *errnop = ERANGE;
                return NSS_STATUS_TRYAGAIN;
        }
        memcpy(buffer, TEXTS, sizeof(TEXTS));
        *pwd = (struct passwd){
                .pw_name = buffer,
                .pw_passwd = buffer + sizeof(NAME),
                .pw_uid = BENCH_FIRST_UID,
                .pw_gid = BENCH_FIRST_UID,
                .pw_gecos = buffer + sizeof(NAME) + 2,
                .pw_dir = buffer + sizeof(NAME "**Jan Jansen*"),
                .pw_shell = buffer + sizeof(NAME "**Jan Jansen**/home/" NAME),
        };
        return NSS_STATUS_SUCCESS;
}

EXPORT enum nss_status _nss_empty_getpwnam_r(const char *name, struct passwd *pwd, char *buffer,
                                             size_t n_bytes, int *errnop)
{
        return name[0] == BENCH_HIT ? constant_passwd(pwd, buffer, n_bytes, errnop)
                                    : not_found(errnop);
}

EXPORT enum nss_status _nss_empty_getpwuid_r(uid_t uid, struct passwd *pwd, char *buffer,
                                             size_t n_bytes, int *errnop)
{
        return uid >= BENCH_FIRST_UID && uid < BENCH_MISSING_UID
                       ? constant_passwd(pwd, buffer, n_bytes, errnop)
                       : not_found(errnop);
}

EXPORT enum nss_status _nss_empty_getgrnam_r(const char *name, struct group *grp, char *buffer,
                                             size_t n_bytes, int *errnop)
{
        (void)name, (void)grp, (void)buffer, (void)n_bytes; /* not measured */
        return not_found(errnop);
}

EXPORT enum nss_status _nss_empty_getgrgid_r(gid_t gid, struct group *grp, char *buffer,
                                             size_t n_bytes, int *errnop)
{
        (void)gid, (void)grp, (void)buffer, (void)n_bytes; /* not measured */
        return not_found(errnop);
}

EXPORT enum nss_status _nss_empty_initgroups_dyn(const char *user, gid_t group, long *start,
                                                 long *n_room, gid_t **groups, long limit,
                                                 int *errnop)
{
        (void)group, (void)limit; /* the bench gives room enough */
        if (user[0] != BENCH_HIT || *n_room - *start < BENCH_GIDS)
                return not_found(errnop);
        for (gid_t i = 0; i < BENCH_GIDS; i++)
                (*groups)[(*start)++] = BENCH_FIRST_GID + i;
        return NSS_STATUS_SUCCESS;
}

EXPORT enum nss_status _nss_empty_setpwent(int stay_open)
{
        (void)stay_open;
        return NSS_STATUS_SUCCESS;
}

EXPORT enum nss_status _nss_empty_getpwent_r(struct passwd *pwd, char *buffer, size_t n_bytes,
                                             int *errnop)
{
        (void)pwd, (void)buffer, (void)n_bytes;
        return not_found(errnop);
}

EXPORT enum nss_status _nss_empty_endpwent(void)
{
        return NSS_STATUS_SUCCESS;
}

EXPORT enum nss_status _nss_empty_setgrent(int stay_open)
{
        (void)stay_open;
        return NSS_STATUS_SUCCESS;
}

EXPORT enum nss_status _nss_empty_getgrent_r(struct group *grp, char *buffer, size_t n_bytes,
                                             int *errnop)
{
        (void)grp, (void)buffer, (void)n_bytes;
        return not_found(errnop);
}

EXPORT enum nss_status _nss_empty_endgrent(void)
{
        return NSS_STATUS_SUCCESS;
}
