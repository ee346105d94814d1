/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program that asks bo before it acts: may this user refund a transaction?
 *
 *     cc check_permission.c -o check_permission $(pkg-config --cflags --libs libbo)
 *     ./check_permission alice@shop.example transactions.refund shop
 *
 * Who asks about others is root, an operator, or in the group of PermissionGroup= (accountd.conf).
 */
#include <bo/bo.h>

#include <stdbool.h>
#include <stdio.h>

/* false unless bo has said yes: a daemon that is away permits nothing. */
static bool is_permitted(const char *socket, const char *user, const char *permission,
                         const char *customer)
{
        const struct bo_permission_context context = {.customer = customer};
        bool allowed = false;
        char *reason = NULL;
        bo *accounts = NULL;
        int r = bo_open(&accounts, socket);

        if (r == 0)
                r = bo_check_permission(accounts, user, permission, &context, &allowed, &reason);
        if (r != 0)
                fprintf(stderr, "%s\n", r > 0 ? bo_message(accounts) : bo_error_text(r));
        else if (!allowed)
                fprintf(stderr, "%s may not do %s: %s\n", user, permission, reason);
        bo_string_free(reason);
        bo_close(accounts);
        return r == 0 && allowed;
}

int main(int argc, char **argv)
{
        if (argc < 3 || argc > 5) {
                fprintf(stderr, "usage: %s USER PERMISSION [CUSTOMER [SOCKET]]\n", argv[0]);
                return 2;
        }
        if (!is_permitted(argc > 4 ? argv[4] : NULL, argv[1], argv[2], argc > 3 ? argv[3] : NULL))
                return 1;
        puts("here the transaction would be refunded");
        return 0;
}
