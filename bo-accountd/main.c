/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bo-accountd: options, and the one-time preparation of the process. */
#include "bo-accountd/daemon.h"
#include "bo-accountd/factor/keys.h"
#include "bo-accountd/key_by_hand.h"
#include "bo-accountd/nsswitch.h"
#include "common/log.h"
#include "common/options.h"
#include "common/version.h"

#include <errno.h>
#include <malloc.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

VERSION_MARK_HERE;

#define EXIT_BAD_CONFIG 78 /* EX_CONFIG of sysexits.h; see systemd.exec(5) */

static const char usage[] =
        "bo-accountd - the accounts of a payment back office\n\n"
        "  --check-config    read the settings, report every fault, and end\n"
        "  --check-restore   look at the backup that boctl restore has put beside the database, "
        "and "
        "end\n"
        "  --add-key=FILE    add a sealing key to a copy of the key file, for where the key is a "
        "credential of\n"
        "                    systemd, and end; it comes in force when the daemon finds it there\n"
        "  --retire-key=ID   retire an older key in the copy that --key= names, likewise, and end\n"
        "  --present=ID      with either: the newest key of the copy, that it is in force\n"
        "  --config=DIR      directory of accountd.conf (default /etc/bo)\n"
        "  --state=DIR       directory of database, key and snapshot (default "
        "/var/lib/bo-accountd)\n"
        "  --key=FILE        key file (default STATE/key; a systemd credential \"key\" comes "
        "first)\n"
        "  --socket=PATH     private socket (default: handed over by systemd)\n"
        "  --boot=ID         id of this boot of the host (default: the kernel's)\n"
        "  --no-system-bus   serve the private socket alone\n"
        "  --version, --help\n\n"
        "Signals: HUP reloads the settings, TERM finishes what was accepted and ends.\n";

static void report(void *userdata, const char *message)
{
        unsigned *faults = userdata;

        (*faults)++;
        fprintf(stderr, "%s\n", message);
}

static int check_config(const char *directory)
{
        struct settings *settings = NULL;
        unsigned faults = 0;
        int r = settings_load(&settings, directory, report, &faults);

        settings_free(settings);
        if (r < 0) {
                fprintf(stderr, "%s: %u fault%s; the settings cannot be used.\n", directory, faults,
                        faults == 1 ? "" : "s");
                return EXIT_BAD_CONFIG;
        }
        printf("%s: the settings are sound.\n", directory);
        return 0;
}

/* No core, few arenas: what passwords leave behind stays in memory that is wiped, and little of it.
 */
static int prepare_process(void)
{
        umask(0077);
        if (prctl(PR_SET_DUMPABLE, 0) < 0)
                return -errno;
        nsswitch_leave_out_bo();
        mallopt(M_ARENA_MAX, 2);
        /* A hash that is under way holds up every change of the address space. So the heap grows
         * in large steps and shrinks when op_settle() says so, not while somebody waits. */
        mallopt(M_TOP_PAD, 1 << 20);
        mallopt(M_TRIM_THRESHOLD, 8 << 20);
        mallopt(M_MMAP_THRESHOLD, 4 << 20);
        return sodium_init() < 0 ? -EIO : 0;
}

static int serve(const struct daemon_paths *paths)
{
        struct daemon *daemon = NULL;
        int r = prepare_process();

        if (r == 0)
                r = daemon_new(&daemon, paths);
        if (r == 0)
                r = daemon_run(daemon);
        daemon_free(daemon);
        if (r < 0)
                log_line(LOG_ERR, "bo-accountd ends: %s.", strerror(-r));
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int check_restore(const struct daemon_paths *paths)
{
        return prepare_process() < 0 ? EXIT_FAILURE : daemon_check_restore(paths);
}

int main(int argc, char *argv[])
{
        struct daemon_paths paths = {.config = "/etc/bo", .state = "/var/lib/bo-accountd"};
        const char *to_add_to = NULL, *to_retire = NULL, *present = NULL;
        bool check = false, check_backup = false, no_system_bus = false;
        const struct option_row options[] = {
                {"check-config", .flag = &check},
                {"check-restore", .flag = &check_backup},
                {"add-key", .value = &to_add_to},
                {"retire-key", .value = &to_retire},
                {"present", .value = &present},
                {"config", .value = &paths.config},
                {"state", .value = &paths.state},
                {"key", .value = &paths.keys},
                {"boot", .value = &paths.boot},
                {"socket", .value = &paths.socket},
                {"no-system-bus", .flag = &no_system_bus},
                {0},
        };
        int r = options_parse("bo-accountd", usage, options, argc, argv);

        if (r >= 0)
                return r;
        paths.system_bus = !no_system_bus;
        if (to_add_to)
                return key_by_hand_add(to_add_to, present) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
        if (to_retire)
                return key_by_hand_retire(paths.keys, to_retire, present) < 0 ? EXIT_FAILURE
                                                                              : EXIT_SUCCESS;
        if (check)
                return check_config(paths.config);
        return check_backup ? check_restore(&paths) : serve(&paths);
}
