"""Row-level security as docs/tenants.md shows it: its module, its policy, a role that it binds."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from django.apps import apps
from django.db import connection

PAGE = (Path(__file__).parents[2] / "docs" / "tenants.md").read_text()
#: A server knows its roles in all databases, and several processes test on one server.
ROLE = f"crm_app_{os.getpid()}"
MODULE = "crm_tenants_of_the_page"
_TENANT = "(NULLIF(current_setting('app.tenant', true), '') IN ('*', tenant))"


def documented() -> ModuleType:
    """The module crm/tenants.py of the page, fit for dotted paths."""
    (source,) = re.findall(r"```python\n# crm/tenants\.py\n(.*?)```", PAGE, re.DOTALL)
    module = ModuleType(MODULE)
    exec(source, module.__dict__)
    return sys.modules.setdefault(MODULE, module)


def tables() -> list[str]:
    """Our tables that know a tenant, as they are."""
    models = apps.get_app_config("crm_notify").get_models()
    return sorted(
        model._meta.db_table
        for model in models
        if "tenant" in {field.name for field in model._meta.fields}
    )


def named() -> list[str]:
    """The same, as the page names them before its policy."""
    text = PAGE.partition("The policy, in a migration")[2].partition("```sql")[0]
    return sorted(re.findall(r"`(crm_notify_\w+)`", text))


def _policies() -> Iterator[str]:
    (policy,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    assert _TENANT in policy
    for table in named():
        yield policy.replace("crm_notify_activity", table)
    # A host's own table, that knows its tenant in another way.
    whose = "split_part(name, ':', 1)"
    yield policy.replace("crm_notify_activity", "crm_customer").replace(
        _TENANT, _TENANT.replace("tenant))", f"{whose}))")
    )


@contextlib.contextmanager
def enforced() -> Iterator[None]:
    """Let the policies hold for every connection of this process, in any thread."""
    everywhere = connection.settings_dict
    before = everywhere["USER"]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS")
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
        for policy in _policies():
            cursor.execute(policy)
    try:
        connection.close()
        everywhere["USER"] = ROLE
        yield
    finally:
        connection.close()
        everywhere["USER"] = before
        with connection.cursor() as cursor:
            for table in (*named(), "crm_customer"):
                cursor.execute(f"DROP POLICY tenant ON {table}")
                cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
                cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
            cursor.execute(f"DROP OWNED BY {ROLE}")
            cursor.execute(f"DROP ROLE {ROLE}")
