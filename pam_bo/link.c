/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection to the daemon that one PAM handle keeps between the phases of one login. */
#include "pam_bo/link.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"

#define LINK_DATA "pam_bo_link"

struct link {
        bo *bo;
        pid_t pid; /* who opened it */
        bool known;
        char user[];
};

static void link_free(struct link *link)
{
        bo_close(link->bo);
        explicit_bzero(link->user, strlen(link->user));
        free(link);
}
DEFINE_CLEANUP(struct link *, link_free)

/* libpam calls it when the data is replaced and from pam_end(), in a forked child as well. */
static void link_cleanup(pam_handle_t *pamh, void *data, int status)
{
        (void)pamh; /* the interface is libpam's */
        (void)status;
        if (data)
                link_free(data);
}

/* The link of this process, or NULL. */
static const struct link *link_find(pam_handle_t *pamh)
{
        const void *data = NULL;
        const struct link *link;

        if (pam_get_data(pamh, LINK_DATA, &data) != PAM_SUCCESS || !data)
                return NULL;
        link = data;
        return link->pid == getpid() ? link : NULL;
}

bo *link_kept(pam_handle_t *pamh, const char *user)
{
        const struct link *link = link_find(pamh);

        if (link && strcmp(link->user, user) == 0)
                return link->bo;
        link_drop(pamh);
        return NULL;
}

bool link_of_another(pam_handle_t *pamh, const char *user)
{
        const struct link *link = link_find(pamh);

        return link && strcmp(link->user, user) != 0;
}

bool link_is_of_bo(pam_handle_t *pamh, const char *user)
{
        const struct link *link = link_find(pamh);

        return link && link->known && strcmp(link->user, user) == 0;
}

int link_open(pam_handle_t *pamh, const char *user, bool known, const char *socket, bo **ret_bo)
{
        _cleanup_(link_freep) struct link *link = calloc(1, sizeof(*link) + strlen(user) + 1);
        int r;

        if (!link)
                return -ENOMEM;
        memcpy(link->user, user, strlen(user) + 1);
        link->pid = getpid();
        link->known = known;
        r = bo_open(&link->bo, socket);
        if (r < 0)
                return r;
        if (pam_set_data(pamh, LINK_DATA, link, link_cleanup) != PAM_SUCCESS)
                return -ENOMEM;
        *ret_bo = link->bo;
        (void)TAKE_PTR(link); /* libpam has it now */
        return 0;
}

void link_drop(pam_handle_t *pamh)
{
        const void *data = NULL;

        if (pam_get_data(pamh, LINK_DATA, &data) == PAM_SUCCESS && data)
                /* Fails only without memory for a new entry, and there is one already. */
                (void)pam_set_data(pamh, LINK_DATA, NULL, NULL);
}
