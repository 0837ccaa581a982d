"""Loads the packages of optional extras when they are first needed; names what is missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from crm_notify.exceptions import MissingExtra

#: By the name of an extra in pyproject.toml: the package that is not there without it.
EXTRAS = {
    "amazon-ses": "cryptography",
    "apprise": "apprise",
    "drf": "rest_framework",
    "lmtp": "aiosmtpd",
    "postgres": "psycopg",
}


def load(module: str, *, extra: str) -> ModuleType:
    """Import ``module`` of an optional package; raise MissingExtra, which says what to install."""
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtra(
            f'{EXTRAS[extra]} is needed here: pip install "crm-notify[{extra}]".'
        ) from error


def is_installed(extra: str) -> bool:
    """Whether the package of this extra can be imported."""
    try:
        load(EXTRAS[extra], extra=extra)
    except MissingExtra:
        return False
    return True
