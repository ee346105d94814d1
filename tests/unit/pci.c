/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the report on PCI DSS judges a host, from settings, counts and findings. */
#include "boctl/pci.h"
#include "tests/unit/unit.h"

#define MOST 8

struct service {
        const char *section, *class, *otp;
};

struct row {
        struct service services[3];
        double missing; /* persons without the second factor */
        bool host_seen;
        enum check_result pam, sshd;
        enum pci_result result;
};

static void settings_make(struct bo_settings *settings, const struct service *services)
{
        settings->n_items = 0;
        for (size_t i = 0; i < 3 && services[i].section; i++) {
                settings->items[settings->n_items++] =
                        (struct bo_setting){.section = (char *)services[i].section,
                                            .key = (char *)"Class",
                                            .value = (char *)services[i].class,
                                            .is_default = true};
                settings->items[settings->n_items++] =
                        (struct bo_setting){.section = (char *)services[i].section,
                                            .key = (char *)"Otp",
                                            .value = (char *)services[i].otp,
                                            .is_default = true};
        }
}

static void found_make(struct check *check, const char *part, enum check_result result)
{
        check_part(check, part);
        if (result != CHECK_OK)
                check_find(check, result, part, "", "Found in %s.", part);
}

/* What @judge says of @row, and what it calls its evidence. */
static enum pci_result judged(const struct row *row,
                              enum pci_result (*judge)(const struct pci_facts *, FILE *),
                              char *evidence, size_t size)
{
        struct bo_setting items[MOST];
        struct bo_settings settings = {.items = items};
        struct bo_metric missing = {.family = (char *)"bo_users_second_factor_missing",
                                    .labels = (char *)"",
                                    .value = row->missing};
        struct bo_metrics metrics = {&missing, 1};
        struct pci_facts facts = {
                .settings = &settings, .metrics = &metrics, .host_seen = row->host_seen};
        FILE *out = fmemopen(evidence, size, "w");
        enum pci_result result;

        assert_non_null(out);
        settings_make(&settings, row->services);
        found_make(&facts.check, "pam", row->pam);
        found_make(&facts.check, "sshd", row->sshd);
        result = judge(&facts, out);
        assert_int_equal(fclose(out), 0);
        check_clear(&facts.check);
        return result;
}

#define REQUIRED                                                                                   \
        {                                                                                          \
                "Service sshd", "interactive", "require"                                           \
        }
#define PROMPTED                                                                                   \
        {                                                                                          \
                "Service sshd", "interactive", "prompt"                                            \
        }

static void two_factors_are_met_only_by_a_host_that_was_looked_at(void **state)
{
        static const struct row rows[] = {
                {{REQUIRED}, 1, true, CHECK_OK, CHECK_OK, PCI_MET},
                {{REQUIRED}, 1, false, CHECK_OK, CHECK_OK, PCI_PARTLY},
                {{REQUIRED}, 1, true, CHECK_OK, CHECK_SKIPPED, PCI_PARTLY},
                {{REQUIRED}, 1, true, CHECK_SKIPPED, CHECK_OK, PCI_PARTLY},
                {{REQUIRED}, 1, true, CHECK_WARNING, CHECK_OK, PCI_PARTLY},
                {{REQUIRED}, 1, true, CHECK_FAULT, CHECK_OK, PCI_NOT_MET},
                {{REQUIRED}, 1, true, CHECK_OK, CHECK_FAULT, PCI_NOT_MET},
                {{REQUIRED}, 1, true, CHECK_FAULT, CHECK_SKIPPED, PCI_NOT_MET},
                /* another service of people */
                {{REQUIRED, {"Service web", "interactive", "off"}},
                 0,
                 true,
                 CHECK_OK,
                 CHECK_OK,
                 PCI_NOT_MET},
                {{REQUIRED, {"Service web", "interactive", "prompt"}},
                 1,
                 true,
                 CHECK_OK,
                 CHECK_OK,
                 PCI_PARTLY},
                {{REQUIRED, {"Service web", "interactive", "append"}},
                 0,
                 true,
                 CHECK_OK,
                 CHECK_OK,
                 PCI_MET},
                {{REQUIRED, {"Service api", "api", "off"}, {"Service cron", "batch", "off"}},
                 1,
                 true,
                 CHECK_OK,
                 CHECK_OK,
                 PCI_MET},
                {{PROMPTED}, 1, true, CHECK_OK, CHECK_OK, PCI_NOT_MET},
                {{PROMPTED}, 0, true, CHECK_OK, CHECK_OK, PCI_PARTLY},
                {{PROMPTED}, -1, true, CHECK_OK, CHECK_OK, PCI_NOT_MET},
                {{{0}}, 0, true, CHECK_OK, CHECK_OK, PCI_PARTLY}, /* as prompted */
                {{{"Service sshd", "interactive", "off"}},
                 0,
                 true,
                 CHECK_OK,
                 CHECK_OK,
                 PCI_NOT_MET},
                {{{"Service sshd", "api", "off"}}, 0, true, CHECK_OK, CHECK_OK, PCI_NOT_MET},
        };
        char evidence[4096];

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                enum pci_result result =
                        judged(&rows[i], pci_everybody, evidence, sizeof(evidence));

                if (result != rows[i].result)
                        print_message("row %zu: %s\n", i, evidence);
                assert_int_equal(result, rows[i].result);
                if (rows[i].pam != CHECK_OK)
                        assert_non_null(strstr(evidence, "Found in pam."));
                if (rows[i].sshd != CHECK_OK)
                        assert_non_null(strstr(evidence, "Found in sshd."));
                if (!rows[i].host_seen)
                        assert_non_null(strstr(evidence, "not looked at"));
        }
}

static void nobody_gets_round_two_factors_by_a_setting_or_a_stack(void **state)
{
        static const struct row rows[] = {
                {{PROMPTED}, 1, true, CHECK_OK, CHECK_OK, PCI_MET},
                {{PROMPTED}, 1, false, CHECK_OK, CHECK_OK, PCI_PARTLY},
                {{PROMPTED}, 1, true, CHECK_OK, CHECK_SKIPPED, PCI_PARTLY},
                {{PROMPTED}, 1, true, CHECK_FAULT, CHECK_OK, PCI_NOT_MET},
                {{{"Service web", "interactive", "off"}}, 0, true, CHECK_OK, CHECK_OK, PCI_NOT_MET},
                {{{"Service web", "api", "off"}}, 0, true, CHECK_OK, CHECK_OK, PCI_MET},
        };
        char evidence[4096];

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                assert_int_equal(judged(&rows[i], pci_bypass, evidence, sizeof(evidence)),
                                 rows[i].result);
}

static void numbers_of_items_rise(void **state)
{
        for (size_t i = 0; i < pci_items_size; i++) {
                const char *remedy = pci_items[i].remedy;

                assert_non_null(remedy);
                if (pci_items[i].judge || pci_items[i].fixed != PCI_MET)
                        assert_true(*remedy);
                if (i > 0)
                        assert_true(strverscmp(pci_items[i - 1].number, pci_items[i].number) < 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(two_factors_are_met_only_by_a_host_that_was_looked_at),
                cmocka_unit_test(nobody_gets_round_two_factors_by_a_setting_or_a_stack),
                cmocka_unit_test(numbers_of_items_rise),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
