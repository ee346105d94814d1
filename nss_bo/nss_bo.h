/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions that glibc calls in libnss_bo.so.2; their names and types are glibc's. */
#pragma once

#include "nss_bo/answer.h"

NSS_EXPORT enum nss_status _nss_bo_getpwnam_r(const char *name, struct passwd *pwd, char *buffer,
                                              size_t n_bytes, int *errnop);
NSS_EXPORT enum nss_status _nss_bo_getpwuid_r(uid_t uid, struct passwd *pwd, char *buffer,
                                              size_t n_bytes, int *errnop);
NSS_EXPORT enum nss_status _nss_bo_setpwent(int stay_open);
NSS_EXPORT enum nss_status _nss_bo_getpwent_r(struct passwd *pwd, char *buffer, size_t n_bytes,
                                              int *errnop);
NSS_EXPORT enum nss_status _nss_bo_endpwent(void);

NSS_EXPORT enum nss_status _nss_bo_getgrnam_r(const char *name, struct group *grp, char *buffer,
                                              size_t n_bytes, int *errnop);
NSS_EXPORT enum nss_status _nss_bo_getgrgid_r(gid_t gid, struct group *grp, char *buffer,
                                              size_t n_bytes, int *errnop);
NSS_EXPORT enum nss_status _nss_bo_setgrent(int stay_open);
NSS_EXPORT enum nss_status _nss_bo_getgrent_r(struct group *grp, char *buffer, size_t n_bytes,
                                              int *errnop);
NSS_EXPORT enum nss_status _nss_bo_endgrent(void);

NSS_EXPORT enum nss_status _nss_bo_initgroups_dyn(const char *user, gid_t group, long *start,
                                                  long *n_room, gid_t **groups, long limit,
                                                  int *errnop);
