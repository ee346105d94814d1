/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Delivery to the mail server, with libcurl. */
#pragma once

#include "bo-maild/message.h"
#include "bo-maild/verdict.h"

#define SMTP_PROBLEM_SIZE 256

struct smtp;

/*
 * One after another over one connection, which smtp_free() ends. @give_up is asked now and then
 * whether the attempt is to be broken off; it never is once the server may have taken the mail.
 */
int smtp_new(struct smtp **ret_smtp, const struct maild_settings *settings,
             bool (*give_up)(void *userdata), void *userdata);
struct smtp *smtp_free(struct smtp *smtp);
DEFINE_CLEANUP(struct smtp *, smtp_free)

struct smtp_outcome {
        enum verdict verdict;
        bool broken_off;
        bool of_server;                  /* the next one would meet the same */
        char problem[SMTP_PROBLEM_SIZE]; /* for people; nothing of what the mail says */
};

/* 0, whatever came of it; -ENOMEM. */
int smtp_send(struct smtp *smtp, const struct message *message, struct smtp_outcome *ret_outcome);
