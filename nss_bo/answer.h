/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Turns what a snapshot says into what glibc's name service switch wants to hear. */
#pragma once

#include <grp.h>
#include <nss.h>
#include <pwd.h>

#include "nss_bo/snapshot_read.h"

#define NSS_EXPORT __attribute__((visibility("default")))

/* Where an answer goes: to one of @pwd and @grp, the other is NULL. */
struct answer {
        struct passwd *pwd;
        struct group *grp;
        char *buffer;
        size_t n_bytes;
        int *errnop;
};

/* @r is that of snapshot_find_name() and its like; sets *errnop for all but success. */
enum nss_status answer_status(int r, int *errnop);

/* NOTFOUND for a group asked for as a user; TRYAGAIN with ERANGE if the buffer is too small. */
enum nss_status answer_record(const struct answer *answer, const struct snapshot_record *record);
