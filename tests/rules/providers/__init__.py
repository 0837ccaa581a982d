"""Recorded requests of all providers through Anymail's views, and what we read in them."""
