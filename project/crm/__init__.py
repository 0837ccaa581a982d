"""A small CRM that knows crm_notify by its public API only, as any host should."""
