"""A small CRM and a local mail provider: crm_notify in a host one can run and look at."""
