"""What only a real browser shows: what stands on the screen, and that it comes there by itself."""
