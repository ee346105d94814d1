/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waits for a mutex in a way that ThreadSanitizer sees, in a daemon that was built with it. */
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

__attribute__((visibility("default"))) int pthread_mutex_clocklock(pthread_mutex_t *mutex,
                                                                   clockid_t clock,
                                                                   const struct timespec *until);

/*
 * The sanitizers of Debian 12 know pthread_mutex_timedlock() alone: what is done under a mutex that
 * was taken in another way looks like a race to them. The true time, whatever libfaketime says.
 */
int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
        struct timespec now, deadline;

        if (syscall(SYS_clock_gettime, clock, &now) < 0 ||
            syscall(SYS_clock_gettime, CLOCK_REALTIME, &deadline) < 0)
                return pthread_mutex_lock(mutex);
        deadline.tv_sec += until->tv_sec - now.tv_sec;
        return pthread_mutex_timedlock(mutex, &deadline);
}
