"""An odd host: its own user model, naive times west of UTC, each request in a transaction."""
