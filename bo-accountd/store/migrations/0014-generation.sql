-- Whether this database is the newest that there was.

-- At each opening it is held against a mark in a file beside it. One that an older copy has taken
-- the place of shows by it.
CREATE TABLE generation (
        id            {int} NOT NULL PRIMARY KEY CHECK (id = 1),
        marked        {int} NOT NULL CHECK (marked IN (0, 1)), -- a mark was written: its absence tells
        found_usec    {int} NOT NULL, -- when it was found to be older, the last time; 0: never
        reason        {text} NOT NULL, -- behind, another or unmarked, then
        sequence      {int} NOT NULL, -- of the audit trail's last row, then
        mark_sequence {int} NOT NULL, -- and of the last that the mark knew; 0: it is not known
        accepted_usec {int} NOT NULL  -- when somebody said that it was meant; 0: nobody has
) {strict};

INSERT INTO generation (id, marked, found_usec, reason, sequence, mark_sequence, accepted_usec)
VALUES (1, 0, 0, '', 0, 0, 0);
