/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `boctl check` looked at and found: filled part by part, then shown. */
#pragma once

#include "boctl/boctl.h"

enum check_result {
        CHECK_OK,
        CHECK_SKIPPED, /* could not be looked at; says why */
        CHECK_WARNING, /* somebody should look at it some day */
        CHECK_FAULT,   /* something does not work, or is not safe */
};

struct check_finding {
        enum check_result result;
        size_t part; /* its place in parts[] */
        char *text;
        char *remedy; /* commands `in backticks`; "": none */
};

#define CHECK_PARTS_MOST 48

struct check {
        char *parts[CHECK_PARTS_MOST]; /* in the order in which they were looked at */
        size_t n_parts;
        struct check_finding *findings;
        size_t n_findings;
        bool failed;                /* no memory: what is shown would not be whole */
        const char *root;           /* the directory below which the host's files lie: "" */
        uint32_t uid_low, uid_high; /* of users of bo; 0: not known */
};

void check_clear(struct check *check);

/* That @part is looked at: if nothing is found there, it is ok. */
void check_part(struct check *check, const char *part);

void check_find(struct check *check, enum check_result result, const char *part, const char *remedy,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

/* What the daemon has found. */
void check_take(struct check *check, const struct bo_finding *finding);

/* The whole database and audit trail, step by step. 0, or of libbo: that was added as well. */
int check_full(struct request *request, struct check *check);

/* The worst of @part; of all parts for NULL. */
enum check_result check_worst(const struct check *check, const char *part);

/* That users of bo have UidRange=, by which stacks and local users are judged. */
void check_uid_range(struct check *check, const struct bo_settings *settings);

/* What the host shows, part by part. */
void check_units(struct check *check);
void check_versions(struct check *check, struct request *request);
void check_pam(struct check *check);
void check_pam_service(struct check *check, const char *service, bool by_key);
void check_nss(struct check *check);
void check_uids(struct check *check);
void check_sshd(struct check *check);
void check_sshd_match(struct check *check);
void check_clock(struct check *check);
void check_disk(struct check *check);
void check_state(struct check *check);
void check_settings(struct check *check);

/* For tests: what is made of what others say. */
struct unit_state;
void check_unit_state(struct check *check, const char *unit, const struct unit_state *state);
void check_sshd_said(struct check *check, const char *said);
void check_sshd_answer(struct check *check, int code, const char *said);
enum check_result check_room(uint64_t free_bytes, uint64_t all_bytes);

/* The version in the file of a program, library or module. 0, -ENODATA: there is none in it, or
 * another errno. */
#define VERSION_SIZE 32
int file_version(const char *path, char out[VERSION_SIZE]);

/* The findings alone, as the last array @name of a JSON object. EXIT_DONE, or told. */
int check_findings_list(const struct request *request, const struct check *check, const char *name);

/* Shows all as text or JSON. EXIT_DONE, or told. */
int check_show(const struct request *request, const struct check *check);
