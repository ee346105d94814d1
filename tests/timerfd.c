/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loaded before libfaketime, which takes every timerfd for one of the wall clock. */
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* The daemon's timers keep to the clock that never jumps; moved by years, they would be refused. */
int timerfd_settime(int fd, int flags, const struct itimerspec *new_value,
                    struct itimerspec *old_value)
{
        return (int)syscall(SYS_timerfd_settime, fd, flags, new_value, old_value);
}
