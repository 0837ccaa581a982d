"""Rules decide: pure functions of values, with no Django, no clock and no database."""
