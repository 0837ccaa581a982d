"""The demonstration: the small CRM, and the command that plays the story."""
