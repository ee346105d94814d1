/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single facts out of what a report on requirement 8 goes by, and how they are told as evidence. */
#include "boctl/pci.h"

#include <string.h>

static const struct bo_setting *setting_find(const struct pci_facts *facts, const char *section,
                                             const char *key)
{
        for (size_t i = 0; i < facts->settings->n_items; i++) {
                const struct bo_setting *setting = &facts->settings->items[i];

                if (strcmp(setting->section, section) == 0 && strcmp(setting->key, key) == 0)
                        return setting;
        }
        return NULL;
}

const char *pci_setting(const struct pci_facts *facts, const char *section, const char *key)
{
        const struct bo_setting *setting = setting_find(facts, section, key);

        return setting ? setting->value : "";
}

void pci_setting_put(const struct pci_facts *facts, FILE *out, const char *section, const char *key)
{
        const struct bo_setting *setting = setting_find(facts, section, key);
        const char *in = strcmp(section, "Accounts") == 0 ? "" : section;

        if (!setting)
                return;
        fprintf(out, "%s%s%s=%s ", in, *in ? ": " : "", key, setting->value);
        if (setting->is_default)
                fputs("(default). ", out);
        else
                fprintf(out, "(%s:%u). ", setting->file, setting->line);
}

double pci_metric(const struct pci_facts *facts, const char *family, const char *labels)
{
        for (size_t i = 0; i < facts->metrics->n_items; i++) {
                const struct bo_metric *metric = &facts->metrics->items[i];

                if (strcmp(metric->family, family) == 0 && strcmp(metric->labels, labels) == 0)
                        return metric->value;
        }
        return -1;
}

bool pci_findings_put(const struct pci_facts *facts, FILE *out, const char *part,
                      enum check_result least)
{
        for (size_t i = 0; i < facts->check.n_findings; i++) {
                const struct check_finding *finding = &facts->check.findings[i];

                if (strcmp(facts->check.parts[finding->part], part) == 0)
                        fprintf(out, "%s ", finding->text);
        }
        return check_worst(&facts->check, part) >= least;
}
