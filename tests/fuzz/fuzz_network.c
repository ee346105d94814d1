/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses and ranges from operators and callers: one text each, compared in binary. */
#include "tests/fuzz/fuzz.h"

#include "bo-accountd/policy/terminal.h"
#include "common/fold.h"

#include <errno.h>

static void check_range(const struct network *network)
{
        char text[NETWORK_TEXT_SIZE], again_text[NETWORK_TEXT_SIZE];
        unsigned char key[NETWORK_KEY_SIZE];
        struct network again, common;

        network_text(text, network);
        MUST_HOLD(network_parse(&again, text) == 0);
        MUST_HOLD(memcmp(&again, network, sizeof(again)) == 0);
        network_text(again_text, &again);
        MUST_HOLD(strcmp(text, again_text) == 0);
        network_key(key, network);
        MUST_HOLD(network_from_key(&again, key, sizeof(key)));
        MUST_HOLD(network_contains(network, &again) && network_contains(&again, network));
        MUST_HOLD(network_common(&common, network, &again));
        MUST_HOLD(memcmp(&common, network, sizeof(common)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = fuzz_string(data, size);
        char folded[256], twice[256], why[256];
        struct terminal terminal;
        struct network network;
        int r = network_parse(&network, text);

        MUST_HOLD(r == 0 || r == -EINVAL || r == -EDOM);
        if (r != -EINVAL)
                check_range(&network);
        for (int kind = TERMINAL_NETWORK; kind <= TERMINAL_HOST; kind++)
                if (terminal_make(&terminal, (enum terminal_kind)kind, NULL, text, why,
                                  sizeof(why)) == 0)
                        MUST_HOLD(!strpbrk(terminal.value, " \n\033'\""));
        fold_case(folded, sizeof(folded), text);
        fold_case(twice, sizeof(twice), folded);
        MUST_HOLD(strcmp(folded, twice) == 0);
        free(text);
        return 0;
}
