"""How Janet works at each host, and what is tried there beside the story."""
