/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading of arguments: options by table, secrets, object paths. Everything is bounded. */
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"

#include <errno.h>
#include <string.h>

int strings_read(struct request *request, sd_bus_message *message, const char **ret_strings,
                 size_t room, size_t *ret_n)
{
        const char *text;
        int r = sd_bus_message_enter_container(message, 'a', "s");

        *ret_n = 0;
        while (r >= 0 && (r = sd_bus_message_read(message, "s", &text)) > 0) {
                if (*ret_n == room)
                        return op_refuse(&request->op, BO_ERR_BAD_VALUE,
                                         "A list has more than %zu entries.", room);
                ret_strings[(*ret_n)++] = text;
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        return r < 0 ? r : 0;
}

static int option_value(struct request *request, sd_bus_message *message,
                        const struct option *option)
{
        const char type[2] = {option->type, '\0'};
        int truth, r;

        switch (option->type) {
        case 'S':
                return strings_read(request, message, option->value, option->room, option->n);
        case 'Y':
                return secret_read(request, message, BO_ANSWER_MAX, option->value);
        case 'b': /* sd-bus wants an int for it */
                r = sd_bus_message_read(message, "b", &truth);
                if (r >= 0)
                        *(bool *)option->value = truth;
                return r < 0 ? r : 0;
        default:
                r = sd_bus_message_read(message, type, option->value);
                return r < 0 ? r : 0;
        }
}

static int option_read(struct request *request, sd_bus_message *message, const char *key,
                       const struct option *option)
{
        char want[3] = {option->type, '\0', '\0'};
        const char *contents;
        char kind;
        int r;

        if (option->type == 'S')
                memcpy(want, "as", 3);
        if (option->type == 'Y')
                memcpy(want, "ay", 3);
        r = sd_bus_message_peek_type(message, &kind, &contents);
        if (r < 0)
                return r;
        if (kind != 'v' || strcmp(contents, want) != 0)
                return op_refuse(&request->op, BO_ERR_BAD_OPTION, "%s must be of type \"%s\".", key,
                                 want);
        r = sd_bus_message_enter_container(message, 'v', want);
        if (r >= 0)
                r = option_value(request, message, option);
        if (r != 0)
                return r;
        r = sd_bus_message_exit_container(message);
        return r < 0 ? r : 0;
}

static int option_find(struct request *request, const char *key, const struct option *options,
                       size_t n_options, uint64_t *seen, size_t *ret_index)
{
        for (size_t i = 0; i < n_options; i++) {
                if (strcmp(options[i].key, key) != 0)
                        continue;
                if (*seen & (UINT64_C(1) << i))
                        return op_refuse(&request->op, BO_ERR_BAD_OPTION, "%s is given twice.",
                                         key);
                *seen |= UINT64_C(1) << i;
                *ret_index = i;
                return 0;
        }
        return op_refuse(&request->op, BO_ERR_BAD_OPTION, "There is no option \"%.64s\" here.",
                         key);
}

int options_read(struct request *request, sd_bus_message *message, const struct option *options,
                 size_t n_options)
{
        uint64_t seen = 0;
        int r = sd_bus_message_enter_container(message, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
                const char *key;
                size_t index = 0;

                r = sd_bus_message_read(message, "s", &key);
                if (r < 0)
                        return r;
                r = option_find(request, key, options, n_options, &seen, &index);
                if (r == 0)
                        r = option_read(request, message, key, &options[index]);
                if (r != 0)
                        return r;
                if (options[index].given)
                        *options[index].given = true;
                r = sd_bus_message_exit_container(message);
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        return r < 0 ? r : 0;
}

int secret_read(struct request *request, sd_bus_message *message, size_t most,
                struct secret **ret_secret)
{
        const void *bytes;
        size_t size;
        int r = sd_bus_message_read_array(message, 'y', &bytes, &size);

        if (r < 0)
                return r;
        if (size > most)
                return op_refuse(&request->op, BO_ERR_BAD_VALUE, "An answer has at most %zu bytes.",
                                 most);
        *ret_secret = secret_copy(bytes, size);
        return *ret_secret ? 0 : -ENOMEM;
}

int path_uid(const char *path, uint32_t *ret_uid)
{
        static const char prefix[] = BUS_ROOT "/user/_";
        const char *digits = path + sizeof(prefix) - 1;
        unsigned long value;
        char *end;

        if (strncmp(path, prefix, sizeof(prefix) - 1) != 0 || digits[0] < '1' || digits[0] > '9')
                return BO_ERR_NO_SUCH_USER;
        errno = 0;
        value = strtoul(digits, &end, 10);
        if (errno || *end || value > UINT32_MAX)
                return BO_ERR_NO_SUCH_USER;
        *ret_uid = (uint32_t)value;
        return 0;
}

int path_customer(const char *path, char **ret_id)
{
        int r = sd_bus_path_decode(path, BUS_ROOT "/customer", ret_id);

        return r > 0 ? 0 : r < 0 ? r : BO_ERR_NO_SUCH_CUSTOMER;
}

void path_of_user(char out[64], uint32_t uid)
{
        snprintf(out, 64, BUS_ROOT "/user/_%u", uid);
}

bool row_number_read(const char *text, uint64_t *ret_number)
{
        unsigned long long number;
        char *end;

        if (text[0] < '1' || text[0] > '9')
                return false;
        errno = 0;
        number = strtoull(text, &end, 10);
        if (errno || *end || number > INT64_MAX)
                return false;
        *ret_number = number;
        return true;
}

int cursor_read(const char *cursor, uint64_t *ret_row)
{
        *ret_row = 0;
        return !cursor[0] || row_number_read(cursor, ret_row) ? 0 : BO_ERR_BAD_CURSOR;
}

int limit_check(struct request *request, uint32_t *limit)
{
        if (*limit == 0)
                *limit = LIST_LIMIT_NORMAL;
        if (*limit > LIST_LIMIT_MOST)
                return op_refuse(&request->op, BO_ERR_BAD_VALUE, "limit: 1 to %d, or 0 for %d.",
                                 LIST_LIMIT_MOST, LIST_LIMIT_NORMAL);
        return 0;
}
