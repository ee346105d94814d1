-- Under which key of the ring (the key file) things are stored.

-- The keys that came in force here, in their order. The first is noted by the program.
CREATE TABLE sealing_key (
        number       {int} NOT NULL PRIMARY KEY, -- 1, 2 ...
        id           {text} NOT NULL UNIQUE,     -- derived of the key; no secret
        since_usec   {int} NOT NULL,             -- in force
        retired_usec {int} NOT NULL              -- 0: not
) {strict};

-- Empty: of before there was a ring, by the first key. Verifiers of passwords say it themselves.
ALTER TABLE otp ADD COLUMN key_id {text} NOT NULL DEFAULT '';
ALTER TABLE mail ADD COLUMN key_id {text} NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN key_id {text} NOT NULL DEFAULT '';
ALTER TABLE api_key ADD COLUMN key_id {text} NOT NULL DEFAULT '';
ALTER TABLE recovery_code ADD COLUMN key_id {text} NOT NULL DEFAULT '';

-- How much hangs on a key, and what is to be sealed anew.
CREATE INDEX account_password_key ON account (substr(password_hash, 1, 19));
CREATE INDEX otp_key ON otp (key_id) WHERE confirmed = 1;
CREATE INDEX mail_key ON mail (key_id);
CREATE INDEX token_key ON token (key_id, expires_usec) WHERE used_usec = 0;
CREATE INDEX api_key_key ON api_key (key_id);
CREATE INDEX recovery_code_key ON recovery_code (key_id) WHERE used_usec = 0;
