"""The warnings on a user's own screen: what stands there, in words, as a page and as JSON."""
