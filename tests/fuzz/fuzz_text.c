/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text of strangers on its way to terminals, and addresses. */
#include "tests/fuzz/fuzz.h"

#include <arpa/inet.h>

#include "common/text.h"

/* Every character of what was cleaned is whole and harmless. */
static void check_clean(const char *clean, bool keep_lines)
{
        for (size_t left = strlen(clean); left > 0;) {
                uint32_t code = 0;
                int taken = text_decode(clean, left, &code);

                MUST_HOLD(taken > 0);
                MUST_HOLD(text_is_harmless(code) || (keep_lines && code == '\n'));
                clean += taken;
                left -= (size_t)taken;
        }
}

static void check_address(const char *text)
{
        char address[INET6_ADDRSTRLEN], again[INET6_ADDRSTRLEN];

        if (!text_address(address, sizeof(address), text)) {
                MUST_HOLD(address[0] == '\0');
                return;
        }
        MUST_HOLD(strspn(address, "0123456789abcdef.:") == strlen(address));
        MUST_HOLD(text_address(again, sizeof(again), address) && strcmp(address, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = fuzz_string(data, size);
        size_t room = size > 0 ? data[0] : 0;
        char *clean = malloc(room + 1);

        MUST_HOLD(clean);
        for (int keep_lines = 0; keep_lines <= 1; keep_lines++) {
                text_clean(clean, room + 1, text, keep_lines);
                MUST_HOLD(strlen(clean) <= room);
                check_clean(clean, keep_lines);
        }
        check_address(text);
        free(clean);
        free(text);
        return 0;
}
