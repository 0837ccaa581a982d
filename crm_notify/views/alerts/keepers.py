"""Who may correct addresses, in words: those who will see what others propose."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.translation import gettext

from crm_notify.conf import get_settings
from crm_notify.rules.text import printable
from crm_notify.steps.allow import sees
from crm_notify.steps.correct import PERMISSION
from crm_notify.steps.person import person

#: Django's own way to ask who has a permission; a host's own ways are not asked.
_BACKEND = "django.contrib.auth.backends.ModelBackend"


#: Of how many it is asked whether they may see this tenant's rows.
MOST = 20


def keepers(tenant: str) -> str:
    """ "Alice and others who may": one of them by name where he can be found, one query.

    Only of those who may see what is this tenant's.
    """
    others = gettext("Whoever may correct addresses")
    find = getattr(get_user_model()._default_manager, "with_perm", None)
    if find is None or _BACKEND not in settings.AUTHENTICATION_BACKENDS:
        return others
    found = find(f"crm_notify.{PERMISSION}", backend=_BACKEND).order_by("pk")
    few = found[: MOST if get_settings().TENANTS_OF else 2]
    names = [printable(person(user)[0], 200) for user in few if sees(user, tenant)]
    if not names:
        return others
    words = gettext("%(name)s") if len(names) == 1 else gettext("%(name)s and others who may")
    return words % {"name": names[0]}
