"""The template tag that puts the warnings on any page of the host."""
