-- Addresses from which a customer's interface may be used: asked for, and approved by another.

-- A request, and what became of it (R66 to R69). Rows stay: who asked and who answered is asked for
-- years later.
CREATE TABLE approval (
        id             {int} NOT NULL PRIMARY KEY,
        customer       {text} NOT NULL REFERENCES customer (id),
        network        {blob} NOT NULL, -- family, address, prefix: sorts ranges before what they hold
        comment        {text} NOT NULL,
        requester      {int} NOT NULL REFERENCES account (uid),
        requested_usec {int} NOT NULL,
        expires_usec   {int} NOT NULL,  -- as long as nobody has answered
        clock_epoch    {int} NOT NULL,  -- in which it was requested
        status         {int} NOT NULL CHECK (status IN (0, 1, 2, 3, 4)), -- pending, approved,
                                        -- rejected, revoked, expired; a pending one may be over
        decided_usec   {int} NOT NULL,  -- approved or rejected; 0: never was
        decided_by     {int} NOT NULL,
        revoked_usec   {int} NOT NULL,
        revoked_by     {int} NOT NULL,
        reason         {text} NOT NULL, -- of the rejection or revocation
        taken_usec     {int} NOT NULL   -- the requester has got his token; 0: not
) {strict};

-- One range is asked for or approved once. The approved ones are found by address with it, too.
CREATE UNIQUE INDEX approval_pending ON approval (customer, network) WHERE status = 0;
CREATE UNIQUE INDEX approval_approved ON approval (customer, network) WHERE status = 1;
-- Lists, the newest first.
CREATE INDEX approval_customer ON approval (customer, id);
CREATE INDEX approval_status ON approval (status, id);
CREATE INDEX approval_customer_status ON approval (customer, status, id);
-- Nobody has answered: pending or expired.
CREATE INDEX approval_unanswered ON approval (id) WHERE decided_usec = 0 AND revoked_usec = 0;
CREATE INDEX approval_customer_unanswered ON approval (customer, id)
 WHERE decided_usec = 0 AND revoked_usec = 0;
CREATE INDEX approval_expiry ON approval (status, expires_usec);
-- A token waits for who asked.
CREATE INDEX approval_untaken ON approval (requester) WHERE status = 1 AND taken_usec = 0;

INSERT INTO counter (name, value) VALUES ('approval', 0);

-- A token of purpose 3, by which one owner may answer, is of one request; 0: of none.
ALTER TABLE token ADD COLUMN approval {int} NOT NULL DEFAULT 0;
CREATE INDEX token_approval ON token (approval) WHERE approval > 0 AND used_usec = 0;
