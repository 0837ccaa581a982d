"""A play at random over the whole app: what may happen, by whom, and the world it happens in."""
