/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The texts of mails: a file for each kind and language, with {placeholders}. */
#pragma once

#include "common/conf.h"
#include "common/mail_kind.h"
#include "common/secret.h"

struct template
{
        char *subject;
        char *body; /* lines end with \n */
};

struct template *template_free(struct template *template);
DEFINE_CLEANUP(struct template *, template_free)

/* What is filled in: name, value, name, value. */
struct template_fields {
        char *const *words;
        size_t n_words;
};

/*
 * Reads @file as a template of @kind. Complains of what is not a template, of placeholders that are
 * not known, and of those that the kind cannot do without. 0; -EINVAL after complaints; -ENOENT;
 * -ENOMEM.
 */
int template_read(struct template **ret_template, const char *file, enum mail_kind kind,
                  struct conf_report *report);

/* The two places where templates lie. */
struct template_places {
        const char *site;    /* /etc/bo/mail: comes first */
        const char *shipped; /* /usr/share/bo/mail */
};

/* Finds KIND.LANGUAGE.txt, or KIND.en.txt, and reads it. @ret_language is what it was found in. */
int template_find(struct template **ret_template, const struct template_places *places,
                  enum mail_kind kind, const char *language, const char **ret_language,
                  struct conf_report *report);

/* Reads all that are there, complains of files that no mail would ever use, and of kinds without a
 * template. */
int templates_check(const struct template_places *places, const char *language,
                    struct conf_report *report);

/*
 * The text with everything filled in, its lines ended with CR LF; may hold a link. A paragraph with
 * a placeholder that the mail has no value for is left out. {name} is the user's name where the
 * full name is not known. NULL: out of memory.
 */
struct secret *template_body(const struct template *template, const struct template_fields *fields);

/* The subject, of one line, as text that is not encoded yet. NULL: out of memory. */
char *template_subject(const struct template *template, const struct template_fields *fields);
