/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl otp: the second factor set up, looked at, reset. */
#include <langinfo.h>
#include <string.h>

#include "boctl/qr.h"
#include "boctl/secret.h"
#include "boctl/table.h"
#include "boctl/user.h"

#define TRIES 3

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

/* In groups of four, as it is typed. */
static void secret_print(const char *secret)
{
        for (size_t i = 0; secret[i]; i++) {
                if (i > 0 && i % 4 == 0)
                        putchar(' ');
                putchar(secret[i]);
        }
        putchar('\n');
}

static int setup_show_json(const struct request *request, const char *uri, const char *secret)
{
        static const struct column columns[] = {{"uri", "", CELL_TEXT}, {"secret", "", CELL_TEXT}};
        _cleanup_(table_freep) struct table *table =
                table_new(request, "otp", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_text(table, 0, uri);
        table_text(table, 1, secret);
        return table_end(table);
}

/* R55: QR code or typed secret; R63: the advice. */
static int setup_show(const struct request *request, const char *uri, const char *secret)
{
        bool blocks = isatty(STDOUT_FILENO) && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;

        if (request->json)
                return setup_show_json(request, uri, secret);
        if (qr_print(uri, blocks) < 0)
                puts("(The QR code could not be drawn.)");
        puts("Scan this with an authenticator app, or type this secret into it:");
        fputs("    ", stdout);
        secret_print(secret);
        puts("Keep the factors on separate devices: the app should not be on the device that you\n"
             "log in from, nor the password beside the app.\n");
        return EXIT_DONE;
}

static int recovery_show_json(const struct request *request, char *codes)
{
        static const struct column columns[] = {{"code", "", CELL_TEXT}};
        _cleanup_(table_freep) struct table *table =
                table_new(request, "recovery_codes", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        for (char *code = strsep(&codes, "\n"); code && *code; code = strsep(&codes, "\n")) {
                table_row(table);
                table_text(table, 0, code);
        }
        return table_end(table);
}

/* R62: shown once; the daemon keeps hashes. */
static int recovery_show(const struct request *request, char *codes)
{
        if (request->json)
                return recovery_show_json(request, codes);
        puts("Your recovery codes. Each logs you in once, in place of a one-time code, if you "
             "lose\n"
             "the device. Keep them apart from it. They are shown this once:\n");
        puts(codes);
        return EXIT_DONE;
}

/* With recovery codes where the site has them; NULL where it has not. */
static int confirm(struct request *request, uint32_t uid, const char *code, const char *password,
                   char **ret_codes)
{
        int r = bo_otp_create_recovery(request->bo, uid, code, password, ret_codes);

        return r == BO_ERR_RECOVERY_OFF ? bo_otp_confirm(request->bo, uid, code, password) : r;
}

/* R56: a code of the app and the login password; a wrong one is charged by the daemon. */
static int setup_confirm(struct request *request, uint32_t uid)
{
        _cleanup_(bo_string_freep) char *codes = NULL;
        _cleanup_(secret_wipe) struct secret_line code;
        _cleanup_(secret_wipe) struct secret_line password;
        int r;

        for (int tries = 1;; tries++) {
                r = secret_ask(&code, "Code of the app: ", true);
                if (r == EXIT_DONE)
                        r = secret_ask(&password, "Login password: ", false);
                if (r != EXIT_DONE)
                        return r;
                r = confirm(request, uid, code.text, password.text, &codes);
                if (r != BO_ERR_WRONG_CREDENTIALS || tries == TRIES || !isatty(STDIN_FILENO))
                        break;
                fputs("Code or password is wrong. Wait for the next code, then try again.\n",
                      stderr);
        }
        if (r != 0)
                return fail_call(request, r, "The second factor is not on");
        tell(request, "The second factor is on. Each login asks for a code from now on.");
        return codes ? recovery_show(request, codes) : EXIT_DONE;
}

int verb_otp_enable(struct request *request)
{
        _cleanup_(bo_string_freep) char *uri = NULL, *secret = NULL;
        uint32_t uid;
        int r = uid_of(request, NULL, &uid);

        if (r != EXIT_DONE)
                return r;
        r = bo_otp_begin(request->bo, uid, &uri, &secret);
        if (r != 0)
                return fail_call(request, r, "Cannot set up your second factor");
        r = setup_show(request, uri, secret);
        if (r != EXIT_DONE)
                return r;
        fflush(stdout); /* a program that reads it answers next */
        return setup_confirm(request, uid);
}

int verb_otp_recovery(struct request *request)
{
        _cleanup_(bo_string_freep) char *codes = NULL;
        _cleanup_(secret_wipe) struct secret_line code;
        _cleanup_(secret_wipe) struct secret_line password;
        uint32_t uid;
        int r = uid_of(request, NULL, &uid);

        if (r == EXIT_DONE)
                r = secret_ask(&code, "Code of the app: ", true);
        if (r == EXIT_DONE)
                r = secret_ask(&password, "Login password: ", false);
        if (r != EXIT_DONE)
                return r;
        r = bo_otp_create_recovery(request->bo, uid, code.text, password.text, &codes);
        if (r != 0)
                return fail_call(request, r, "No recovery codes were made");
        tell(request, "Recovery codes that were made before are void.");
        return recovery_show(request, codes);
}

int verb_otp_status(struct request *request)
{
        static const struct column columns[] = {
                {"username", "Name", CELL_TEXT},
                {"otp_enabled", "Second factor", CELL_BOOL},
                {"recovery_codes_left", "Recovery codes", CELL_NUMBER}};
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        _cleanup_(table_freep) struct table *table = NULL;
        int r = user_get(request, request->args[0], "look at", &user);

        if (r != EXIT_DONE)
                return r;
        table = table_new(request, "otp", columns, ELEMENTS(columns));
        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_text(table, 0, user->username);
        table_bool(table, 1, user->otp_enabled);
        table_number(table, 2, user->recovery_codes_left);
        return table_record(table);
}

int verb_otp_reset(struct request *request)
{
        const char *name = request->args[0], *reason = request->value[OPTION_REASON];
        uint32_t uid;
        int r = uid_of(request, name, &uid);

        if (r != EXIT_DONE)
                return r;
        r = bo_otp_reset(request->bo, uid, reason);
        if (r != 0)
                return fail_call(request, r, "Cannot reset the second factor of %s", name);
        tell(request, "The second factor of %s is off.", name);
        return EXIT_DONE;
}
