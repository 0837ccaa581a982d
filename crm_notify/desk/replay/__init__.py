"""A window of receipts is read again: the form, what it counts, and as much as a request bears."""
