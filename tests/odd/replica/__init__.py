"""A host that reads from a replica, which lags for hours here."""
