"""Starts everything that the story needs, plays it over HTTP, and stays up to be tried."""
