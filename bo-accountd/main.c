/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bo-accountd: options, and the one-time preparation of the process. */
#include "bo-accountd/daemon.h"
#include "common/log.h"

#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define EXIT_BAD_CONFIG 78 /* EX_CONFIG of sysexits.h; see systemd.exec(5) */

static const char usage[] =
        "bo-accountd - the accounts of a payment back office\n\n"
        "  --check-config    read the settings, report every fault, and end\n"
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

int main(int argc, char *argv[])
{
        enum { CHECK = 256, CONFIG, STATE, KEY, BOOT, SOCKET, NO_BUS, VERSION, HELP };
        static const struct option options[] = {
                {"check-config", no_argument, NULL, CHECK},
                {"config", required_argument, NULL, CONFIG},
                {"state", required_argument, NULL, STATE},
                {"key", required_argument, NULL, KEY},
                {"boot", required_argument, NULL, BOOT},
                {"socket", required_argument, NULL, SOCKET},
                {"no-system-bus", no_argument, NULL, NO_BUS},
                {"version", no_argument, NULL, VERSION},
                {"help", no_argument, NULL, HELP},
                {0},
        };
        struct daemon_paths paths = {
                .config = "/etc/bo",
                .state = "/var/lib/bo-accountd",
                .system_bus = true,
        };
        bool check = false;
        int option;

        while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
                switch (option) {
                case CHECK:
                        check = true;
                        break;
                case CONFIG:
                        paths.config = optarg;
                        break;
                case STATE:
                        paths.state = optarg;
                        break;
                case KEY:
                        paths.keys = optarg;
                        break;
                case BOOT:
                        paths.boot = optarg;
                        break;
                case SOCKET:
                        paths.socket = optarg;
                        break;
                case NO_BUS:
                        paths.system_bus = false;
                        break;
                case VERSION:
                        puts("bo-accountd " BO_VERSION);
                        return 0;
                case HELP:
                        fputs(usage, stdout);
                        return 0;
                default:
                        fputs(usage, stderr);
                        return 2;
                }
        if (optind < argc) {
                fprintf(stderr, "bo-accountd: \"%s\" is not an option; see --help.\n",
                        argv[optind]);
                return 2;
        }
        return check ? check_config(paths.config) : serve(&paths);
}
