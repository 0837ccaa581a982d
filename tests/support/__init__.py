"""Real servers and helpers that the tests stand on."""
