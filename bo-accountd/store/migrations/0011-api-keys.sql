-- What programs log in with instead of a password (R66, R76 to R78).

-- A user's own key, one at most (R77), and the tokens that are bound to approved addresses.
CREATE TABLE api_key (
        prefix       {text} NOT NULL PRIMARY KEY, -- shown to people, in the text of the key; no secret
        uid          {int} NOT NULL REFERENCES account (uid),
        hash         {blob} NOT NULL,             -- keyed BLAKE2b over uid, approval, key
        approval     {int} NOT NULL,              -- of the address it is bound to; 0: the own key
        created_usec {int} NOT NULL,
        created_by   {int} NOT NULL,              -- uid
        used_usec    {int} NOT NULL               -- coarsely; 0: never
) {keyed};

CREATE UNIQUE INDEX api_key_uid ON api_key (uid, approval);
CREATE UNIQUE INDEX api_key_approval ON api_key (approval) WHERE approval > 0;
