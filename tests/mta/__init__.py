"""A real Postfix on loopback: our mail goes out through it, and what becomes of it comes back."""
