"""Find the one colleague whom somebody means by what he typed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, Value
from django.db.models.functions import Concat, Trim
from django.utils.translation import gettext

from crm_notify.exceptions import RefusedInput
from crm_notify.rules.text import printable, storable

#: Of how many colleagues several are said to fit.
_SEVERAL = 2
#: How many who fit are looked at; namesakes of other tenants may come before the one meant.
_LOOKED_AT = 100


def colleague(typed: str, *, may: Callable[[Any], bool]) -> Any:
    """The active user with this username, address or full name, in any case.

    ``may`` says of a user whether he can be chosen: whoever cannot is not there for whoever types,
    who may not know that there is such a user. Raises RefusedInput where nobody fits, or more than
    one.
    """
    wanted = storable(typed).strip()[:320]
    if not wanted:
        raise RefusedInput(gettext("Type a username, an address or a full name."))
    model = get_user_model()
    has = {field.name for field in model._meta.get_fields()}
    fits = Q(**{f"{model.USERNAME_FIELD}__iexact": wanted})
    address = getattr(model, "EMAIL_FIELD", "email")
    if address in has:
        fits |= Q(**{f"{address}__iexact": wanted})
    users = model._default_manager.all()
    if {"first_name", "last_name"} <= has:
        users = users.annotate(called=Trim(Concat("first_name", Value(" "), "last_name")))
        fits |= Q(called__iexact=wanted)
    if "is_active" in has:
        users = users.filter(is_active=True)
    fitting = users.filter(fits).order_by("pk")[:_LOOKED_AT]
    found = list(islice(filter(may, fitting), _SEVERAL))
    shown = printable(wanted, 100)
    if not found:
        raise RefusedInput(gettext("No active user is called “%s”.") % shown)
    if len(found) > 1:
        raise RefusedInput(gettext("Several fit “%s”: type the username or the address.") % shown)
    return found[0]
