-- What the store counts, and what the clock has shown.

-- Numbers that only grow. uid, gid: the last one given. nss-generation: of the users and groups
-- that NSS shows; nss-base: what of them the base file holds. lockout-names: rows of names that
-- bo does not know. flushes: commits with nothing to write but what earlier ones left to the disk.
CREATE TABLE counter (
        name  {text} NOT NULL PRIMARY KEY,
        value {int} NOT NULL
) {keyed};

INSERT INTO counter (name, value)
VALUES ('uid', 0), ('gid', 0), ('nss-generation', 0), ('nss-base', 0), ('lockout-names', 0),
       ('flushes', 0);

-- A new epoch begins when the clock was set back. Times here and below: microseconds since
-- 1970-01-01 UTC, 0 for never.
CREATE TABLE clock_epoch (
        id         {int} NOT NULL PRIMARY KEY,
        began_usec {int} NOT NULL, -- what the clock showed then
        high_usec  {int} NOT NULL  -- the latest it has shown since; 0: of no importance any more
) {strict};

INSERT INTO clock_epoch (id, began_usec, high_usec) VALUES (1, 0, 0);
