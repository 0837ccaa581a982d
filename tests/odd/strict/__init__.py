"""A host below a path, in two languages, that lets nobody in and adds no stroke to an address."""
