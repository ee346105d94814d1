-- What nobody looks after: found in a moment among a million users.
CREATE INDEX account_idle ON account (idle_marked_usec)
WHERE idle_marked_usec > 0 AND deactivated_usec = 0;

CREATE INDEX account_pending ON account (created_usec)
WHERE activated_usec = 0 AND deactivated_usec = 0 AND invites_uid = 0;

CREATE INDEX api_key_used ON api_key (used_usec, created_usec);
