-- The life of an account: mail that waits to be sent, sessions, recovery codes, asking too often.

-- Mails, written in the transaction that causes them, removed when they are delivered.
CREATE TABLE mail (
        id          {int} NOT NULL PRIMARY KEY, -- never given again: Message-IDs are made of it
        kind        {text} NOT NULL,            -- the template
        uid         {int} NOT NULL,             -- whom it is about
        recipient   {text} NOT NULL,            -- address
        sealed      {blob} NOT NULL,            -- what the template fills in, links too, sealed
        queued_usec {int} NOT NULL,
        due_usec    {int} NOT NULL, -- when to try (again)
        attempts    {int} NOT NULL,
        failed_usec {int} NOT NULL, -- given up; 0: not
        problem     {text} NOT NULL -- what the last attempt met
) {strict};

CREATE INDEX mail_due ON mail (due_usec) WHERE failed_usec = 0;
CREATE INDEX mail_failed ON mail (failed_usec) WHERE failed_usec > 0;

INSERT INTO counter (name, value) VALUES ('mail', 0), ('session', 0), ('throttle', 0);

-- Sessions of people on this host: opened and closed as PAM tells.
CREATE TABLE session (
        id          {int} NOT NULL PRIMARY KEY, -- rises: newer is higher
        uid         {int} NOT NULL REFERENCES account (uid),
        login       {int} NOT NULL CHECK (login IN (0, 1)), -- came in by it; 0: was in already (su)
        service     {text} NOT NULL,
        rhost       {text} NOT NULL,
        tty         {text} NOT NULL,
        factors     {text} NOT NULL, -- password, password+otp, token, key; empty: unknown
        leader      {int} NOT NULL,  -- the process that opened it; 0: not known
        boot        {text} NOT NULL, -- of the host, while that process lived
        opened_usec {int} NOT NULL,
        closed_usec {int} NOT NULL   -- 0: open
) {strict};

CREATE INDEX session_uid ON session (uid, id);
CREATE INDEX session_open ON session (id) WHERE closed_usec = 0;
CREATE INDEX session_open_uid ON session (uid, id) WHERE closed_usec = 0;

-- Whose sessions have to end, until bo-sessiond has seen to it.
CREATE TABLE session_ending (
        uid        {int} NOT NULL PRIMARY KEY REFERENCES account (uid),
        since_usec {int} NOT NULL
) {strict};

CREATE INDEX session_ending_since ON session_ending (since_usec, uid);

-- Codes for who has lost the second factor (R62; an option): ten, each good once.
CREATE TABLE recovery_code (
        uid       {int} NOT NULL REFERENCES account (uid),
        hash      {blob} NOT NULL, -- keyed BLAKE2b
        used_usec {int} NOT NULL,
        PRIMARY KEY (uid, hash)
) {keyed};

-- How often something was asked for of late: a bucket that drains with time.
CREATE TABLE throttle (
        subject      {text} NOT NULL PRIMARY KEY, -- what is counted, and for whom
        drained_usec {int} NOT NULL -- when it will have drained, at the rate of its kind
) {keyed};

CREATE INDEX throttle_drained ON throttle (drained_usec);

-- The mail about a password that expires was queued for this credential epoch (R3: once).
ALTER TABLE account ADD COLUMN expiry_told_epoch {int} NOT NULL DEFAULT 0;

-- The name was generated (R23).
ALTER TABLE account ADD COLUMN generated {int} NOT NULL DEFAULT 0 CHECK (generated IN (0, 1));

-- Whose password comes of age: the pass that tells them reads those who are due and no others.
CREATE INDEX account_password_age ON account (password_changed_usec)
WHERE is_api = 0 AND deactivated_usec = 0 AND activated_usec > 0
  AND expiry_told_epoch < credential_epoch;

-- Tokens of purpose 2 prove a new address (R21); they are no way in.
ALTER TABLE token ADD COLUMN address {text} NOT NULL DEFAULT '';
