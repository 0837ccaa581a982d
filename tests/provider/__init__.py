"""The local mail provider, held to what the real one documents."""
