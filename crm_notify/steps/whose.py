"""Whose what is done now is, as the host says."""

from __future__ import annotations

from crm_notify import database
from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError
from crm_notify.models.tenant import LONGEST_TENANT
from crm_notify.rules.text import storable


def tenant_of_now() -> str:
    """What the host's ``TENANT`` answers; empty without it.

    Raises whatever that raises, and SettingsError where its answer is no name. A query of its that
    fails spoils no transaction of the caller's.
    """
    ask = get_settings().function("TENANT")
    if ask is None:
        return ""
    with database.savepoints():
        found = ask()
    if not isinstance(found, str) or len(found) > LONGEST_TENANT or storable(found) != found:
        raise SettingsError(
            f'CRM_NOTIFY["TENANT"] must return a text of at most {LONGEST_TENANT} characters, '
            f'such as "acme", and "" for none; it returned {found!r}.'
        )
    return found
