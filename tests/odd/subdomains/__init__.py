"""A host with a URLconf for each host name, as django-hosts and its like choose them."""
