"""A host whose user model is a proxy, with an address that is computed."""
