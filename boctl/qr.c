/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QR codes on a terminal. */
#include "boctl/qr.h"

#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#define QUIET_ZONE 4 /* modules around it: ISO/IEC 18004 */

static bool is_dark(const QRcode *code, int x, int y)
{
        if (x < 0 || y < 0 || x >= code->width || y >= code->width)
                return false;
        return code->data[y * code->width + x] & 1;
}

/* Two modules in a character. Black on white whatever the colours of the terminal are. */
static void print_blocks(const QRcode *code)
{
        static const char *const halves[] = {"\u2588", "\u2580", "\u2584", " "};

        for (int y = -QUIET_ZONE; y < code->width + QUIET_ZONE; y += 2) {
                fputs("\033[40;97m", stdout);
                for (int x = -QUIET_ZONE; x < code->width + QUIET_ZONE; x++)
                        fputs(halves[2 * is_dark(code, x, y) + is_dark(code, x, y + 1)], stdout);
                fputs("\033[0m\n", stdout);
        }
}

static void print_ascii(const QRcode *code)
{
        for (int y = -QUIET_ZONE; y < code->width + QUIET_ZONE; y++) {
                for (int x = -QUIET_ZONE; x < code->width + QUIET_ZONE; x++)
                        fputs(is_dark(code, x, y) ? "##" : "  ", stdout);
                putchar('\n');
        }
}

int qr_print(const char *text, bool blocks)
{
        QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);

        if (!code)
                return -1;
        if (blocks)
                print_blocks(code);
        else
                print_ascii(code);
        explicit_bzero(code->data, (size_t)code->width * (size_t)code->width);
        QRcode_free(code);
        return 0;
}
