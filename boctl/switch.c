/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl switch: for which customer the caller acts, and a shell that has what goes with it (R50).
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "boctl/terminal.h"
#include "boctl/user.h"
#include "common/text.h"

#define SU "/bin/su"

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

/* "Shop BV (shop-bv)" (R52), clean for a terminal. */
static void customer_text(char *out, size_t size, const struct bo_in_customer *customer)
{
        char text[256];

        if (customer->name && customer->name[0])
                snprintf(text, sizeof(text), "%s (%s)", customer->name, customer->customer);
        else
                snprintf(text, sizeof(text), "%s", customer->customer);
        text_clean(out, size, text, false);
}

static bool is_acting(const struct bo_user *user, const struct bo_in_customer *customer)
{
        return user->acting_customer && strcmp(user->acting_customer, customer->customer) == 0;
}

static const struct bo_in_customer *by_id(const struct bo_user *user, const char *id)
{
        for (size_t i = 0; i < user->n_customers; i++)
                if (strcmp(user->customers[i].customer, id) == 0)
                        return &user->customers[i];
        return NULL;
}

/* A number of the list; ids begin with a letter. */
static const struct bo_in_customer *by_answer(const struct bo_user *user, const char *answer)
{
        char *end;
        unsigned long n = strtoul(answer, &end, 10);

        if (answer[0] < '0' || answer[0] > '9' || *end)
                return by_id(user, answer);
        return n >= 1 && n <= user->n_customers ? &user->customers[n - 1] : NULL;
}

static void list_show(const struct bo_user *user)
{
        for (size_t i = 0; i < user->n_customers; i++) {
                char text[256];

                customer_text(text, sizeof(text), &user->customers[i]);
                printf("%3zu  %s%s\n", i + 1, text,
                       is_acting(user, &user->customers[i]) ? "  <- now" : "");
        }
        fflush(stdout); /* the question goes to the terminal by another way */
}

/* EXIT_DONE and *ret_customer, which is the user's; or told. */
static int ask(const struct bo_user *user, const struct bo_in_customer **ret_customer)
{
        char answer[64];
        int r;

        if (user->n_customers == 0)
                return fail("You are an active member of no customer.");
        list_show(user);
        if (user->n_customers == 1)
                return fail("There is no other customer that you could act for.");
        if (!isatty(STDIN_FILENO))
                return fail_usage("Which one? `boctl switch CUSTOMER`");
        r = terminal_ask("Number or id of the customer: ", true, answer, sizeof(answer));
        if (r < 0)
                return fail("Nothing was chosen: you act as before.");
        *ret_customer = by_answer(user, answer);
        return *ret_customer ? EXIT_DONE
                             : fail("\"%s\" is none of them: you act as before.", answer);
}

/*
 * What runs keeps its groups, so a new session is needed; su asks nothing of who becomes himself.
 * It takes the place of this program: what is to be told is told before.
 */
static int shell_open(struct request *request, const char *name)
{
        fflush(stdout);
        request->bo = bo_close(request->bo);
        execl(SU, "su", "-l", name, (char *)NULL);
        return fail("No shell could be opened (%s: %s). New logins act for the customer all the "
                    "same: log in anew.",
                    SU, strerror(errno));
}

static int leave(struct request *request, const struct bo_user *user,
                 const struct bo_in_customer *customer)
{
        bool shell = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !request->json;
        char text[256];

        customer_text(text, sizeof(text), customer);
        tell(request, "New logins act for %s from now on.", text);
        if (!shell)
                return EXIT_DONE;
        tell(request,
             "So does this new shell, if su opens it; `exit` leads back to the one before.");
        return shell_open(request, user->username);
}

int verb_switch(struct request *request)
{
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        const struct bo_in_customer *customer, named = {.customer = request->args[0]};
        int r = user_get(request, NULL, "look at", &user);

        if (r != EXIT_DONE)
                return r;
        /* One that is not his is for the daemon to refuse. */
        customer = request->args[0] ? by_id(user, request->args[0]) : NULL;
        if (request->args[0] && !customer)
                customer = &named;
        if (!customer)
                r = ask(user, &customer);
        if (r != EXIT_DONE)
                return r;
        r = bo_user_switch_customer(request->bo, user->uid, customer->customer);
        if (r != 0)
                return fail_call(request, r, "Cannot act for %s", customer->customer);
        return leave(request, user, customer);
}
