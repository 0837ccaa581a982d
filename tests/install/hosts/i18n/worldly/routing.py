"""Accounts and orders live in "records", everything else in "default"."""


class RecordsApart:
    """Says so to Django."""

    apart = {"accounts"}

    def db_for_read(self, model, **hints):
        """By the app that the model is in."""
        return "records" if model._meta.app_label in self.apart else "default"

    db_for_write = db_for_read

    def allow_relation(self, one, other, **hints):
        """Only within one database."""
        return self.db_for_read(one) == self.db_for_read(other)

    def allow_migrate(self, db, app_label, **hints):
        """Each table once."""
        return (db == "records") == (app_label in self.apart)
