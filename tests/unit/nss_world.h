/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory with a snapshot for one test, and the questions that the tests of libnss_bo ask. */
#pragma once

#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bo-accountd/nss/snapshot.h"

/* The module is built with this relative path for the tests, which move into a directory of theirs.
 */
#define NSS_DIR BO_NSS_DIR /* "nss" */

enum {
        ALICE = 70000,
        BOB = 70001,
        ENCODER = 66000,
        SHOP = 66001,
        BUFFER_BYTES = 4096,
};

struct reply {
        enum nss_status status;
        int error;
        struct passwd pwd;
        struct group grp;
        char buffer[BUFFER_BYTES];
};

int nss_world_setup(void **state);
int nss_world_teardown(void **state);

/* Alice (bo-encoder, bo-l-1), Bob (none) and the two groups. */
void add_staff(struct snapshot_writer *writer);
void add_person(struct snapshot_writer *writer, const char *name, uint32_t uid, const char *gecos);
void publish_staff(uint64_t generation, unsigned flags);

struct snapshot_writer *begin_base(uint64_t generation);
struct snapshot_writer *begin_delta(uint64_t generation);
/* Publishes and frees. */
void publish(struct snapshot_writer *writer);

/* Publishes @change, a number that stands in Alice's gecos; each @every one writes a whole base. */
void publish_change(unsigned change, unsigned every);
/* The change that a lookup sees; UINT32_MAX: none. */
unsigned seen_change(void);

/* Without . and .. */
unsigned count_files(const char *path);
/* Of files of the snapshot, in this process. */
unsigned count_mappings(void);

enum nss_status ask_name(struct reply *reply, const char *name);
enum nss_status ask_uid(struct reply *reply, uint32_t uid);
enum nss_status ask_group(struct reply *reply, const char *name);
enum nss_status ask_gid(struct reply *reply, uint32_t gid);

/* Reads or writes a whole file of the snapshot; @name "base" stands for the one base there is. */
uint8_t *read_file(const char *name, size_t *ret_n);
void write_file(const char *name, const uint8_t *bytes, size_t n);
