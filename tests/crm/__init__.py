"""A customer relationship manager reduced to what a notification can be about."""
