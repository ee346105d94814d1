/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that came from outside, made safe for a terminal, a log line or a look-up. */
#include "common/text.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

int text_decode(const void *bytes, size_t size, uint32_t *ret_code)
{
        static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
        const unsigned char *text = bytes;
        int length = size == 0                  ? -1
                     : text[0] < 0x80           ? 1
                     : (text[0] & 0xe0) == 0xc0 ? 2
                     : (text[0] & 0xf0) == 0xe0 ? 3
                     : (text[0] & 0xf8) == 0xf0 ? 4
                                                : -1;

        if (length < 0 || (size_t)length > size)
                return -1;
        if (length == 1) {
                *ret_code = text[0];
                return 1;
        }

        uint32_t code = text[0] & (0x7fU >> length);

        for (int i = 1; i < length; i++) {
                if ((text[i] & 0xc0) != 0x80)
                        return -1;
                code = code << 6 | (text[i] & 0x3f);
        }
        if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
                return -1;
        *ret_code = code;
        return length;
}

bool text_is_harmless(uint32_t code)
{
        return code >= 0x20 && !(code >= 0x7f && code <= 0x9f) && code != 0xad && code != 0x61c &&
               !(code >= 0x200b && code <= 0x200f) && !(code >= 0x2028 && code <= 0x202e) &&
               !(code >= 0x2060 && code <= 0x206f) && code != 0xfeff &&
               !(code >= 0xfff9 && code <= 0xfffb) && !(code >= 0xe0000 && code <= 0xe007f);
}

void text_clean(char *out, size_t size, const char *text, bool keep_lines)
{
        size_t used = 0;

        while (*text && size > 0) {
                uint32_t code = 0;
                int length = text_decode(text, strnlen(text, 4), &code);
                bool good = length > 0 && (text_is_harmless(code) || (keep_lines && code == '\n'));
                size_t wanted = good ? (size_t)length : 1;

                if (used + wanted >= size)
                        break;
                if (good)
                        memcpy(out + used, text, wanted);
                else
                        out[used] = '?';
                used += wanted;
                text += length > 0 ? length : 1;
        }
        if (size > 0)
                out[used] = '\0';
}

void text_fold(char *text)
{
        for (; *text; text++)
                if (*text >= 'A' && *text <= 'Z')
                        *text = (char)(*text - 'A' + 'a');
}

bool text_address(char *out, size_t size, const char *text)
{
        char bare[INET6_ADDRSTRLEN];
        size_t length = strcspn(text, "%");
        struct in6_addr six;
        struct in_addr four;

        out[0] = '\0';
        if (length >= sizeof(bare))
                return false;
        memcpy(bare, text, length);
        bare[length] = '\0';

        if (text[length] == '\0' && inet_pton(AF_INET, bare, &four) == 1)
                return inet_ntop(AF_INET, &four, out, (socklen_t)size) != NULL;
        if (inet_pton(AF_INET6, bare, &six) != 1 || (text[length] && !IN6_IS_ADDR_LINKLOCAL(&six)))
                return false;
        if (IN6_IS_ADDR_V4MAPPED(&six))
                return inet_ntop(AF_INET, &six.s6_addr[12], out, (socklen_t)size) != NULL;
        return inet_ntop(AF_INET6, &six, out, (socklen_t)size) != NULL;
}
