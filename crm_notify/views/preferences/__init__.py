"""The page on which a user says what he wants to hear of, and how and when he is reached."""
