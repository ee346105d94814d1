/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a backup: beside the logins, and behind them when cores are short. */
#include "bo-accountd/backup.h"

#include "bo-accountd/store/copy.h"
#include "common/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define NICE 19 /* behind the hashes of logins, which are at 10 */

struct backup {
        pthread_mutex_t lock;
        struct backup_view view; /* under lock */
        atomic_bool stop, recorded;
        struct keys *keys;   /* its own: a rotation may come meanwhile */
        unsigned references; /* of the main thread */
        atomic_uint holders; /* those as one, and the thread */
        int fd;
        char path[PATH_MAX];
        char database[];
};

/* One at a time; who ends the process waits for it. */
static pthread_mutex_t work_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_ended = PTHREAD_COND_INITIALIZER;
static bool at_work;

static bool work_begin(void)
{
        bool free;

        pthread_mutex_lock(&work_lock);
        free = !at_work;
        at_work = true;
        pthread_mutex_unlock(&work_lock);
        return free;
}

static void work_end(void)
{
        pthread_mutex_lock(&work_lock);
        at_work = false;
        pthread_cond_broadcast(&work_ended);
        pthread_mutex_unlock(&work_lock);
}

void backup_await_end(void)
{
        pthread_mutex_lock(&work_lock);
        while (at_work)
                pthread_cond_wait(&work_ended, &work_lock);
        pthread_mutex_unlock(&work_lock);
}

static int on_step(void *userdata, uint64_t done, uint64_t total)
{
        struct backup *backup = userdata;

        pthread_mutex_lock(&backup->lock);
        backup->view.done = done;
        backup->view.total = total;
        if (done == total && strcmp(backup->view.stage, "copying") == 0)
                backup->view.stage = "checking";
        pthread_mutex_unlock(&backup->lock);
        return atomic_load(&backup->stop) ? -ECANCELED : 0;
}

static void stage(struct backup *backup, const char *word)
{
        pthread_mutex_lock(&backup->lock);
        backup->view.stage = word;
        pthread_mutex_unlock(&backup->lock);
}

static int copy(struct backup *backup, struct backup_facts *facts)
{
        const struct copy_watch watch = {.step = on_step, .userdata = backup};
        _cleanup_(store_closep) struct store *store = NULL;
        struct copy_facts copied = {0};
        int r = store_open(&store, backup->database, backup->keys);

        if (r == 0)
                r = store_copy(store, backup->path, &watch, &copied);
        facts->schema = copied.schema;
        facts->sequence = copied.sequence;
        return r;
}

static int make(struct backup *backup, struct backup_facts *facts)
{
        const struct backup_watch watch = {.step = on_step, .userdata = backup};
        int r;

        snprintf(facts->version, sizeof(facts->version), "%s", BO_VERSION);
        facts->made_usec = clock_realtime_usec();
        stage(backup, "copying");
        r = copy(backup, facts);
        stage(backup, "sealing");
        return r == 0 ? backup_close(backup->fd, facts, backup->keys, &watch) : r;
}

static void backup_free(struct backup *backup)
{
        if (backup->fd >= 0)
                close(backup->fd);
        pthread_mutex_destroy(&backup->lock);
        keys_free(backup->keys);
        free(backup);
        work_end();
}

/* By the main thread and by that of the backup, in any order. */
static void release(struct backup *backup)
{
        if (atomic_fetch_sub(&backup->holders, 1) == 1)
                backup_free(backup);
}

static void *backup_main(void *userdata)
{
        struct backup *backup = userdata;
        struct backup_facts facts = {0};
        int r;

        /* Of this thread alone; where it may not be, it is as quick as others. */
        (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
        r = make(backup, &facts);
        (void)unlink(backup->path); /* what stays is removed by the next start */
        pthread_mutex_lock(&backup->lock);
        backup->view.stage = "done";
        backup->view.facts = facts;
        backup->view.size = r == 0 ? facts.bytes + BACKUP_END_BYTES : 0;
        backup->view.result = r;
        pthread_mutex_unlock(&backup->lock);
        release(backup);
        return NULL;
}

/* Signals are the main thread's. */
static int thread_start(struct backup *backup)
{
        sigset_t all, before;
        pthread_t thread;
        int r;

        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        r = -pthread_create(&thread, NULL, backup_main, backup);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (r == 0)
                (void)pthread_detach(thread); /* it is there, and nobody joins it */
        return r;
}

static int file_make(struct backup *backup)
{
        if (snprintf(backup->path, sizeof(backup->path), "%s.backup", backup->database) >=
            (int)sizeof(backup->path))
                return -ENAMETOOLONG;
        if (unlink(backup->path) < 0 && errno != ENOENT)
                return -errno;
        backup->fd = open(backup->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        return backup->fd < 0 ? -errno : 0;
}

int backup_start(struct backup **ret_backup, const char *database, const struct keys *keys)
{
        struct backup *backup;
        int r;

        if (!work_begin())
                return -EBUSY;
        backup = calloc(1, sizeof(*backup) + strlen(database) + 1);
        if (!backup) {
                work_end();
                return -ENOMEM;
        }
        strcpy(backup->database, database);
        pthread_mutex_init(&backup->lock, NULL);
        backup->view.stage = "copying";
        backup->references = 1;
        atomic_init(&backup->holders, 2);
        backup->fd = -1;
        r = keys_copy(&backup->keys, keys);
        if (r == 0)
                r = file_make(backup);
        if (r == 0)
                r = thread_start(backup);
        if (r < 0) {
                backup_free(backup);
                return r;
        }
        *ret_backup = backup;
        return 0;
}

struct backup *backup_ref(struct backup *backup)
{
        if (backup)
                backup->references++;
        return backup;
}

struct backup *backup_unref(struct backup *backup)
{
        if (!backup || --backup->references > 0)
                return NULL;
        atomic_store(&backup->stop, true);
        release(backup);
        return NULL;
}

void backup_look(struct backup *backup, struct backup_view *ret_view)
{
        pthread_mutex_lock(&backup->lock);
        *ret_view = backup->view;
        pthread_mutex_unlock(&backup->lock);
}

int backup_read(struct backup *backup, uint64_t offset, void *bytes, size_t size, size_t *ret_size)
{
        struct backup_view view;
        ssize_t n;

        backup_look(backup, &view);
        if (view.size == 0)
                return view.result < 0 ? view.result : -EAGAIN;
        if (offset >= view.size) {
                *ret_size = 0;
                return 0;
        }
        n = pread(backup->fd, bytes, size, (off_t)offset);
        if (n < 0)
                return -errno;
        *ret_size = (size_t)n;
        return 0;
}

bool backup_is_recorded(struct backup *backup)
{
        return atomic_load(&backup->recorded);
}

void backup_set_recorded(struct backup *backup)
{
        atomic_store(&backup->recorded, true);
}
