/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates: what is complained about, how they are filled in, and that each kind has one. */
#include "tests/unit/unit.h"

#include "bo-maild/message.h"
#include "bo-maild/template.h"
#include "tests/temp.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#define TOKEN "abcd-efgh"

struct world {
        char directory[64];
        char complaints[4096];
        struct conf_report report;
        struct template_places places;
};

static void complain(void *userdata, const char *message)
{
        struct world *world = userdata;
        size_t used = strlen(world->complaints), prefix = strlen(world->directory);

        if (strncmp(message, world->directory, prefix) == 0)
                message += prefix + 1;
        snprintf(world->complaints + used, sizeof(world->complaints) - used, "%s\n", message);
}

static int setup(void **state)
{
        struct world *world = calloc(1, sizeof(*world));

        world->report = (struct conf_report){.message = complain, .userdata = world};
        world->places = (struct template_places){world->directory, SHIPPED_CONF "/mail"};
        *state = world;
        if (!temp_directory(world->directory, sizeof(world->directory), "/tmp/bo-template-"))
                return -1;
        return 0;
}

static char *path_of(const struct world *world, const char *name)
{
        static char path[256];

        snprintf(path, sizeof(path), "%s/%s", world->directory, name);
        return path;
}

static int teardown(void **state)
{
        struct world *world = *state;
        static const char *const names[] = {"reset.en.txt", "locked.en.txt",  "rest.en.txt",
                                            "locked.txt",   "locked.en.txt~", "reset.nl.txt"};

        for (size_t i = 0; i < ELEMENTS(names); i++)
                unlink(path_of(world, names[i]));
        rmdir(world->directory);
        free(world);
        return 0;
}

static const char *write_file(const struct world *world, const char *name, const char *text)
{
        FILE *file = fopen(path_of(world, name), "we");

        assert_non_null(file);
        fputs(text, file);
        fclose(file);
        return path_of(world, name);
}

static void check(struct world *world, const char *text, const char *complaints)
{
        struct template *template = NULL;
        const char *file = write_file(world, "locked.en.txt", text);

        world->complaints[0] = '\0';
        assert_int_equal(template_read(&template, file, MAIL_LOCKED, &world->report),
                         *complaints ? -EINVAL : 0);
        assert_string_equal(world->complaints, complaints);
        template_free(template);
}

static void faults_are_named_with_file_and_line(void **state)
{
        check(*state, "Subject: x\n\nHello {nam},\n{minutes}\n",
              "locked.en.txt:3: {nam} is not known; did you mean {name}?\n");
        check(*state, "Subject: {x}\n\n\n\n{colour} {minutes}\n",
              "locked.en.txt:1: {x} is not known; bo-maild(8) lists all placeholders\n"
              "locked.en.txt:5: {colour} is not known; bo-maild(8) lists all placeholders\n");
        check(*state, "Subject: x\n\nHello\n",
              "locked.en.txt:4: {minutes} is missing: a mail of this kind is useless without it\n");
        check(*state, "Subject: x\n\nHello {minutes\n",
              "locked.en.txt:3: a brace stands alone; placeholders are written as {user}\n");
        check(*state, "Subject: x\n\n} {minutes}\n",
              "locked.en.txt:3: a brace stands alone; placeholders are written as {user}\n");
        check(*state, "Subject: {token}\n\n{minutes}\n",
              "locked.en.txt:1: {token} is a secret: it belongs into the text, not into the "
              "subject\n");
        check(*state, "Subject: x\n{minutes}\n",
              "locked.en.txt:2: an empty line must follow the subject\n");
        check(*state, "Hello\n", "locked.en.txt:1: the first line must be \"Subject: ...\"\n");
        check(*state, "", "locked.en.txt:1: the first line must be \"Subject: ...\"\n");
        check(*state, "Subject: x\n\n\xff {minutes}\n",
              "locked.en.txt:3: this line is no UTF-8, or has a control character in it\n");
        check(*state, "Subject: x\n\n{minutes}\n", "");
}

static void everything_that_is_shipped_is_sound_and_every_kind_is_there(void **state)
{
        static const char *const languages[] = {"en", "nl", "de"};
        struct world *world = *state;

        for (size_t i = 0; i < ELEMENTS(languages); i++) {
                assert_int_equal(templates_check(&world->places, languages[i], &world->report), 0);
                assert_string_equal(world->complaints, "");
                for (unsigned kind = 0; kind < MAIL_KIND_COUNT; kind++) {
                        const char *language = NULL;
                        struct template *template = NULL;

                        assert_int_equal(template_find(&template, &world->places,
                                                       (enum mail_kind)kind, languages[i],
                                                       &language, &world->report),
                                         0);
                        assert_string_equal(language, languages[i]);
                        /* What no rule asks for is a kind that was forgotten in template.c. */
                        assert_non_null(strchr(template->body, '{'));
                        template_free(template);
                }
        }
}

static void kinds_without_a_template_and_files_of_no_kind_are_told(void **state)
{
        struct world *world = *state;

        world->places.shipped = "/nowhere";
        write_file(world, "rest.en.txt", "Subject: x\n\nx\n");
        write_file(world, "locked.txt", "Subject: x\n\nx\n");
        write_file(world, "locked.en.txt~", "x");
        assert_int_equal(templates_check(&world->places, "en", &world->report), 0);
        assert_non_null(strstr(world->complaints,
                               "rest.en.txt: is of no kind; did you mean reset.en.txt?\n"));
        assert_non_null(strstr(world->complaints, "locked.txt: is not used; templates are named "
                                                  "KIND.LANGUAGE.txt\n"));
        assert_int_equal(world->report.errors, 2 + MAIL_KIND_COUNT);
}

#define W(word) ((char *)(word))

static char *fields[] = {W("user"),  W("ann@shop.example"), W("name"), W(""), W("token"), W(TOKEN),
                         W("extra"), W("not asked for")};

static void expect_body(const char *body, const char *expected)
{
        struct template template = {.subject = (char *)"x", .body = (char *)body};
        const struct template_fields filled = {fields, ELEMENTS(fields)};
        struct secret *text = template_body(&template, &filled);

        assert_non_null(text);
        assert_string_equal(text->bytes, expected);
        assert_int_equal(text->size, strlen(expected));
        secret_free(text);
}

static void placeholders_are_filled_in(void **state)
{
        expect_body("{user}: {token}{token}\n", "ann@shop.example: " TOKEN TOKEN "\r\n");
        expect_body("Hello {name},\n", "Hello ann@shop.example,\r\n");
        expect_body("no end", "no end");
        expect_body("", "");
}

static void paragraphs_without_a_value_are_left_out(void **state)
{
        expect_body("One\n{link}\n\nTwo\n\n\nThree {days}\n", "Two\r\n\r\n\r\n");
        expect_body("{link}\n", "");
}

static void values_stay_in_their_place(void **state)
{
        fields[3] = (char *)"a\r\nb {token}\x1b[1m";
        expect_body("{name}!\n", "a??b {token}?[1m!\r\n");
        fields[3] = (char *)"";
}

static struct bo_mail mail = {
        .id = 7,
        .kind = (char *)"reset",
        .recipient = (char *)"ann@shop.example",
        .message_id = (char *)"7.0123456789abcdef",
        .queued_usec = UINT64_C(1583139600) * USEC_PER_SEC,
        .fields = fields,
        .n_fields = ELEMENTS(fields),
};
static struct maild_settings settings = {
        .from = "noreply@bo.example", .from_name = "Shop", .language = "nl"};

static void the_same_mail_makes_the_same_message(void **state)
{
        struct world *world = *state;
        struct message *message = NULL, *again = NULL;
        char problem[256];

        for (int i = 0; i < 2; i++)
                assert_int_equal(message_make(i == 0 ? &message : &again, &mail, &settings,
                                              &world->places, problem, sizeof(problem)),
                                 0);
        assert_string_equal(message->headers->bytes,
                            "Date: Mon, 02 Mar 2020 09:00:00 +0000\r\n"
                            "From: =?UTF-8?B?U2hvcA==?= <noreply@bo.example>\r\n"
                            "To: ann@shop.example\r\n"
                            "Subject: Stel een nieuw wachtwoord in\r\n"
                            "Message-ID: <7.0123456789abcdef@bo.example>\r\n"
                            "Auto-Submitted: auto-generated\r\n"
                            "Content-Language: nl\r\n");
        assert_true(secret_equal(message->headers, again->headers));
        assert_true(secret_equal(message->body, again->body));
        assert_non_null(strstr(message->body->bytes, TOKEN));
        assert_null(strstr(message->headers->bytes, TOKEN));
        message_free(message);
        message_free(again);
}

static void what_cannot_be_made_says_why(void **state)
{
        struct world *world = *state;
        struct message *message = NULL;
        struct bo_mail bad = mail;
        char problem[256];

        bad.kind = (char *)"../../etc/passwd";
        assert_int_equal(
                message_make(&message, &bad, &settings, &world->places, problem, sizeof(problem)),
                -EINVAL);
        assert_string_equal(problem,
                            "There is no template for mails of the kind ../../etc/passwd.");
        bad = mail;
        bad.recipient = (char *)"a@b\r\nBcc: c";
        assert_int_equal(
                message_make(&message, &bad, &settings, &world->places, problem, sizeof(problem)),
                -EINVAL);
        bad = mail;
        bad.message_id = (char *)"x>\r\nBcc: c";
        assert_int_equal(
                message_make(&message, &bad, &settings, &world->places, problem, sizeof(problem)),
                -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(faults_are_named_with_file_and_line, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(
                        everything_that_is_shipped_is_sound_and_every_kind_is_there, setup,
                        teardown),
                cmocka_unit_test_setup_teardown(
                        kinds_without_a_template_and_files_of_no_kind_are_told, setup, teardown),
                cmocka_unit_test(placeholders_are_filled_in),
                cmocka_unit_test(paragraphs_without_a_value_are_left_out),
                cmocka_unit_test(values_stay_in_their_place),
                cmocka_unit_test_setup_teardown(the_same_mail_makes_the_same_message, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(what_cannot_be_made_says_why, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
