"""The built wheel in projects that somebody else wrote: what a newcomer's first hour meets."""
