/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One call of an entry point: for whom, in which phase, with which arguments. */
#include "pam_bo/request.h"

#include <security/pam_ext.h>
#include <string.h>
#include <syslog.h>

#include "common/text.h"
#include "pam_bo/conversation.h"
#include "pam_bo/link.h"
#include "pam_bo/owner.h"

/* No name of bo, nor one that could become one: what the daemon gets for a name it cannot read. */
#define NAME_OF_NOBODY "?"

/* Prompts only in auth and password: the other phases have no conversation under sshd's keys. */
static int user_get(struct request *request)
{
        bool may_prompt = request->phase == BO_PHASE_AUTH || request->phase == BO_PHASE_PASSWORD;
        const void *item = NULL;

        if (may_prompt) {
                if (pam_get_user(request->pamh, &request->user, NULL) != PAM_SUCCESS)
                        return PAM_CONV_ERR;
        } else if (pam_get_item(request->pamh, PAM_USER, &item) == PAM_SUCCESS) {
                request->user = item;
        }
        return request->user && request->user[0] ? PAM_SUCCESS : PAM_USER_UNKNOWN;
}

/* A name with bytes that D-Bus or a terminal cannot take is nobody's, and is asked for all the
 * same. */
static void name_fill(struct request *request)
{
        text_clean(request->name, sizeof(request->name), request->user, false);
        if (strcmp(request->name, request->user) != 0)
                strcpy(request->name, NAME_OF_NOBODY);
}

/* Does the line admit nobody without a permission, in this phase? */
static bool guards(const struct request *request)
{
        return request->arguments.permission &&
               (request->phase == BO_PHASE_AUTH || request->phase == BO_PHASE_ACCOUNT);
}

/* PAM_IGNORE would open what is guarded to every local user, by whatever module comes next. */
static int foreign_refuse(const struct request *request)
{
        pam_syslog(
                request->pamh, LOG_NOTICE,
                "refused: permission=%s admits users of bo alone; a pam_localuser line before it "
                "lets local users pass",
                request->arguments.permission);
        conversation_show(request->pamh, PAM_ERROR_MSG,
                          "This needs a permission that only users of bo can have.");
        return PAM_PERM_DENIED;
}

int request_begin(struct request *request, int argc, const char **argv)
{
        enum owner owner = OWNER_CONTRADICTED;
        int r;

        request->arguments = arguments_parse(request->pamh, argc, argv);
        r = user_get(request);
        if (r != PAM_SUCCESS)
                return r;
        owner = link_is_of_bo(request->pamh, request->user) ? OWNER_BO : owner_find(request->user);
        if (owner == OWNER_FOREIGN && guards(request))
                return foreign_refuse(request);
        if (owner == OWNER_FOREIGN || owner == OWNER_ROOT) {
                request_debug(request, "the user is not of bo");
                return request->arguments.foreign_ignore ? PAM_IGNORE : PAM_USER_UNKNOWN;
        }
        if (request->arguments.bad)
                return PAM_SERVICE_ERR; /* a typo must not open a hole */
        name_fill(request);
        request->known = owner == OWNER_BO;
        if (owner == OWNER_CONTRADICTED) {
                pam_syslog(request->pamh, LOG_CRIT,
                           "a user of bo and a user of another source (getent passwd) have the "
                           "same name or uid: refused; remove the other one");
                return PAM_SERVICE_ERR;
        }
        if (owner == OWNER_UNAVAILABLE) {
                pam_syslog(request->pamh, LOG_CRIT,
                           "the snapshot of users cannot be read, or is damaged: refused, since "
                           "the user may be one of bo");
                return PAM_AUTHINFO_UNAVAIL;
        }
        return PAM_SUCCESS;
}

void request_debug(const struct request *request, const char *what)
{
        if (request->arguments.debug)
                pam_syslog(request->pamh, LOG_DEBUG, "%s: %s", request_who(request), what);
}

const char *request_who(const struct request *request)
{
        return request->known ? request->name : "a name that bo does not know";
}
