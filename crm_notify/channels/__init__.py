"""Channels speak with the outside: mail goes out through them, and webhooks are read by them."""
