/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program that is shown API keys by its clients, and asks bo whose they are.
 *
 *     cc verify_key.c -o verify_key $(pkg-config --cflags --libs libbo)
 *     ./verify_key shop-api 192.0.2.7 transactions.view < key
 *
 * accountd.conf has a section for it: [Service shop-api], with Class=api and Callers= of the user
 * that it runs as. The key is a secret: it comes over a socket or a pipe, never by argv.
 */
#include <bo/bo.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool has(char *const *names, size_t n, const char *wanted)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(names[i], wanted) == 0)
                        return true;
        return false;
}

/* false unless bo has said yes: a daemon that is away permits nothing. */
static bool serve(bo *accounts, const char *service, const char *address, const char *permission,
                  const char *key)
{
        struct bo_key_owner *owner = NULL;
        bool may = false;
        int r = bo_verify_key(accounts, key, service, address, NULL, &owner);

        if (r != 0) {
                fprintf(stderr, "refused: %s\n", r > 0 ? bo_message(accounts) : bo_error_text(r));
                return false;
        }
        may = has(owner->permissions, owner->n_permissions, permission);
        if (may)
                printf("%s of %s: here the transactions would be listed\n", owner->username,
                       owner->customer);
        else
                fprintf(stderr, "refused: %s may not do %s\n", owner->username, permission);
        bo_key_owner_free(owner);
        return may;
}

int main(int argc, char **argv)
{
        char key[128] = "";
        bo *accounts = NULL;
        bool done;
        int r;

        if (argc < 4 || argc > 5) {
                fprintf(stderr, "usage: %s SERVICE ADDRESS PERMISSION [SOCKET] < KEY\n", argv[0]);
                return 2;
        }
        if (!fgets(key, sizeof(key), stdin))
                return 2;
        key[strcspn(key, "\r\n")] = '\0';
        r = bo_open(&accounts, argc > 4 ? argv[4] : NULL); /* once; it is good for many calls */
        if (r != 0)
                fprintf(stderr, "refused: %s\n", bo_error_text(r));
        done = r == 0 && serve(accounts, argv[1], argv[2], argv[3], key);
        explicit_bzero(key, sizeof(key));
        bo_close(accounts);
        return done ? 0 : 1;
}
