"""The warnings' pages hear of news in an instant: a real server beside the process that works."""
