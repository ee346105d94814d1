/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dictionaries of the bus (a{sv}) into plain structs, by a table of keys. */
#include "libbo/record.h"

#include <errno.h>
#include <string.h>

#include "libbo/internal.h"

static void *at(void *out, size_t offset)
{
        return (char *)out + offset;
}

static int string_read(sd_bus_message *message, char type, char **ret)
{
        const char *text;
        int r = sd_bus_message_read_basic(message, type, &text);

        if (r <= 0)
                return r < 0 ? r : -EBADMSG;
        free(*ret); /* a key that comes twice */
        *ret = text_cleaned(text);
        return *ret ? 0 : -ENOMEM;
}

static int bool_read(sd_bus_message *message, bool *ret)
{
        int value;
        int r = sd_bus_message_read_basic(message, 'b', &value);

        if (r > 0)
                *ret = value;
        return r;
}

/* Room for one more; doubles at every power of two. */
static int array_grow(void **items, size_t n, size_t size)
{
        void *grown;

        if ((n & (n - 1)) != 0)
                return 0;
        grown = reallocarray(*items, n ? 2 * n : 1, size);
        if (!grown)
                return -ENOMEM;
        *items = grown;
        return 0;
}

static int strings_read(sd_bus_message *message, char ***ret, size_t *ret_n)
{
        int r = sd_bus_message_enter_container(message, 'a', "s");

        while (r >= 0) {
                r = sd_bus_message_at_end(message, false);
                if (r != 0)
                        break;
                r = array_grow((void **)ret, *ret_n, sizeof(**ret));
                if (r < 0)
                        break;
                (*ret)[*ret_n] = NULL;
                r = string_read(message, 's', &(*ret)[*ret_n]);
                if (r >= 0)
                        (*ret_n)++;
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

/* An array of structs of @n_texts texts and nothing else. */
_Static_assert(sizeof(struct bo_in_customer) == 2 * sizeof(char *), "two texts");
_Static_assert(sizeof(struct bo_terminal) == 3 * sizeof(char *), "three texts");

static int rows_read(sd_bus_message *message, const char *array, const char *contents,
                     size_t n_texts, void **ret, size_t *ret_n)
{
        int r = sd_bus_message_enter_container(message, 'a', array);

        while (r >= 0) {
                char **texts;

                r = sd_bus_message_enter_container(message, 'r', contents);
                if (r <= 0)
                        break;
                r = array_grow(ret, *ret_n, n_texts * sizeof(char *));
                if (r < 0)
                        break;
                texts = (char **)*ret + *ret_n * n_texts;
                memset(texts, 0, n_texts * sizeof(char *));
                (*ret_n)++;
                for (size_t i = 0; r >= 0 && i < n_texts; i++)
                        r = string_read(message, 's', &texts[i]);
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int map_read(sd_bus_message *message, char ***ret, size_t *ret_n)
{
        int r = sd_bus_message_enter_container(message, 'a', "{ss}");

        while (r >= 0) {
                r = sd_bus_message_enter_container(message, 'e', "ss");
                if (r <= 0)
                        break;
                for (int i = 0; r >= 0 && i < 2; i++) {
                        r = array_grow((void **)ret, *ret_n, sizeof(**ret));
                        if (r < 0)
                                break;
                        (*ret)[*ret_n] = NULL;
                        r = string_read(message, 's', &(*ret)[*ret_n]);
                        if (r >= 0)
                                (*ret_n)++;
                }
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int value_read(sd_bus_message *message, const struct field *field, void *out)
{
        void *value = at(out, field->offset);

        switch (field->type) {
        case FIELD_STRING:
                return string_read(message, 's', value);
        case FIELD_BOOL:
                return bool_read(message, value);
        case FIELD_U32:
                return sd_bus_message_read_basic(message, 'u', value);
        case FIELD_U64:
                return sd_bus_message_read_basic(message, 't', value);
        case FIELD_DOUBLE:
                return sd_bus_message_read_basic(message, 'd', value);
        case FIELD_STRINGS:
                return strings_read(message, value, at(out, field->count_offset));
        case FIELD_PAIRS:
                return rows_read(message, "(ss)", "ss", 2, value, at(out, field->count_offset));
        case FIELD_TERMINALS:
                return rows_read(message, "(sss)", "sss", 3, value, at(out, field->count_offset));
        case FIELD_MAP:
                return map_read(message, value, at(out, field->count_offset));
        }
        return -EINVAL;
}

static const char *signature_of(enum field_type type)
{
        switch (type) {
        case FIELD_STRING:
                return "s";
        case FIELD_BOOL:
                return "b";
        case FIELD_U32:
                return "u";
        case FIELD_U64:
                return "t";
        case FIELD_DOUBLE:
                return "d";
        case FIELD_STRINGS:
                return "as";
        case FIELD_PAIRS:
                return "a(ss)";
        case FIELD_TERMINALS:
                return "a(sss)";
        case FIELD_MAP:
                return "a{ss}";
        }
        return "";
}

static const struct field *field_find(const struct record *record, const char *key)
{
        for (size_t i = 0; i < record->n_fields; i++)
                if (strcmp(record->fields[i].key, key) == 0)
                        return &record->fields[i];
        return NULL;
}

/* One {sv}: 0 at the end of the dictionary. */
static int entry_read(sd_bus_message *message, const struct record *record, void *out)
{
        const struct field *field;
        const char *key;
        int r = sd_bus_message_enter_container(message, 'e', "sv");

        if (r <= 0)
                return r;
        r = sd_bus_message_read_basic(message, 's', &key);
        if (r < 0)
                return r;
        field = field_find(record, key);
        if (field) {
                r = sd_bus_message_enter_container(message, 'v', signature_of(field->type));
                if (r >= 0)
                        r = value_read(message, field, out);
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
        } else {
                r = sd_bus_message_skip(message, "v");
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        return r < 0 ? r : 1;
}

int record_read(sd_bus_message *message, const struct record *record, void *out)
{
        int r = sd_bus_message_enter_container(message, 'a', "{sv}");

        if (r <= 0)
                return call_malformed(r);
        do
                r = entry_read(message, record, out);
        while (r > 0);
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        return r < 0 ? call_malformed(r) : 0;
}

static void strings_free(char **strings, size_t n)
{
        for (size_t i = 0; i < n; i++)
                free(strings[i]);
        free(strings);
}

static void map_free(char **strings, size_t n)
{
        for (size_t i = 0; i < n; i++)
                bo_string_free(strings[i]);
        free(strings);
}

static void pairs_free(struct bo_in_customer *pairs, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                free(pairs[i].customer);
                free(pairs[i].name);
        }
        free(pairs);
}

static void terminals_free(struct bo_terminal *terminals, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                free(terminals[i].kind);
                free(terminals[i].host);
                free(terminals[i].value);
        }
        free(terminals);
}

static void value_free(const struct field *field, void *out)
{
        void *value = at(out, field->offset);

        switch (field->type) {
        case FIELD_STRING:
                free(*(char **)value);
                return;
        case FIELD_STRINGS:
                strings_free(*(char ***)value, *(size_t *)at(out, field->count_offset));
                return;
        case FIELD_PAIRS:
                pairs_free(*(struct bo_in_customer **)value,
                           *(size_t *)at(out, field->count_offset));
                return;
        case FIELD_TERMINALS:
                terminals_free(*(struct bo_terminal **)value,
                               *(size_t *)at(out, field->count_offset));
                return;
        case FIELD_MAP:
                map_free(*(char ***)value, *(size_t *)at(out, field->count_offset));
                return;
        case FIELD_BOOL:
        case FIELD_U32:
        case FIELD_U64:
        case FIELD_DOUBLE:
                return;
        }
}

void record_clear(const struct record *record, void *out)
{
        for (size_t i = 0; i < record->n_fields; i++)
                value_free(&record->fields[i], out);
        memset(out, 0, record->size);
}
