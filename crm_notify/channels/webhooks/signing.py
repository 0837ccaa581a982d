"""Whether a request comes from the provider: its signature, checked by Anymail's own view."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from anymail.exceptions import AnymailImproperlyInstalled, AnymailWebhookValidationFailure
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils import timezone

from crm_notify.channels.webhooks import sns
from crm_notify.channels.webhooks.errors import BadSignature
from crm_notify.channels.webhooks.request import request_of
from crm_notify.channels.webhooks.table import Webhook
from crm_notify.channels.webhooks.views import unusable, view_of, webhook_of
from crm_notify.conf import get_settings
from crm_notify.exceptions import MissingExtra
from crm_notify.rules.body.document import canonical
from crm_notify.rules.freshness import is_too_old
from crm_notify.rules.news import Posted
from crm_notify.rules.text import printable

VALID = "valid"
UNSIGNED = "unsigned"


def signature(posted: Posted, *, came_at: datetime | None = None) -> str:
    """Return "valid", or "unsigned" where the provider signs nothing or no key was given for it.

    To be asked when the request arrives, for some signatures hold for minutes only; ``came_at`` is
    when it did, where that is not now. Mailgun's covers a timestamp and a token, not the body; SNS
    is asked for its certificate, in seconds. Of Resend, the clock of its own package counts.

    Raises BadSignature; NoAnswer where a certificate cannot be had now; SettingsError where a key
    is missing without which nothing may be accepted, or cannot be used; MissingExtra where
    checking needs an optional package.
    """
    webhook = webhook_of(posted.provider, posted.via)
    view = view_of(posted.provider, posted.via)
    if webhook.key and not getattr(view, webhook.key):
        if webhook.needed:
            # A blank key would sign for anybody.
            raise unusable(posted.provider, webhook, "its key is blank")
        return UNSIGNED
    request = _validated(view, posted, webhook)
    proof = _FURTHER.get(canonical(posted.provider))
    if proof is not None:
        proof(posted, request, _in_utc(came_at or timezone.now()))
    return VALID if webhook.key or proof else UNSIGNED


def _validated(view: Any, posted: Posted, webhook: Webhook) -> HttpRequest:
    """Return the request as Anymail's view accepts it."""
    failure: Exception
    try:
        requests = list(_requests(posted))
    except (BadRequest, ValueError) as error:
        # Django takes no request whose Content-Type it cannot parse, from a store neither.
        raise BadSignature(_why(posted, webhook, error)) from error
    for request in requests:
        try:
            view.run_validators(request)
        except AnymailImproperlyInstalled as error:
            raise MissingExtra(str(error)) from error
        except Exception as error:  # noqa: BLE001 - whatever hostile bytes do to a validator
            failure = error
        else:
            return request
    raise BadSignature(_why(posted, webhook, failure)) from failure


def _requests(posted: Posted) -> Iterator[HttpRequest]:
    """The request; from Mandrill also with each password that its URL may contain.

    Mandrill signs the URL that it was given, password included, and the password arrives in a
    header that is never stored.
    """
    yield request_of(posted)
    if canonical(posted.provider) == "mandrill":
        for secret in get_settings().WEBHOOK_SECRETS:
            request = request_of(posted)
            credentials = base64.b64encode(secret.encode()).decode("ascii")
            request.META["HTTP_AUTHORIZATION"] = f"Basic {credentials}"
            yield request


def _in_utc(moment: datetime) -> datetime:
    """The moment with its zone: some hosts keep times without."""
    aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    return aware.astimezone(UTC)


def _mailgun(posted: Posted, request: HttpRequest, came_at: datetime) -> None:
    """Refuse what Mailgun signed long ago, for the signature would fit any other body as well."""
    # Read as Anymail has read it, or another time could be shown here than was signed.
    if request.content_type == "application/json":
        stamp = json.loads(request.body.decode())["signature"]["timestamp"]
    else:
        stamp = request.POST["timestamp"]
    try:
        signed_at = datetime.fromtimestamp(int(stamp), UTC)
    except (OSError, OverflowError, TypeError, ValueError) as error:
        raise BadSignature("Mailgun's signature has no time.") from error
    if is_too_old(posted.provider, posted.via, signed_at=signed_at, now=came_at):
        raise BadSignature(f"Mailgun signed this too long ago, at {signed_at:%Y-%m-%d %H:%M} UTC.")


#: What Anymail does not look at, by provider; asked after its view has accepted the request.
_FURTHER: dict[str, Callable[[Posted, HttpRequest, datetime], None]] = {
    "amazon_ses": sns.verify,
    "mailgun": _mailgun,
}


def _why(posted: Posted, webhook: Webhook, error: Exception) -> str:
    provider = canonical(posted.provider)
    if provider == "amazon_ses" and sns.is_raw(posted):
        return sns.RAW_IS_UNSIGNED
    if provider == "mandrill":
        # Anymail's own message would show the URL with the password.
        return (
            "Mandrill's signature is missing or does not fit the URL and the body: check "
            'ANYMAIL["MANDRILL_WEBHOOK_KEY"], and ANYMAIL["MANDRILL_WEBHOOK_URL"] where Mandrill '
            "calls another URL than the one that arrives here."
        )
    said = printable(str(error)[:600], 300)
    if isinstance(error, AnymailWebhookValidationFailure):
        return said
    check = f' If this comes again, check ANYMAIL["{webhook.setting}"].' if webhook.setting else ""
    return f"The signature could not be checked ({type(error).__name__}: {said}).{check}"
