"""Hostile input that a fuzzer makes up, and what has to hold whatever it is; see `make fuzz`."""
