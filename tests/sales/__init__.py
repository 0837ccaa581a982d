"""A second app of the host: records of every shape that may be tracked."""
