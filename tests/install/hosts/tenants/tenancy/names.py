"""Who our customers are: the first label of the host name, and of the rows."""

TENANTS = ("north", "south")
