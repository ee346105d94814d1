/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bo-maild: options, and the one-time preparation of the process. */
#include "bo-maild/courier.h"
#include "common/log.h"
#include "common/options.h"
#include "common/version.h"

#include <curl/curl.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

VERSION_MARK_HERE;

#define EXIT_BAD_CONFIG 78 /* EX_CONFIG of sysexits.h; see systemd.exec(5) */

static const char usage[] =
        "bo-maild - delivers the mail of a payment back office\n\n"
        "  --check-config    read settings and templates, report every fault, and end\n"
        "  --config=DIR      directory of maild.conf and of mail/ (default /etc/bo)\n"
        "  --templates=DIR   the templates that are shipped (default /usr/share/bo/mail)\n"
        "  --socket=PATH     socket of bo-accountd (default /run/bo-accountd/bus)\n"
        "  --version, --help\n\n"
        "Signals: HUP reloads the settings and looks for mail, TERM ends.\n";

static void print(void *userdata, const char *message)
{
        (void)userdata; /* every line goes to the same place */
        fprintf(stderr, "%s\n", message);
}

static int check_config(const struct courier_paths *paths)
{
        struct conf_report report = {.message = print};
        int r = courier_check(paths, &report);

        if (r < 0) {
                fprintf(stderr, "%s: %zu fault%s; bo-maild cannot be used like this.\n",
                        paths->config, report.errors, report.errors == 1 ? "" : "s");
                return EXIT_BAD_CONFIG;
        }
        printf("%s: the settings and the templates are sound.\n", paths->config);
        return 0;
}

/* No core: links pass through. */
static int serve(const struct courier_paths *paths)
{
        int r = 0;

        umask(0077);
        if (prctl(PR_SET_DUMPABLE, 0) < 0)
                r = -errno;
        if (r == 0 && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
                r = -EIO;
        if (r == 0)
                r = courier_run(paths);
        if (r < 0)
                log_line(LOG_ERR, "bo-maild ends: %s.", strerror(-r));
        curl_global_cleanup();
        return r == -EINVAL ? EXIT_BAD_CONFIG : r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
        struct courier_paths paths = {.config = "/etc/bo", .templates = "/usr/share/bo/mail"};
        bool check = false;
        const struct option_row options[] = {
                {"check-config", .flag = &check},
                {"config", .value = &paths.config},
                {"templates", .value = &paths.templates},
                {"socket", .value = &paths.socket},
                {0},
        };
        int r = options_parse("bo-maild", usage, options, argc, argv);

        if (r >= 0)
                return r;
        if (sodium_init() < 0)
                return EXIT_FAILURE;
        return check ? check_config(&paths) : serve(&paths);
}
