"""Our own pages for admins, for hosts that have no admin site of Django's, or want none of it."""
