/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `boctl check` makes of files and of what others say, in a root directory of its own. */
#include "boctl/check.h"
#include "boctl/program.h"
#include "boctl/unit_state.h"
#include "common/version.h"
#include "tests/temp.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

VERSION_MARK_HERE;

struct world {
        char root[128];
        struct check check;
};

static void file_write(const struct world *world, const char *path, const char *text)
{
        char below[PATH_MAX];
        FILE *file;

        snprintf(below, sizeof(below), "%s%s", world->root, path);
        for (char *slash = below + strlen(world->root) + 1; (slash = strchr(slash, '/')); slash++) {
                *slash = '\0';
                mkdir(below, 0755); /* it may be there */
                *slash = '/';
        }
        file = fopen(below, "we");
        assert_non_null(file);
        fputs(text, file);
        assert_int_equal(fclose(file), 0);
}

static void check_anew(struct world *world)
{
        check_clear(&world->check);
        world->check.root = world->root;
}

/* How many findings there are, and that one of them has @text, unless NULL. */
static void finds(const struct world *world, size_t n, enum check_result worst, const char *text)
{
        bool found = !text;

        assert_false(world->check.failed);
        for (size_t i = 0; i < world->check.n_findings; i++)
                found |= text && strstr(world->check.findings[i].text, text);
        if (!found || world->check.n_findings != n)
                for (size_t i = 0; i < world->check.n_findings; i++)
                        print_message("%s\n", world->check.findings[i].text);
        assert_int_equal(world->check.n_findings, n);
        assert_true(found);
        assert_int_equal(check_worst(&world->check, NULL), worst);
}

static void nsswitch_needs_bo_behind_files(void **state)
{
        static const struct {
                const char *text, *found;
                size_t n;
        } rows[] = {
                {"passwd: files systemd bo\ngroup: files bo\n", NULL, 0},
                {"# x\npasswd : compat bo # all\ngroup: files [SUCCESS=merge] bo\n", NULL, 0},
                {"passwd: files\ngroup: files bo\n", "passwd: of /etc/nsswitch.conf lacks bo", 1},
                {"passwd: files bo\ngroup: files\n", "group: of /etc/nsswitch.conf lacks bo", 1},
                {"passwd: files bo\n", "group: of /etc/nsswitch.conf lacks bo", 1},
                {"passwd: files bobo\ngroup: files bo\n", "passwd: of", 1},
                {"passwd: bo files\ngroup: files bo\n", "bo before files", 1},
                {"passwd: files [NOTFOUND=return] bo\ngroup: files bo\n", "NOTFOUND", 1},
                {"passwd: files [!NOTFOUND=return] bo\ngroup: files bo\n", NULL, 0},
                {"passwd: files ldap [!UNAVAIL=return] bo\ngroup: files bo\n",
                 "passwd: of /etc/nsswitch.conf has [!UNAVAIL=return] before bo", 1},
                {"passwd: files[!success = return] bo\ngroup: files bo\n", "[!success = return]",
                 1},
                {"passwd: files [ ! TryAgain=Return ] bo\ngroup: files bo\n", "TryAgain", 1},
                {"passwd: files [!UNAVAIL=return NOTFOUND=continue] bo\ngroup: files bo\n", NULL,
                 0},
                {"passwd: files [NOTFOUND=continue !UNAVAIL=return] bo\ngroup: files bo\n",
                 "!UNAVAIL", 1},
                {"passwd: files [UNAVAIL=return] bo\ngroup: files bo\n", NULL, 0},
                {"passwd: files [SUCCESS=continue NOTFOUND = return] bo\ngroup: files bo\n",
                 "NOTFOUND", 1},
                {"passwd: systemd bo\ngroup: files bo\n", "not files before it", 1},
                {"passwd: files bo [NOTFOUND=return]\ngroup: files bo\n", NULL, 0},
                {"passwd: files bo\ngroup: files bo\ninitgroups: files\n", "initgroups", 1},
                {"passwd: files bo\npasswd: files\ngroup: files bo\n", "passwd", 1},
        };
        struct world *world = *state;

        file_write(world, BO_NSS_DIR "/libnss_bo.so.2", "");
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                check_anew(world);
                file_write(world, "/etc/nsswitch.conf", rows[i].text);
                check_nss(&world->check);
                finds(world, rows[i].n, rows[i].n ? CHECK_FAULT : CHECK_OK, rows[i].found);
        }
}

/* Runs the command in @remedy with the nsswitch.conf of @world for that of the host. */
static void done_as_told(const struct world *world, const char *remedy)
{
        const char *begin = strchr(remedy, '`'), *end = begin ? strchr(begin + 1, '`') : NULL,
                   *file = strstr(remedy, "/etc/nsswitch.conf");
        char command[1024], said[256];
        char *const argv[] = {(char *)"/bin/sh", (char *)"-c", command, NULL};

        assert_non_null(end);
        assert_non_null(file);
        snprintf(command, sizeof(command), "%.*s%s%.*s", (int)(file - begin - 1), begin + 1,
                 world->root, (int)(end - file), file);
        assert_int_equal(program_run(argv, said, sizeof(said)), 0);
}

static void nsswitch_is_well_once_the_remedies_were_run(void **state)
{
        static const char *const texts[] = {
                "passwd: files\ngroup: files systemd\n",
                "passwd: files # local ones\n  group :\tfiles# all\n",
                "passwd: files\n",
                "passwd: bo files\ngroup:bo files #bo\n",
                "passwd: bo [NOTFOUND=return] files bo # bo files\ngroup: systemd bo\n",
                "passwd: systemd\ngroup : bo\ninitgroups: files #\n",
        };
        struct world *world = *state;

        file_write(world, BO_NSS_DIR "/libnss_bo.so.2", "");
        for (size_t i = 0; i < ELEMENTS(texts); i++) {
                file_write(world, "/etc/nsswitch.conf", texts[i]);
                for (int n = 0; n < 8; n++) {
                        check_anew(world);
                        check_nss(&world->check);
                        if (world->check.n_findings == 0)
                                break;
                        done_as_told(world, world->check.findings[0].remedy);
                }
                finds(world, 0, CHECK_OK, NULL);
        }
}

static void units_are_told_with_what_to_do(void **state)
{
        static const struct {
                const char *unit;
                struct unit_state state;
                const char *found, *remedy;
                enum check_result worst;
        } rows[] = {
                {"bo-accountd.socket",
                 {"loaded", "active", "enabled", "success", false, 0},
                 NULL,
                 NULL,
                 CHECK_OK},
                {"bo-accountd.socket",
                 {"masked", "inactive", "masked", "success", false, 0},
                 "masked",
                 "systemctl unmask bo-accountd.socket",
                 CHECK_FAULT},
                {"bo-accountd.socket",
                 {"not-found", "inactive", "", "", false, 0},
                 "not there",
                 "apt-get install",
                 CHECK_FAULT},
                {"bo-accountd.socket",
                 {"loaded", "inactive", "enabled", "success", false, 0},
                 "stopped",
                 "systemctl start bo-accountd.socket",
                 CHECK_FAULT},
                {"bo-accountd.socket",
                 {"loaded", "active", "disabled", "success", false, 0},
                 "disabled",
                 "systemctl enable bo-accountd.socket",
                 CHECK_FAULT},
                {"bo-accountd.service",
                 {"loaded", "failed", "enabled", "exit-code", false, 0},
                 "exit-code",
                 "journalctl -u bo-accountd.service",
                 CHECK_FAULT},
                {"bo-accountd.service",
                 {"loaded", "inactive", "enabled", "success", false, 0},
                 "stopped",
                 "systemctl start",
                 CHECK_WARNING},
                {"bo-accountd.service",
                 {"bad-setting", "inactive", "", "", false, 0},
                 "bad-setting",
                 "systemctl status",
                 CHECK_FAULT},
                {"bo-sessiond.service",
                 {"loaded", "active", "enabled", "success", true, 7},
                 "changed",
                 "systemctl daemon-reload",
                 CHECK_WARNING},
                {"bo-maild.service",
                 {"not-found", "inactive", "", "", false, 0},
                 NULL,
                 NULL,
                 CHECK_OK},
                {"bo-maild.service",
                 {"loaded", "inactive", "enabled", "", false, 0},
                 "no mail",
                 "systemctl start bo-maild.service",
                 CHECK_FAULT},
        };
        struct world *world = *state;

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                check_anew(world);
                check_unit_state(&world->check, rows[i].unit, &rows[i].state);
                finds(world, rows[i].found ? 1 : 0, rows[i].worst, rows[i].found);
                if (rows[i].remedy)
                        assert_non_null(strstr(world->check.findings[0].remedy, rows[i].remedy));
        }
}

static void what_sshd_says_is_judged(void **state)
{
        struct world *world = *state;

        check_sshd_said(&world->check, "port 22\nusepam yes\nkbdinteractiveauthentication yes\n"
                                       "usedns no\nx11forwarding yes\n");
        finds(world, 0, CHECK_OK, NULL);
        check_sshd_said(&world->check,
                        "usepam yes\nkbdinteractiveauthentication yes\nusedns yes\n");
        finds(world, 1, CHECK_WARNING, "UseDNS is yes");
        check_anew(world);
        check_sshd_said(&world->check, "usepam no\nkbdinteractiveauthentication no");
        finds(world, 2, CHECK_FAULT, "UsePAM is no");
        assert_non_null(strstr(world->check.findings[0].remedy, "`UsePAM yes`"));
        check_anew(world);
        check_sshd_said(&world->check, ""); /* of another version */
        finds(world, 0, CHECK_OK, NULL);
}

static void sshd_that_cannot_tell_is_no_fault(void **state)
{
        struct world *world = *state;

        check_sshd_answer(&world->check, PROGRAM_NOT_RUN, "");
        finds(world, 1, CHECK_SKIPPED, "could not be run");
        check_anew(world);
        check_sshd_answer(&world->check, 255,
                          "Missing privilege separation directory: /run/sshd\r\n");
        finds(world, 1, CHECK_SKIPPED, "does not run");
        check_anew(world);
        check_sshd_answer(&world->check, 255, "line 3: Bad configuration option: UsePAMM\r\nx");
        finds(world, 1, CHECK_FAULT, "would not start with its settings: line 3: Bad");
        check_anew(world);
        check_sshd_answer(&world->check, 0, "usepam no\n");
        finds(world, 1, CHECK_FAULT, "UsePAM");
}

static void match_blocks_of_sshd_are_read(void **state)
{
        static const struct {
                const char *main, *more, *found;
        } rows[] = {
                {"UsePAM yes\nKbdInteractiveAuthentication no\n", "", NULL},
                {"Match User git\n  AllowTcpForwarding no\n", "", NULL},
                {"Match User git # x\n\n  KbdInteractiveAuthentication no\n", "",
                 "for whom `Match User git ` matches (/etc/ssh/sshd_config:3)"},
                {"match = group=staff\nkbdinteractiveauthentication=\"no\"\n", "", ":2)"},
                {"Match Group a\nKbdInteractiveAuthentication yes\n", "", NULL},
                {"#Match Group a\nKbdInteractiveAuthentication no\n", "", NULL},
                {"Include sshd_config.d/*.conf\nKbdInteractiveAuthentication no\n",
                 "Match Group a\n", NULL},
                {"Include sshd_config.d/*.conf\n",
                 "Match Group a\nChallengeResponseAuthentication no\n",
                 "(/etc/ssh/sshd_config.d/50-more.conf:2)"},
                {"Match Host b\nInclude /etc/ssh/sshd_config.d/50-more.conf\n",
                 "KbdInteractiveAuthentication no\n", "`Match Host b`"},
                {"Include sshd_config\n", "", NULL},
        };
        struct world *world = *state;

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                check_anew(world);
                file_write(world, "/etc/ssh/sshd_config", rows[i].main);
                file_write(world, "/etc/ssh/sshd_config.d/50-more.conf", rows[i].more);
                check_sshd_match(&world->check);
                finds(world, rows[i].found ? 1 : 0, rows[i].found ? CHECK_WARNING : CHECK_OK,
                      rows[i].found);
        }
}

static void room_on_the_disk_is_judged_by_both_measures(void **state)
{
        static const uint64_t mib = UINT64_C(1) << 20;

        assert_int_equal(check_room(200 * mib, 2000 * mib), CHECK_OK);
        assert_int_equal(check_room(200 * mib - 1, 500 * mib), CHECK_WARNING);
        assert_int_equal(check_room(999 * mib, 10000 * mib), CHECK_WARNING);
        assert_int_equal(check_room(200 * mib, 10000 * mib), CHECK_WARNING);
        assert_int_equal(check_room(199 * mib, 10000 * mib), CHECK_FAULT);
        /* a share of a large disk is more than bo could need */
        assert_int_equal(check_room(190000 * mib, 10000000 * mib), CHECK_OK);
        assert_int_equal(check_room(5120 * mib, 10000000 * mib), CHECK_OK);
        assert_int_equal(check_room(5119 * mib, 10000000 * mib), CHECK_WARNING);
        assert_int_equal(check_room(1023 * mib, 10000000 * mib), CHECK_FAULT);
        assert_int_equal(check_room(20 * mib, 100 * mib), CHECK_WARNING);
        assert_int_equal(check_room(20 * mib - 1, 100 * mib), CHECK_FAULT);
}

/* How many findings tell of @text. */
static size_t told(const struct world *world, const char *text)
{
        size_t n = 0;

        for (size_t i = 0; i < world->check.n_findings; i++)
                n += strstr(world->check.findings[i].text, text) != NULL;
        return n;
}

/* Without it nobody logs in, and the daemon's own word does not name it. */
static void a_mark_that_cannot_be_read_is_named(void **state)
{
        struct world *world = *state;
        char path[PATH_MAX];

        file_write(world, BO_STATE_DIR "/accounts.db.mark", "sealed");
        snprintf(path, sizeof(path), "%s" BO_STATE_DIR "/accounts.db.mark", world->root);
        assert_int_equal(chmod(path, 0644), 0);
        check_state(&world->check);
        assert_int_equal(told(world, "accounts.db.mark has the mode 644"), 1);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkdir(path, 0700), 0);
        check_state(&world->check);
        assert_int_equal(told(world, "accounts.db.mark is no file"), 1);
        assert_int_equal(rmdir(path), 0);
}

static void what_is_gone_is_brought_back_before_a_restart(void **state)
{
        struct world *world = *state;
        const char *found = NULL;

        check_state(&world->check);
        for (size_t i = 0; i < world->check.n_findings; i++)
                if (strstr(world->check.findings[i].text, "/accounts.db: No such file"))
                        found = world->check.findings[i].remedy;
        assert_non_null(found);
        assert_non_null(strstr(found, "`boctl restore`"));
        assert_true(strstr(found, "`boctl restore`") < strstr(found, "`systemctl restart"));
}

static void a_database_is_cut_off_if_no_log_has_the_rest(void **state)
{
        static const struct {
                off_t bytes;
                const char *log;
                size_t cut_off;
        } rows[] = {{3 * 4096, "", 0},
                    {3 * 4096 - 1, "", 1},
                    {3 * 4096 - 1, "pages", 0},
                    {4 * 4096, "", 0}};
        static const unsigned char header[100] = "SQLite format 3";
        struct world *world = *state;
        char path[PATH_MAX];

        file_write(world, BO_STATE_DIR "/accounts.db", "nothing");
        check_state(&world->check);
        assert_int_equal(told(world, "no database (7 bytes)"), 1);
        snprintf(path, sizeof(path), "%s" BO_STATE_DIR "/accounts.db", world->root);
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                unsigned char bytes[100];
                FILE *file = fopen(path, "we");

                assert_non_null(file);
                memcpy(bytes, header, sizeof(bytes));
                bytes[16] = 4096 >> 8;
                bytes[31] = 3; /* pages */
                assert_int_equal(fwrite(bytes, sizeof(bytes), 1, file), 1);
                assert_int_equal(fclose(file), 0);
                assert_int_equal(truncate(path, rows[i].bytes), 0);
                file_write(world, BO_STATE_DIR "/accounts.db-wal", rows[i].log);
                check_anew(world);
                check_state(&world->check);
                assert_int_equal(told(world, "was cut off"), rows[i].cut_off);
                assert_int_equal(told(world, "no database"), 0);
        }
}

static void versions_are_read_out_of_files(void **state)
{
        struct world *world = *state;
        char path[PATH_MAX], version[VERSION_SIZE] = "", text[128];

        assert_int_equal(file_version("/proc/self/exe", version), 0);
        assert_string_equal(version, BO_VERSION);
        snprintf(path, sizeof(path), "%s/object", world->root);
        snprintf(text, sizeof(text), "x" VERSION_MARK "%%s " VERSION_MARK "%s\nrest", "1.2.3~rc1");
        file_write(world, "/object", text);
        assert_int_equal(file_version(path, version), 0);
        assert_string_equal(version, "1.2.3~rc1");
        file_write(world, "/object", "x" VERSION_MARK);
        assert_int_equal(file_version(path, version), -ENODATA);
        file_write(world, "/object", "");
        assert_int_equal(file_version(path, version), -ENODATA);
        assert_int_equal(file_version("/nowhere", version), -ENOENT);
}

static void a_program_is_run_for_what_it_says(void **state)
{
        char *const says[] = {(char *)"/bin/sh", (char *)"-c",
                              (char *)"echo out; echo err >&2; cat; exit 3", NULL};
        char *const absent[] = {(char *)"/nowhere", NULL};
        char *const killed[] = {(char *)"/bin/sh", (char *)"-c", (char *)"kill -9 $$", NULL};
        char out[64], small[3];

        assert_int_equal(program_run(says, out, sizeof(out)), 3);
        assert_string_equal(out, "out\nerr\n");
        assert_int_equal(program_run(says, small, sizeof(small)), 3);
        assert_string_equal(small, "ou");
        assert_int_equal(program_run(absent, out, sizeof(out)), PROGRAM_NOT_RUN);
        assert_int_equal(program_run(killed, out, sizeof(out)), PROGRAM_NOT_RUN);
}

static void local_users_have_no_ids_of_bo(void **state)
{
        static const char *const outside = "root:x:0:0::/root:/bin/sh\na:x:69999:1::/:/bin/sh\n"
                                           "b:x:100000:1::/:/bin/sh\n";
        struct world *world = *state;
        char within[256];

        file_write(world, "/etc/passwd", outside);
        check_uids(&world->check); /* UidRange= is not known */
        assert_int_equal(world->check.n_parts, 0);
        world->check.uid_low = 70000;
        world->check.uid_high = 99999;
        check_uids(&world->check);
        finds(world, 0, CHECK_OK, NULL);
        snprintf(within, sizeof(within), "%sc:x:70000:1::/:/bin/sh\nd:x:99999:1::/:/bin/sh\n",
                 outside);
        file_write(world, "/etc/passwd", within);
        check_uids(&world->check);
        finds(world, 1, CHECK_WARNING,
              "2 local users of /etc/passwd with an id of "
              "UidRange=70000-99999, which a user of bo may have now or "
              "later: c (70000), d (99999).");
}

static void the_same_fault_of_many_services_is_told_once(void **state)
{
        struct world *world = *state;

        file_write(world, BO_PAM_DIR "/pam_unix.so", "");
        file_write(world, "/etc/pam.d/common-auth", "auth required pam_unix.so\n");
        file_write(world, "/etc/pam.d/other",
                   "auth required pam_unix.so\naccount required pam_unix.so\n"
                   "session required pam_unix.so\n"
                   "password required pam_unix.so\n");
        file_write(world, "/etc/pam.d/login", "@include common-auth\n");
        file_write(world, "/etc/pam.d/sshd", "@include common-auth\n");
        file_write(world, "/etc/pam.d/sshd.bak", "nothing that could be read\n");
        check_pam(&world->check);
        finds(world, 2, CHECK_FAULT, "in auth, account, password, session of sshd, login.");
}

static void one_service_is_judged_as_one_that_needs_bo(void **state)
{
        struct world *world = *state;

        file_write(world, BO_PAM_DIR "/pam_bo.so", "");
        file_write(world, BO_PAM_DIR "/pam_deny.so", "");
        file_write(world, BO_PAM_DIR "/pam_permit.so", "");
        file_write(world, "/etc/pam.d/other", "auth required pam_deny.so\n");
        file_write(world, "/etc/pam.d/shop",
                   "auth required pam_permit.so\naccount required pam_bo.so\n"
                   "session required pam_bo.so\n");
        check_pam_service(&world->check, "shop", true); /* a key needs no auth */
        finds(world, 0, CHECK_OK, NULL);
        check_pam_service(&world->check, "shop", false);
        finds(world, 1, CHECK_FAULT, "without bo being asked, because of pam_permit.so");
        check_anew(world);
        check_pam_service(&world->check, "nothing", false);
        finds(world, 1, CHECK_WARNING, "/etc/pam.d/nothing is not there");
        check_anew(world);
        check_pam_service(&world->check, "../shop", false);
        finds(world, 1, CHECK_WARNING, "not there");
}

static int world_make(void **state)
{
        struct world *world = calloc(1, sizeof(*world));

        *state = world;
        if (!world || !temp_directory(world->root, sizeof(world->root), "/tmp/check-test-"))
                return -1;
        world->check.root = world->root;
        return 0;
}

static int world_end(void **state)
{
        struct world *world = *state;
        char *const argv[] = {(char *)"/bin/rm", (char *)"-rf", world->root, NULL};
        char said[256];
        int r = program_run(argv, said, sizeof(said));

        check_clear(&world->check);
        free(world);
        return r;
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_make, world_end)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_WORLD(nsswitch_needs_bo_behind_files),
                WITH_WORLD(nsswitch_is_well_once_the_remedies_were_run),
                WITH_WORLD(units_are_told_with_what_to_do),
                WITH_WORLD(what_sshd_says_is_judged),
                WITH_WORLD(sshd_that_cannot_tell_is_no_fault),
                WITH_WORLD(match_blocks_of_sshd_are_read),
                WITH_WORLD(room_on_the_disk_is_judged_by_both_measures),
                WITH_WORLD(a_mark_that_cannot_be_read_is_named),
                WITH_WORLD(what_is_gone_is_brought_back_before_a_restart),
                WITH_WORLD(a_database_is_cut_off_if_no_log_has_the_rest),
                WITH_WORLD(versions_are_read_out_of_files),
                WITH_WORLD(a_program_is_run_for_what_it_says),
                WITH_WORLD(local_users_have_no_ids_of_bo),
                WITH_WORLD(the_same_fault_of_many_services_is_told_once),
                WITH_WORLD(one_service_is_judged_as_one_that_needs_bo),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
