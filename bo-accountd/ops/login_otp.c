/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets the second factor up at the prompt of a service that requires it (R54 to R56, R63). */
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/ops/otp_setup.h"
#include "bo-accountd/store/otp.h"

#include <qrencode.h>
#include <string.h>

/*
 * Two characters a module, dark on light whatever the terminal's colours: '#' is ink. Plain ASCII,
 * since ssh clients print UTF-8 in prompts as octal. Empty if it would not fit into a line of 80.
 */
static void qr_draw(char *out, size_t size, const char *text)
{
        QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
        size_t used = 0;

        out[0] = '\0';
        if (!code)
                return;
        if ((code->width + 2) * 2 > 80) {
                QRcode_free(code);
                return;
        }
        for (int y = -1; y <= code->width; y++) {
                for (int x = -1; x <= code->width; x++) {
                        bool inside = x >= 0 && y >= 0 && x < code->width && y < code->width;
                        bool dark = inside && (code->data[y * code->width + x] & 1);

                        if (used + 3 >= size)
                                break;
                        memcpy(out + used, dark ? "##" : "  ", 2);
                        used += 2;
                }
                if (used + 2 < size)
                        out[used++] = '\n';
        }
        out[used] = '\0';
        QRcode_free(code);
}

/* Is what was proven before the set-up still what stands? */
static int reload(struct op *op, struct login *login, struct tx *tx)
{
        int64_t epoch = login->subject.account.credential_epoch;
        struct account_state state;
        int r = account_by_uid(tx->store, login->subject.account.uid, &login->subject.account);

        if (r == 0)
                r = account_state(op, tx, &login->subject.account, &state);
        if (r != 0)
                return r;
        if (login->subject.account.credential_epoch != epoch)
                return BO_ERR_WRONG_CREDENTIALS;
        return login_bar(&state);
}

static int confirm(struct op *op, struct login *login)
{
        bool by_token = login->token.uid == login->subject.account.uid;
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = reload(op, login, &tx);
        if (r == 0)
                r = otp_setup_store(op, &tx, &login->subject.account, login->sealed,
                                    login->otp_step);
        if (r == 0 && login->recovery.text)
                r = recovery_set_store(op, &tx, &login->subject.account, &login->recovery);
        if (r == 0)
                r = login_record_success(op, login, &tx, by_token ? "token+otp" : "password+otp");
        if (r == 0)
                r = tx_commit(&tx);
        if (r > 0)
                return login_fail(login, r, "%s", bo_error_text(r));
        return r != 0 ? r : login_end(login, 0);
}

static int answer_seen(struct op *op, struct login *login, const struct secret *answer)
{
        (void)answer; /* whatever he typed: the codes were before him */
        return confirm(op, login);
}

/* In the prompt itself, so that they are seen; nothing is in force before. */
static int show_recovery(struct login *login)
{
        int r = recovery_set_make(&login->recovery);

        if (r != 0)
                return r;
        return login_ask(
                login, LOGIN_VISIBLE, answer_seen, false,
                "The code is right. These are your recovery codes: each logs you in once, "
                "in place of a\none-time code, if you lose the device. Keep them apart from "
                "it. They are shown this once:\n\n%s\nPress Enter when you have written them "
                "down: ",
                login->recovery.text->bytes);
}

int login_fail_code_locked(struct op *op, struct login *login, uint64_t wait_usec)
{
        login->code_wait_usec = wait_usec > 0 ? wait_usec : op->settings->lockout.lock_usec;
        return login_fail_locked(op, login, 0);
}

/* Counted like the codes of a login. */
static int charge(struct op *op, struct login *login, int *outcome)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_write(op, &tx);

        if (r != 0)
                return r;
        *outcome = verify_code_charge(op, &tx, login->subject.account.uid);
        return *outcome < 0 ? *outcome : tx_commit(&tx);
}

static int answer_code(struct op *op, struct login *login, const struct secret *answer)
{
        int outcome = 0, right = totp_verify(login->otp, answer->bytes, answer->size,
                                             op->clock_usec, 0, &login->otp_step);

        if (right < 0)
                return right;
        if (right == 1)
                return op->settings->recovery_codes ? show_recovery(login) : confirm(op, login);
        right = charge(op, login, &outcome);
        if (right < 0)
                return right;
        if (outcome == BO_ERR_LOCKED_ATTEMPTS)
                return login_fail_code_locked(op, login, 0);
        if (++login->tries >= LOGIN_TRIES)
                return login_fail(login, BO_ERR_TOO_MANY_TRIES, "%s",
                                  bo_error_text(BO_ERR_TOO_MANY_TRIES));
        return login_ask(login, LOGIN_VISIBLE, answer_code, false,
                         "This is not the present code of the app.\nOne-time code: ");
}

static int wait_of(struct op *op, struct login *login, uint64_t *ret_wait_usec)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        return r == 0 ? verify_code_wait(op, &tx, login->subject.account.uid, ret_wait_usec) : r;
}

int login_set_up_otp(struct op *op, struct login *login)
{
        _cleanup_(secret_freep) struct secret *uri = NULL, *base32 = NULL;
        char qr[6144];
        uint64_t wait_usec = 0;
        int r = wait_of(op, login, &wait_usec);

        if (r == 0 && wait_usec > 0)
                return login_fail_code_locked(op, login, wait_usec);
        if (r == 0)
                r = otp_setup_begin(op, &login->subject.account, &login->otp, login->sealed, &uri,
                                    &base32);

        if (r > 0)
                return login_fail(login, r, "%s", bo_error_text(r));
        if (r < 0)
                return r;
        qr_draw(qr, sizeof(qr), uri->bytes);
        login->tries = 0;
        login->proven = true;
        r = login_ask(
                login, LOGIN_VISIBLE, answer_code, false,
                "A one-time code is needed here. Add bo to an authenticator app, on another "
                "device than the one that you log in from:\n%sor type this secret into it: %s\n"
                "One-time code: ",
                qr, base32->bytes);
        explicit_bzero(qr, sizeof(qr));
        return r;
}
