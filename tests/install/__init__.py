"""The built wheel in a project that has nothing else: what a newcomer's first hour meets."""
