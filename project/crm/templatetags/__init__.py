"""What the CRM's templates load."""
