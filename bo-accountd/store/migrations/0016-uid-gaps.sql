-- uids that an import has passed over: below the last one given, and never anybody's (R17).

-- From first to last, both included. Ranges do not overlap. What is in none of them, and not above
-- the counter, may have been somebody's once.
CREATE TABLE uid_gap (
        first {int} NOT NULL PRIMARY KEY,
        last  {int} NOT NULL CHECK (last >= first)
) {strict};
