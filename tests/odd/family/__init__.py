"""A host whose users are kinds of contacts: a second table, a key of text, a parent's address."""
