-- Who may act for which customer, and where: memberships, invitations, locations.

-- Where an administrator of a customer ended a membership: it grants nothing, others go on.
ALTER TABLE membership ADD COLUMN disabled_usec {int} NOT NULL DEFAULT 0;
ALTER TABLE membership ADD COLUMN disabled_reason {text} NOT NULL DEFAULT '';
ALTER TABLE membership ADD COLUMN disabled_by_operator {int} NOT NULL DEFAULT 0
CHECK (disabled_by_operator IN (0, 1));

-- When the user became a member: later than created_usec for who accepted an invitation.
ALTER TABLE membership ADD COLUMN joined_usec {int} NOT NULL DEFAULT 0;

-- An invitation that has not been accepted: it grants nothing and is seen in no group.
ALTER TABLE membership ADD COLUMN invited {int} NOT NULL DEFAULT 0 CHECK (invited IN (0, 1));

-- 1: acts at the locations of membership_location alone (R26).
ALTER TABLE membership ADD COLUMN restricted {int} NOT NULL DEFAULT 0 CHECK (restricted IN (0, 1));

-- The customer that the user acts for, if he is an active member of it (R50).
ALTER TABLE account ADD COLUMN acting_customer {text} NOT NULL DEFAULT '';

-- An account that only stands for an invitation of the user with that uid, who has this address
-- already (R49): its uid is new, so that nothing tells it from an account that nobody had. Its own
-- uid: nobody can accept, since the address is dead. Name: address, space, uid.
ALTER TABLE account ADD COLUMN invites_uid {int} NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN invites_closed_usec {int} NOT NULL DEFAULT 0; -- accepted or declined

CREATE INDEX account_invites ON account (invites_uid)
WHERE invites_uid > 0 AND invites_closed_usec = 0;

-- Sites of a customer. The group bo-l-ID gets its number when the first member is restricted to it.
-- Their order is that of number: the gid of the customer, times 2^32, and a count within it; so a
-- customer's are together, and a list goes on from the last one shown.
CREATE TABLE location (
        id           {text} NOT NULL PRIMARY KEY,
        customer     {text} NOT NULL REFERENCES customer (id),
        name         {text} NOT NULL,
        website      {text} NOT NULL,
        folded       {text} NOT NULL, -- name, line break, website: in lower case, to be searched
        created_usec {int} NOT NULL,
        gid          {int} NOT NULL, -- 0: none yet
        number       {int} NOT NULL UNIQUE
) {keyed};

CREATE UNIQUE INDEX location_customer ON location (customer, id);

CREATE TABLE membership_location (
        uid      {int} NOT NULL,
        customer {text} NOT NULL,
        location {text} NOT NULL,
        PRIMARY KEY (uid, customer, location),
        FOREIGN KEY (uid, customer) REFERENCES membership (uid, customer),
        FOREIGN KEY (customer, location) REFERENCES location (customer, id)
) {keyed};

CREATE INDEX membership_location_location ON membership_location (location, uid);

-- The customer to which the host was bound (Customer=) when its base file for NSS was written; '-': a
-- file of before, with the groups of all of a user's customers, which is to be written anew (R50).
CREATE TABLE nss_host (
        id       {int} NOT NULL PRIMARY KEY CHECK (id = 0),
        customer {text} NOT NULL
) {strict};

INSERT INTO nss_host (id, customer) VALUES (0, '-');

-- 1: a customer disabled the user, who may still log in for another: that calls nothing off.
ALTER TABLE session_ending ADD COLUMN firm {int} NOT NULL DEFAULT 0 CHECK (firm IN (0, 1));
