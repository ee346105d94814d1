/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the verbs on users tell once: tokens and generated passwords. */
#pragma once

#include "boctl/boctl.h"

struct secret_line;

#define TOKEN_SIZE 35

/* The token of a link, which may be one itself. */
void token_of(char out[TOKEN_SIZE], const char *link);

/* The link for @name, and what to do with it; empty: it was mailed. */
void link_tell(const char *name, const char *link);

/* The same as text or JSON, as the array @table_name. EXIT_DONE, or told. */
int link_show(const struct request *request, const char *table_name, const char *name,
              const char *link);

/*
 * What the daemon tells of the user @name, or of the caller for NULL. EXIT_DONE, or told as
 * "Cannot @what NAME".
 */
int user_get(struct request *request, const char *name, const char *what,
             struct bo_user **ret_user);

/* Tells on stderr what the daemon finds doubtful about @user (R22). */
void user_warn(const struct bo_user *user);

/* "bo_PREFIX_...", as people recognise an API key; empty, and false, without one. */
#define KEY_BEGIN_SIZE 16
bool key_begin(char out[KEY_BEGIN_SIZE], const struct bo_user *user);

/* A generated password: shown once (R7), in JSON as well. EXIT_DONE, or told. */
int generated_tell(const struct request *request, const char *name,
                   const struct secret_line *password);
