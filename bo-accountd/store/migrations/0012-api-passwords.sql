-- Old passwords of programs, which never expire (R5).

-- Those in use, the oldest first: what is reported of them reads a few of them.
CREATE INDEX account_api_password ON account (password_changed_usec)
WHERE is_api = 1 AND deactivated_usec = 0 AND password_hash <> '';
