-- An index of parts of names.

-- All runs of three characters of a user's name, address and full name, folded, by uid. Engines
-- without it read the table in slices.
{trigrams}CREATE VIRTUAL TABLE account_text USING fts5 (folded, detail = none, columnsize = 0, tokenize = 'trigram case_sensitive 1');
