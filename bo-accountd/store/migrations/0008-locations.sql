-- Where the terminals of locations stand, and an index of parts of their names.

-- What is bound to a location (R27). One value has one location of a customer; another customer may
-- bind it as well: which customer is asked is known before the place.
CREATE TABLE terminal (
        customer {text} NOT NULL,
        kind     {int} NOT NULL CHECK (kind IN (0, 1, 2, 3)), -- network, tty, service, host
        host     {text} NOT NULL, -- of a tty or service; else empty
        value    {text} NOT NULL, -- of a network its one text
        location {text} NOT NULL,
        network  {blob} NOT NULL, -- family, address, prefix: sorts ranges before what they hold
        PRIMARY KEY (customer, kind, host, value),
        FOREIGN KEY (customer, location) REFERENCES location (customer, id)
) {keyed};

CREATE INDEX terminal_network ON terminal (customer, kind, network);
CREATE INDEX terminal_location ON terminal (location, kind, host, network, value);

-- All runs of three characters of location.folded, by location.number. Engines without it read the
-- table in slices. With details: without them a run that many have is read row by row.
{trigrams}CREATE VIRTUAL TABLE location_text USING fts5 (folded, columnsize = 0, tokenize = 'trigram case_sensitive 1');
