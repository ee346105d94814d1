-- Customers, their members, the members' roles, and the Unix groups that stand for them.

CREATE TABLE unix_group (
        gid  {int} NOT NULL PRIMARY KEY, -- never given again
        name {text} NOT NULL UNIQUE      -- bo-ROLE, bo-c-CUSTOMER
) {strict};

CREATE TABLE customer (
        id           {text} NOT NULL PRIMARY KEY,
        alias        {text} NOT NULL,
        created_usec {int} NOT NULL,
        gid          {int} NOT NULL UNIQUE REFERENCES unix_group (gid)
) {keyed};

-- What a membership refers to.
CREATE UNIQUE INDEX account_uid_name ON account (uid, name);

-- The name is the account's: it follows it, and lets a customer's members be read in its order.
CREATE TABLE membership (
        uid          {int} NOT NULL,
        customer     {text} NOT NULL REFERENCES customer (id),
        name         {text} NOT NULL,
        created_usec {int} NOT NULL,
        PRIMARY KEY (uid, customer),
        FOREIGN KEY (uid, name) REFERENCES account (uid, name) ON UPDATE CASCADE
) {keyed};

CREATE UNIQUE INDEX membership_customer ON membership (customer, name);

CREATE TABLE membership_role (
        uid      {int} NOT NULL,
        customer {text} NOT NULL,
        role     {text} NOT NULL,
        name     {text} NOT NULL,
        PRIMARY KEY (uid, customer, role),
        FOREIGN KEY (uid, customer) REFERENCES membership (uid, customer),
        FOREIGN KEY (uid, name) REFERENCES account (uid, name) ON UPDATE CASCADE
) {keyed};

CREATE UNIQUE INDEX membership_role_customer ON membership_role (customer, role, name);
CREATE INDEX membership_role_role ON membership_role (role, name);

-- What NSS shows and has changed since its base file was written.
CREATE TABLE nss_note (
        kind       {int} NOT NULL CHECK (kind IN (0, 1)), -- 0 a user, 1 a group
        id         {int} NOT NULL, -- uid or gid
        generation {int} NOT NULL, -- the latest that changed it
        PRIMARY KEY (kind, id)
) {keyed};

CREATE INDEX nss_note_generation ON nss_note (generation);
