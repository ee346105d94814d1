/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requirement 8 of PCI DSS v4.0.1, item by item, held against this host. */
#pragma once

#include "boctl/check.h"

enum pci_result {
        PCI_MET,    /* from good to bad */
        PCI_PARTLY, /* what bo can do is done, the rest is told in the remedy */
        PCI_NOT_MET,
        PCI_YOURS, /* outside of bo: the remedy says what to do */
};

/* What is known when items are judged. */
struct pci_facts {
        struct bo_settings *settings;
        struct bo_metrics *metrics;
        struct bo_role_list *roles;
        struct check check; /* findings of the daemon, and of the host unless --socket was given */
        bool host_seen;
        uint64_t operators_with, operators_without; /* users of bo in OperatorGroup= */
        uint64_t operators_foreign;                 /* those of whom bo knows nothing, but root */
        char *version;
        char host[256], time[40];
};

struct pci_item {
        const char *number;
        const char *asks; /* in our words, not those of the standard */
        enum pci_result (*judge)(const struct pci_facts *facts, FILE *evidence);
        enum pci_result fixed; /* without @judge */
        const char *does;      /* what bo does about it; NULL: nothing */
        const char *keys;      /* of [Accounts], parted by blanks, that are evidence; or NULL */
        const char *remedy;    /* for what is not met */
};

extern const struct pci_item pci_items[];
extern const size_t pci_items_size;

/* 0, or of libbo, or a negative errno. */
int pci_facts_get(struct request *request, struct pci_facts *facts);
void pci_facts_clear(struct pci_facts *facts);

/* "" if there is none. */
const char *pci_setting(const struct pci_facts *facts, const char *section, const char *key);

/* -1: not known. */
double pci_metric(const struct pci_facts *facts, const char *family, const char *labels);

/* "KEY=VALUE (FILE:LINE); " of that setting. */
void pci_setting_put(const struct pci_facts *facts, FILE *out, const char *section,
                     const char *key);

/* Findings of @part as sentences; true if there was one at least as bad as @least. */
bool pci_findings_put(const struct pci_facts *facts, FILE *out, const char *part,
                      enum check_result least);

enum pci_result pci_unique(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_revoked(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_inactive(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_authenticated(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_unreadable(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_attempts(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_strength(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_history(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_age(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_administrators(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_everybody(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_bypass(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_programs(const struct pci_facts *facts, FILE *evidence);
enum pci_result pci_program_secrets(const struct pci_facts *facts, FILE *evidence);

/* An item as it was judged. */
struct pci_line {
        const struct pci_item *item;
        enum pci_result result;
        char *evidence;
};

/* "not met" */
const char *pci_result_name(enum pci_result result);

/* A page of its own; the file is whole, or is not touched. 0 or a negative errno. */
int pci_html(const struct pci_facts *facts, const struct pci_line *lines, const char *file);
