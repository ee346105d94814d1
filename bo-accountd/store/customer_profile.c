/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What customers are and say of themselves (R51, R79 to R82). */
#include "bo-accountd/store/customer_profile.h"
#include "bo-accountd/store/store_private.h"

#include <string.h>

int customer_profile_load(struct store *store, const char *id, struct profile *ret_profile)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        struct profile profile = {0};
        int r = store_query(store, &rows,
                            "SELECT separately_billed, contact_name, contact_email, phone, website,"
                            " company, street, postcode, city, country, kvk, oin, vat,"
                            " invoice_email FROM customer_profile WHERE customer = $1",
                            SQL_VALUES(sql_text(id)));

        if (r == 0)
                r = sql_next(rows);
        if (r < 0)
                return r;
        if (r > 0) {
                profile.separately_billed = sql_get_int(rows, 0) != 0;
                for (int field = 0; field < PROFILE_FIELDS; field++)
                        sql_copy_text(rows, 1 + field, profile.text[field],
                                      sizeof(profile.text[field]));
        }
        *ret_profile = profile;
        return 0;
}

int customer_profile_save(struct tx *tx, const char *id, const struct profile *profile)
{
        struct sql_value values[2 + PROFILE_FIELDS] = {sql_text(id),
                                                       sql_int(profile->separately_billed)};
        int r;

        for (size_t field = 0; field < PROFILE_FIELDS; field++)
                values[2 + field] = sql_text(profile->text[field]);
        r = store_run(tx->store,
                      "INSERT INTO customer_profile (customer, separately_billed, contact_name,"
                      " contact_email, phone, website, company, street, postcode, city, country,"
                      " kvk, oin, vat, invoice_email)"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
                      " ON CONFLICT (customer) DO UPDATE SET"
                      " separately_billed = excluded.separately_billed,"
                      " contact_name = excluded.contact_name,"
                      " contact_email = excluded.contact_email, phone = excluded.phone,"
                      " website = excluded.website, company = excluded.company,"
                      " street = excluded.street, postcode = excluded.postcode,"
                      " city = excluded.city, country = excluded.country, kvk = excluded.kvk,"
                      " oin = excluded.oin, vat = excluded.vat,"
                      " invoice_email = excluded.invoice_email",
                      values, ELEMENTS(values));
        return r == -ENOENT ? BO_ERR_NO_SUCH_CUSTOMER : store_done(r);
}

int customer_set_alias(struct tx *tx, const char *id, const char *alias)
{
        return store_changed(store_run(tx->store, "UPDATE customer SET alias = $1 WHERE id = $2",
                                       SQL_VALUES(sql_text(alias), sql_text(id))),
                             BO_ERR_NO_SUCH_CUSTOMER);
}

int customer_set_type(struct tx *tx, const char *id, const char *type, const char *subscription)
{
        return store_changed(
                store_run(tx->store,
                          "UPDATE customer SET account_type = $1, subscription = $2 WHERE id = $3",
                          SQL_VALUES(sql_text(type), sql_text(subscription), sql_text(id))),
                BO_ERR_NO_SUCH_CUSTOMER);
}

/* The rows are few, and come in the order of names: the oldest is looked for here. */
int customer_role_mailbox(struct store *store, const char *customer, const char *role,
                          char ret_email[NAME_MAX_BYTES + 1], uint64_t *ret_since_usec)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        uint64_t oldest = UINT64_MAX;
        int r = store_query(store, &rows,
                            "SELECT a.email, m.joined_usec FROM membership_role r"
                            " JOIN membership m ON m.uid = r.uid AND m.customer = r.customer"
                            " JOIN account a ON a.uid = r.uid"
                            " WHERE r.customer = $1 AND r.role = $2 AND m.disabled_usec = 0"
                            " AND m.invited = 0 AND a.deactivated_usec = 0"
                            " AND a.activated_usec > 0 AND a.is_api = 0 AND a.email <> ''"
                            " ORDER BY r.name",
                            SQL_VALUES(sql_text(customer), sql_text(role)));

        while (r == 0 && (r = sql_next(rows)) > 0) {
                uint64_t since = sql_get_u64(rows, 1);

                r = 0;
                if (since >= oldest)
                        continue;
                oldest = since;
                sql_copy_text(rows, 0, ret_email, NAME_MAX_BYTES + 1);
        }
        if (r < 0)
                return r;
        *ret_since_usec = oldest;
        return oldest == UINT64_MAX ? BO_ERR_NO_SUCH_USER : 0;
}

int customer_role_held(struct store *store, const char *customer, const char *role)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT 1 FROM membership_role WHERE customer = $1 AND role = $2"
                            " LIMIT 1",
                            SQL_VALUES(sql_text(customer), sql_text(role)));

        return r == 0 ? sql_next(rows) : r;
}
