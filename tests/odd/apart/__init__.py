"""A host whose middleware would spoil whatever is posted: webhooks pass it by."""
