-- The audit trail (PCI DSS v4.0.1 10.3): rows are only ever added.

CREATE TABLE audit (
        sequence    {int} NOT NULL PRIMARY KEY, -- 1, 2, 3 ... without a gap
        time_usec   {int} NOT NULL,
        event       {text} NOT NULL,
        actor_uid   {int} NOT NULL,
        subject_uid {int} NOT NULL,
        customer    {text} NOT NULL,
        detail      {text} NOT NULL,
        hash        {blob} NOT NULL -- keyed BLAKE2b over the hash before and all of this row
) {strict};

CREATE INDEX audit_subject ON audit (subject_uid, sequence);
CREATE INDEX audit_event ON audit (event, sequence);

-- The end of the chain. The one row is written with the schema, so its absence shows.
CREATE TABLE audit_head (
        id       {int} NOT NULL PRIMARY KEY CHECK (id = 1),
        sequence {int} NOT NULL,
        hash     {blob} NOT NULL,
        seal     {blob} NOT NULL -- keyed BLAKE2b over both
) {strict};
