/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection: opened within some time to a server that is who it should be, and closed. */
#include "libbo/internal.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "common/clock.h"
#include "common/version.h"

VERSION_MARK_HERE;

#define OPEN_TIMEOUT_SEC 1
#define DAEMON_USER      "bo-accountd"

/* Microseconds until @deadline_usec; 0: over. */
static uint64_t time_left_usec(uint64_t deadline_usec)
{
        uint64_t now_usec = clock_monotonic_usec();

        return now_usec < deadline_usec ? deadline_usec - now_usec : 0;
}

int bus_wait_until(sd_bus *bus, uint64_t deadline_usec)
{
        uint64_t left_usec = time_left_usec(deadline_usec);
        int r;

        if (left_usec == 0)
                return -ETIMEDOUT;
        r = sd_bus_wait(bus, left_usec);
        return r < 0 && r != -EINTR ? r : 0;
}

/*
 * A non-blocking connect() of a unix socket fails at once when the backlog is full, and poll()
 * cannot wait for it: so it blocks, and the socket's send timeout bounds it.
 */
static int connect_until(int fd, const struct sockaddr_un *address, uint64_t deadline_usec)
{
        for (;;) {
                uint64_t left_usec = time_left_usec(deadline_usec);
                struct timeval left = {.tv_sec = (time_t)(left_usec / USEC_PER_SEC),
                                       .tv_usec = (suseconds_t)(left_usec % USEC_PER_SEC)};

                if (left_usec == 0)
                        return -ETIMEDOUT;
                if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof(left)) < 0)
                        return -errno;
                if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
                        return 0;
                if (errno == EAGAIN)
                        return -ETIMEDOUT;
                if (errno != EINTR)
                        return -errno;
        }
}

static int socket_connect(int *ret_fd, const char *path, uint64_t deadline_usec)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        _cleanup_(closep) int fd = -1;
        int r;

        if (strlen(path) >= sizeof(address.sun_path))
                return -ENAMETOOLONG;
        memcpy(address.sun_path, path, strlen(path) + 1);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return -errno;
        r = connect_until(fd, &address, deadline_usec);
        if (r < 0)
                return r;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

/*
 * Who answers is asked of the kernel. With socket activation it is who made the listening socket:
 * systemd, so root; the look-up is for a daemon that made its own.
 */
static int server_check(int fd)
{
        struct ucred peer;
        socklen_t size = sizeof(peer);
        struct passwd entry, *found = NULL;
        char strings[1024];

        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
                return -errno;
        if (peer.uid == 0)
                return 0;
        if (getpwnam_r(DAEMON_USER, &entry, strings, sizeof(strings), &found) != 0 || !found)
                return -EPERM;
        return found->pw_uid == peer.uid ? 0 : -EPERM;
}

/*
 * A socket of systemd accepts although nobody may answer, and sd-bus would wait 90 s for its
 * handshake: so it is driven here, until the deadline of the whole bo_open_within().
 */
static int bus_wait_ready(sd_bus *bus, uint64_t deadline_usec)
{
        for (;;) {
                int r = sd_bus_is_ready(bus);

                if (r != 0)
                        return r < 0 ? r : 0;
                r = sd_bus_process(bus, NULL);
                if (r < 0)
                        return r;
                if (r > 0)
                        continue;
                r = bus_wait_until(bus, deadline_usec);
                if (r < 0)
                        return r;
        }
}

/* Peer to peer: no Hello, no match rules, no descriptors, no credentials in messages. */
static int bus_start(bo *client, int fd)
{
        int r = sd_bus_new(&client->bus);

        if (r >= 0)
                r = sd_bus_set_fd(client->bus, fd, fd);
        if (r < 0) {
                close(fd);
                return r;
        }
        client->fd = fd;
        r = sd_bus_set_bus_client(client->bus, false);
        if (r >= 0)
                r = sd_bus_negotiate_fds(client->bus, false);
        if (r >= 0)
                r = sd_bus_start(client->bus);
        return r < 0 ? r : 0;
}

int bo_open_within(bo **ret_bo, const char *socket, unsigned seconds)
{
        uint64_t deadline_usec = clock_monotonic_usec() + seconds * USEC_PER_SEC;
        _cleanup_(bo_closep) bo *opened = calloc(1, sizeof(*opened));
        _cleanup_(closep) int fd = -1;
        int r;

        if (!opened)
                return -ENOMEM;
        opened->pid = getpid();
        opened->fd = -1;
        r = socket_connect(&fd, socket ? socket : BO_SOCKET, deadline_usec);
        if (r >= 0)
                r = server_check(fd);
        if (r >= 0)
                r = bus_start(opened, TAKE_FD(fd));
        if (r >= 0)
                r = bus_wait_ready(opened->bus, deadline_usec);
        if (r < 0)
                return r;
        *ret_bo = TAKE_PTR(opened);
        return 0;
}

int bo_open(bo **ret_bo, const char *socket)
{
        return bo_open_within(ret_bo, socket, OPEN_TIMEOUT_SEC);
}

bo *bo_close(bo *client)
{
        if (!client)
                return NULL;
        if (client->pid == getpid())
                sd_bus_close_unref(client->bus);
        else if (client->fd >= 0)
                close(client->fd); /* sd-bus refuses to touch the parent's connection */
        free(client->message);
        bo_string_free(client->text);
        free(client);
        return NULL;
}
