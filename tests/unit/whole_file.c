/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file that is written whole or not at all, and who may read it meanwhile. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boctl/whole_file.h"

static char directory[] = "/tmp/bo-whole-file-XXXXXX";
static char name[sizeof(directory) + 8];

static int set_up(void **unused)
{
        if (!mkdtemp(directory))
                return -1;
        snprintf(name, sizeof(name), "%s/file", directory);
        return 0;
}

static int tear_down(void **unused)
{
        unlink(name);
        return rmdir(directory); /* nothing else was left */
}

static mode_t mode_of(const struct whole_file *file)
{
        struct stat facts;

        assert_int_equal(stat(file->beside, &facts), 0);
        return facts.st_mode & 0777;
}

/* Who opened it before its mode was changed would go on reading. */
static void a_private_one_is_never_open_to_others(void **unused)
{
        mode_t before = umask(0);
        _cleanup_(whole_file_drop) struct whole_file file = {0};

        assert_int_equal(whole_file_begin(&file, name, WHOLE_FILE_PRIVATE), 0);
        assert_int_equal(mode_of(&file), 0600);
        umask(before);
}

static void a_public_one_is_as_open_as_the_caller_wants(void **unused)
{
        mode_t before = umask(0027);
        _cleanup_(whole_file_drop) struct whole_file file = {0};

        assert_int_equal(whole_file_begin(&file, name, WHOLE_FILE_PUBLIC), 0);
        assert_int_equal(mode_of(&file), 0640);
        umask(before);
}

static void it_takes_the_place_of_a_file_and_of_nothing_else(void **unused)
{
        _cleanup_(whole_file_drop) struct whole_file file = {0}, link = {0};
        struct stat facts;

        assert_int_equal(whole_file_begin(&file, name, WHOLE_FILE_PRIVATE), 0);
        assert_true(fputs("text", file.stream) >= 0);
        assert_int_equal(stat(name, &facts), -1);
        assert_int_equal(whole_file_commit(&file), 0);
        assert_int_equal(stat(name, &facts), 0);
        assert_int_equal(facts.st_size, 4);
        assert_int_equal(unlink(name), 0);
        assert_int_equal(symlink("/dev/null", name), 0);
        assert_int_equal(whole_file_begin(&link, name, WHOLE_FILE_PRIVATE), -EEXIST);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_private_one_is_never_open_to_others),
                cmocka_unit_test(a_public_one_is_as_open_as_the_caller_wants),
                cmocka_unit_test(it_takes_the_place_of_a_file_and_of_nothing_else),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
