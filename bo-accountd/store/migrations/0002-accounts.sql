-- Users, and what they prove themselves with. Facts only: the status is derived.

CREATE TABLE account (
        uid                   {int} NOT NULL PRIMARY KEY,
        name                  {text} NOT NULL UNIQUE, -- folded; what is typed at a login
        email                 {text} NOT NULL,        -- empty for an unverified user
        full_name             {text} NOT NULL,
        home                  {text} NOT NULL,
        shell                 {text} NOT NULL,
        is_api                {int} NOT NULL CHECK (is_api IN (0, 1)),
        verified              {int} NOT NULL CHECK (verified IN (0, 1)),
        created_usec          {int} NOT NULL,
        activated_usec        {int} NOT NULL,
        deactivated_usec      {int} NOT NULL,
        deactivated_reason    {text} NOT NULL,
        deactivated_by_operator {int} NOT NULL DEFAULT 0 CHECK (deactivated_by_operator IN (0, 1)),
        password_hash         {text} NOT NULL, -- Argon2id; empty: none
        password_changed_usec {int} NOT NULL,
        must_change           {int} NOT NULL CHECK (must_change IN (0, 1)),
        credential_epoch      {int} NOT NULL, -- grows with each password; tokens are bound to it
        last_login_usec       {int} NOT NULL,
        admin_reset_usec      {int} NOT NULL, -- when an administrator's reset link was completed
        idle_marked_usec      {int} NOT NULL, -- when the user was found idle
        active_epoch          {int} NOT NULL, -- clock epoch that idleness is counted from
        -- Latest of activation, login and administrator's reset, so that an index can have it.
        seen_usec             {int} NOT NULL DEFAULT 0
) {strict};

-- Who may have become idle: the pass that marks them reads those who are due and no others (R40).
CREATE INDEX account_quiet ON account (seen_usec)
WHERE idle_marked_usec = 0 AND deactivated_usec = 0 AND activated_usec > 0;

-- API users are few: lists of them alone do not walk through all others.
CREATE INDEX account_api ON account (name) WHERE is_api = 1;

-- Every name that ever was in use. A row is never removed: names are dead for ever (R43).
CREATE TABLE name (
        name         {text} NOT NULL PRIMARY KEY,
        uid          {int} NOT NULL,
        retired_usec {int} NOT NULL -- 0: the user's present name
) {keyed};

CREATE INDEX name_retired ON name (uid) WHERE retired_usec > 0;

-- Passwords that were replaced (R46, R47).
CREATE TABLE password_history (
        uid              {int} NOT NULL REFERENCES account (uid),
        credential_epoch {int} NOT NULL, -- of the account while it was in use
        password_hash    {text} NOT NULL,
        replaced_usec    {int} NOT NULL,
        PRIMARY KEY (uid, credential_epoch)
) {keyed};

-- Failed attempts (R38), of users, second factors and names that bo does not know.
CREATE TABLE lockout (
        subject        {text} NOT NULL PRIMARY KEY, -- u:UID, o:UID, n:HASH
        failures       {int} NOT NULL,
        locked_at_usec {int} NOT NULL,
        changed_usec   {int} NOT NULL,
        unknown        {int} NOT NULL CHECK (unknown IN (0, 1)) -- 1: n:HASH
) {keyed};

CREATE INDEX lockout_unknown ON lockout (changed_usec) WHERE unknown = 1;

-- Second factors.
CREATE TABLE otp (
        uid         {int} NOT NULL PRIMARY KEY REFERENCES account (uid),
        sealed      {blob} NOT NULL, -- the secret, sealed with the key
        confirmed   {int} NOT NULL CHECK (confirmed IN (0, 1)),
        last_step   {int} NOT NULL, -- RFC 6238 time step of the last code that was accepted
        clock_epoch {int} NOT NULL  -- of the confirmation
) {strict};

-- Activation and reset tokens.
CREATE TABLE token (
        hash             {blob} NOT NULL PRIMARY KEY, -- keyed BLAKE2b
        purpose          {int} NOT NULL, -- 0 activation, 1 reset
        uid              {int} NOT NULL REFERENCES account (uid),
        credential_epoch {int} NOT NULL, -- the account's, when it was issued
        issued_usec      {int} NOT NULL,
        expires_usec     {int} NOT NULL,
        clock_epoch      {int} NOT NULL,
        used_usec        {int} NOT NULL,
        by_admin         {int} NOT NULL CHECK (by_admin IN (0, 1)),
        issuer_uid       {int} NOT NULL
) {keyed};

CREATE INDEX token_open ON token (uid) WHERE used_usec = 0;
CREATE INDEX token_expiry ON token (expires_usec);
