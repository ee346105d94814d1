/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl sealing-key: the keys under what the daemon stores. */
#include "boctl/table.h"

#include <string.h>
#include <time.h>

DEFINE_CLEANUP(struct bo_sealing_keys *, bo_sealing_keys_free)

#define IN_FORCE_WITHIN_SEC 10
#define LOOK_AGAIN_NSEC     50000000

static const struct column columns[] = {
        {"id", "KEY", CELL_TEXT},
        {"state", "STATE", CELL_TEXT},
        {"since", "SINCE", CELL_TIME},
        {"passwords", "PASSWORDS", CELL_NUMBER},
        {"api_keys", "API KEYS", CELL_NUMBER},
        {"recovery_codes", "RECOVERY", CELL_NUMBER},
        {"tokens", "TOKENS", CELL_NUMBER},
        {"one_time_codes", "CODES", CELL_NUMBER},
        {"mails", "MAILS", CELL_NUMBER},
        {"retired", "RETIRED", CELL_TIME},
};

static void key_cells(struct table *table, const struct bo_sealing_key *key)
{
        const uint64_t numbers[] = {key->passwords, key->api_keys,       key->recovery_codes,
                                    key->tokens,    key->one_time_codes, key->mails};

        table_text(table, 0, key->id);
        table_text(table, 1, key->state);
        table_time(table, 2, key->since_usec);
        for (size_t i = 0; i < ELEMENTS(numbers); i++)
                table_number(table, 3 + i, numbers[i]);
        table_time(table, 9, key->retired_usec);
}

int verb_sealing_key_status(struct request *request)
{
        _cleanup_(bo_sealing_keys_freep) struct bo_sealing_keys *keys = NULL;
        _cleanup_(table_freep) struct table *table = NULL;
        int r = bo_sealing_key_status(request->bo, &keys);

        if (r != 0)
                return fail_call(request, r, "Cannot read the sealing keys");
        table = table_new(request, "keys", columns, ELEMENTS(columns));
        if (!table)
                return fail("Out of memory.");
        for (size_t i = 0; i < keys->n_items; i++) {
                table_row(table);
                key_cells(table, &keys->items[i]);
        }
        return table_end(table);
}

static bool is_present(const struct bo_sealing_keys *keys, const char *id)
{
        for (size_t i = 0; i < keys->n_items; i++)
                if (strcmp(keys->items[i].id, id) == 0)
                        return strcmp(keys->items[i].state, "present") == 0;
        return false;
}

static void wait_a_moment(void)
{
        const struct timespec moment = {.tv_nsec = LOOK_AGAIN_NSEC};

        nanosleep(&moment, NULL);
}

/* It comes in force when what the daemon was doing has ended: a login takes no longer. */
static int wait_in_force(struct request *request, const char *id, bool *ret_present)
{
        struct timespec now, began;
        int r = 0;

        clock_gettime(CLOCK_MONOTONIC, &began);
        do {
                _cleanup_(bo_sealing_keys_freep) struct bo_sealing_keys *keys = NULL;

                r = bo_sealing_key_status(request->bo, &keys);
                *ret_present = r == 0 && is_present(keys, id);
                if (r != 0 || *ret_present)
                        return r;
                wait_a_moment();
                clock_gettime(CLOCK_MONOTONIC, &now);
        } while (now.tv_sec - began.tv_sec < IN_FORCE_WITHIN_SEC);
        return 0;
}

static int show(const struct request *request, const char *id, bool present)
{
        static const struct column shown[] = {{"key", "", CELL_TEXT}, {"in_force", "", CELL_BOOL}};
        _cleanup_(table_freep) struct table *table = NULL;

        if (!request->json && present) {
                printf("The sealing key %s is in force. What is under the older ones moves to it "
                       "by "
                       "being used.\nCopies of the key file that you keep are old now: make "
                       "another.\n",
                       id);
                return EXIT_DONE;
        }
        if (!request->json) {
                printf("The sealing key %s was made, and comes in force when bo-accountd has ended "
                       "what it is\nbusy with: boctl sealing-key status.\n",
                       id);
                return EXIT_DONE;
        }
        table = table_new(request, "sealing-key", shown, ELEMENTS(shown));
        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_text(table, 0, id);
        table_bool(table, 1, present);
        return table_end(table);
}

int verb_sealing_key_rotate(struct request *request)
{
        _cleanup_(bo_string_freep) char *id = NULL;
        bool present = false;
        int r = ask_yes(request, "Make another sealing key? The copies of the key file that you "
                                 "keep are old then.");

        if (r != EXIT_DONE)
                return r;
        r = bo_sealing_key_rotate(request->bo, request->n_args > 0 ? request->args[0] : NULL, &id);
        if (r == 0)
                r = wait_in_force(request, id, &present);
        if (r != 0)
                return fail_call(request, r, "Cannot rotate the sealing key");
        return show(request, id, present);
}

/* Passwords stay good without it. */
static bool is_done(const struct bo_sealing_key *key)
{
        return strcmp(key->state, "older") == 0 &&
               key->api_keys + key->recovery_codes + key->tokens + key->one_time_codes +
                               key->mails ==
                       0;
}

/* The ids of those with which nothing is lost, parted by spaces; how many older ones there are. */
static int older_look(const struct request *request, char **ret_done, size_t *ret_older)
{
        _cleanup_(bo_sealing_keys_freep) struct bo_sealing_keys *keys = NULL;
        int r = bo_sealing_key_status(request->bo, &keys);
        size_t size;
        FILE *done;

        if (r != 0)
                return fail_call(request, r, "Cannot read the sealing keys");
        done = open_memstream(ret_done, &size);
        if (!done)
                return fail("Out of memory.");
        *ret_older = 0;
        for (size_t i = 0; i < keys->n_items; i++) {
                *ret_older += strcmp(keys->items[i].state, "older") == 0;
                if (is_done(&keys->items[i]))
                        fprintf(done, "%s%s", ftell(done) > 0 ? " " : "", keys->items[i].id);
        }
        return fclose(done) == 0 ? EXIT_DONE : fail("Out of memory.");
}

static int confirm_retire(const struct request *request, const char *ids)
{
        _cleanup_(freep) char *question = NULL;

        if (asprintf(&question, "Retire %s? Keep a copy of the key file for older backups.", ids) <
            0) {
                question = NULL;
                return fail("Out of memory.");
        }
        return ask_yes(request, question);
}

int verb_sealing_key_retire(struct request *request)
{
        _cleanup_(freep) char *ids = NULL;
        size_t n_older = 0;
        uint32_t n = 0;
        int r = older_look(request, &ids, &n_older);

        if (r != EXIT_DONE)
                return r;
        if (!*ids) {
                tell(request, n_older > 0
                                      ? "None was retired: on each older one hangs what would be "
                                        "lost (boctl sealing-key status)."
                                      : "None was retired: there is no older sealing key.");
                return EXIT_DONE;
        }
        r = confirm_retire(request, ids);
        if (r != EXIT_DONE)
                return r;
        r = bo_sealing_key_retire(request->bo, ids, &n);
        if (r != 0)
                return fail_call(request, r, "Cannot retire sealing keys");
        if (n == 0)
                tell(request, "None was retired: somebody was faster, or something hangs on it "
                              "again (boctl sealing-key status).");
        else
                tell(request,
                     "%u sealing key%s retired. Backups made before need a copy of the key file of "
                     "that time.",
                     n, n == 1 ? " was" : "s were");
        return EXIT_DONE;
}
