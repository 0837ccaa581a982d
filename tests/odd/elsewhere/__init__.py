"""A host whose records are in "default" and whose users, with all of ours, in another database."""
