"""Every server that may stand in front, started for real, and spoken to with raw sockets."""
