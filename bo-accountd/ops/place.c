/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* At which location of a customer somebody acts: by what is bound to it, the narrowest first (R27).
 */
#include "bo-accountd/ops/place.h"

#include "bo-accountd/store/session.h"
#include "bo-accountd/store/terminal.h"
#include "common/text.h"

#include <string.h>

#define SESSIONS_MOST 100 /* open ones that are looked through for a login */

static bool given(const char *text)
{
        return text && *text;
}

/* What of the query is of @kind, as it would be bound; false if it says nothing of that kind. */
static bool candidate(const struct op *op, const struct place_query *query, enum terminal_kind kind,
                      struct terminal *terminal)
{
        const char *service = given(query->service) ? query->service : "";
        const char *host = settings_terminal(op->settings, service);
        char address[NETWORK_TEXT_SIZE];

        *terminal = (struct terminal){.kind = kind};
        if (kind != TERMINAL_NETWORK && !*host)
                return false;
        switch (kind) {
        case TERMINAL_NETWORK:
                return given(query->rhost) &&
                       text_address(address, sizeof(address), query->rhost) &&
                       network_parse(&terminal->network, address) == 0;
        case TERMINAL_TTY:
                snprintf(terminal->host, sizeof(terminal->host), "%s", host);
                return given(query->tty) && terminal_tty(terminal->value, query->tty);
        case TERMINAL_SERVICE:
                snprintf(terminal->host, sizeof(terminal->host), "%s", host);
                snprintf(terminal->value, sizeof(terminal->value), "%s", service);
                return service_is_name(service);
        case TERMINAL_HOST:
                snprintf(terminal->value, sizeof(terminal->value), "%s", host);
                return true;
        }
        return false;
}

struct place_query place_of_session(const char *customer, const struct session *session)
{
        return (struct place_query){
                .customer = customer,
                .rhost = session->rhost,
                .remote = session->rhost[0] != '\0',
                .tty = session->tty,
                .service = session->service,
        };
}

/* By which of the sessions that are open he came in is not told: it is the newest that counts, and
 * each was let in at a place of his. */
static int take_newest_login(void *userdata, const struct session *session)
{
        struct session *newest = userdata;

        if (!session->login || strcmp(session->boot, newest->boot) != 0)
                return 0;
        *newest = *session;
        return 1;
}

/* 1 and *ret_session, 0: none, < 0. */
static int newest_login(struct op *op, uint32_t uid, struct session *ret_session)
{
        const struct session_filter filter = {
                .of_user = true, .uid = uid, .open = true, .limit = SESSIONS_MOST};

        snprintf(ret_session->boot, sizeof(ret_session->boot), "%s", op->boot);
        return uid == 0 ? 0 : session_list(op->store, &filter, take_newest_login, ret_session);
}

static int find_bound(struct op *op, const struct place_query *query,
                      char ret_location[LOCATION_ID_SIZE])
{
        char location[LOCATION_ID_SIZE] = "";
        struct terminal terminal;
        bool network = candidate(op, query, TERMINAL_NETWORK, &terminal);
        int r = 0;

        for (int kind = TERMINAL_NETWORK; r == 0 && !*location && kind <= TERMINAL_HOST; kind++) {
                if (query->remote && !network)
                        break; /* from elsewhere, and nobody can tell from where */
                if (candidate(op, query, (enum terminal_kind)kind, &terminal))
                        r = terminal_find(op->store, query->customer, &terminal, location);
        }
        if (r == 0)
                memcpy(ret_location, location, sizeof(location));
        return r;
}

int place_find(struct op *op, const struct place_query *query, char ret_location[LOCATION_ID_SIZE])
{
        struct session session = {0};
        struct place_query of_session;
        int r = newest_login(op, query->in_already_uid, &session);

        if (r < 0)
                return r;
        of_session = place_of_session(query->customer, &session);
        return find_bound(op, r > 0 ? &of_session : query, ret_location);
}

int place_admits(struct op *op, uint32_t uid, const struct place_query *query)
{
        char location[LOCATION_ID_SIZE] = "";
        bool restricted = true, may = false;
        int r = member_is_restricted(op->store, uid, query->customer, &restricted);

        if (r != 0 || !restricted)
                return r;
        r = place_find(op, query, location);
        if (r == 0 && *location)
                r = member_may_at(op->store, uid, query->customer, location, &may);
        if (r == 0 && !may)
                r = BO_ERR_WRONG_PLACE;
        return r;
}
