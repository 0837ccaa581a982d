"""Whose rows are whose: the three functions with which a host says so."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from django.core.checks import CheckMessage, Error, Warning

from crm_notify.conf import Settings
from crm_notify.exceptions import SettingsError

FUNCTIONS = ("TENANT", "TENANTS_OF", "TENANT_SCOPE")


def check_whose(conf: Settings) -> Iterator[CheckMessage]:
    if conf.TENANT and not conf.TENANTS_OF:
        yield Warning(
            "Acts are kept apart by tenant, but whoever has a permission has it over all of them.",
            hint='Set CRM_NOTIFY["TENANTS_OF"] to the dotted path of a function that takes a user '
            "and returns the names of his tenants, or None for all.",
            id="crm_notify.W045",
        )
    for name in FUNCTIONS:
        try:
            conf.function(name)
        except SettingsError as error:
            yield Error(
                str(error),
                hint=f'Set CRM_NOTIFY["{name}"] to the dotted path of a function, or leave it out.',
                id="crm_notify.E046",
            )
            return
    if inspect.isgeneratorfunction(conf.function("TENANT_SCOPE")):
        yield Error(
            f'CRM_NOTIFY["TENANT_SCOPE"] = {conf.TENANT_SCOPE!r} returns a generator, which '
            "nothing can enter: nothing would be sent or read.",
            hint="Put @contextlib.contextmanager above the function.",
            id="crm_notify.E047",
        )
