"""The tests of crm_notify; each folder is named after what it proves something about."""
