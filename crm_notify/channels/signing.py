"""Sign the tokens by which the outside world names what is ours."""

from __future__ import annotations

from crm_notify.conf import Settings
from crm_notify.rules import token
from crm_notify.rules.token import Purpose


def sign(id: int, purpose: Purpose, conf: Settings) -> str:
    """A token of this installation."""
    return token.make(
        id=id,
        purpose=purpose,
        key=conf.signing_key,
        keys=conf.RETURN_PATH_KEYS,
        installation=conf.INSTALLATION,
    )
