-- Sessions that end whatever comes.

-- What calls an ending off before it is done: 0: a login; 1: nothing, until he is enabled (a customer disabled
-- the user, who may still log in for another); 2: nothing (what was proven or allowed there is so no more).
ALTER TABLE session_ending RENAME COLUMN firm TO firm_once;
ALTER TABLE session_ending ADD COLUMN firm {int} NOT NULL DEFAULT 0 CHECK (firm IN (0, 1, 2));
UPDATE session_ending SET firm = firm_once;
ALTER TABLE session_ending DROP COLUMN firm_once;
