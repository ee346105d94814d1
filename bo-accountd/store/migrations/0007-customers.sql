-- What customers are and say of themselves: type, subscription, billing data (R79 to R82).

-- Of account-types.conf, and one of its subscriptions; empty: none.
ALTER TABLE customer ADD COLUMN account_type {text} NOT NULL DEFAULT '';
ALTER TABLE customer ADD COLUMN subscription {text} NOT NULL DEFAULT '';

-- Each text in its one form; empty: none. A customer that has said nothing has no row.
CREATE TABLE customer_profile (
        customer          {text} NOT NULL PRIMARY KEY REFERENCES customer (id),
        separately_billed {int} NOT NULL CHECK (separately_billed IN (0, 1)), -- if it may choose
        contact_name      {text} NOT NULL,
        contact_email     {text} NOT NULL,
        phone             {text} NOT NULL,
        website           {text} NOT NULL,
        company           {text} NOT NULL,
        street            {text} NOT NULL,
        postcode          {text} NOT NULL,
        city              {text} NOT NULL,
        country           {text} NOT NULL, -- ISO 3166-1 alpha-2
        kvk               {text} NOT NULL,
        oin               {text} NOT NULL,
        vat               {text} NOT NULL,
        invoice_email     {text} NOT NULL
) {keyed};
