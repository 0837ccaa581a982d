"""A host whose own records are in another database than its users and our rows."""
