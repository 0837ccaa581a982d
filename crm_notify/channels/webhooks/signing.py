"""Whether a request comes from the provider: its signature, checked by Anymail's own view."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from anymail.exceptions import AnymailImproperlyInstalled, AnymailWebhookValidationFailure
from django.http import HttpRequest

from crm_notify.channels.webhooks.request import request_of
from crm_notify.channels.webhooks.table import Webhook
from crm_notify.channels.webhooks.views import unusable, view_of, webhook_of
from crm_notify.conf import get_settings
from crm_notify.exceptions import CrmNotifyError, MissingExtra
from crm_notify.rules.body.document import canonical
from crm_notify.rules.news import Posted
from crm_notify.rules.text import printable

VALID = "valid"
UNSIGNED = "unsigned"


class BadSignature(CrmNotifyError):
    """The request is not signed as its provider signs; the message is fit to be shown."""


def signature(posted: Posted) -> str:
    """Return "valid", or "unsigned" where the provider signs nothing or no key was given for it.

    To be asked when the request arrives, for some signatures hold for minutes only. Mailgun's
    covers a timestamp and a token, not the body.

    Raises BadSignature; SettingsError where a key is missing without which nothing may be
    accepted, or cannot be used; MissingExtra where checking needs an optional package.
    """
    webhook = webhook_of(posted.provider, posted.via)
    view = view_of(posted.provider, posted.via)
    if webhook.key and not getattr(view, webhook.key):
        if webhook.needed:
            # A blank key would sign for anybody.
            raise unusable(posted.provider, webhook, "its key is blank")
        return UNSIGNED
    failure: Exception
    for request in _requests(posted):
        try:
            view.run_validators(request)
        except AnymailImproperlyInstalled as error:
            raise MissingExtra(str(error)) from error
        except Exception as error:  # noqa: BLE001 - whatever hostile bytes do to a validator
            failure = error
        else:
            return VALID if webhook.key else UNSIGNED
    raise BadSignature(_why(posted.provider, webhook, failure)) from failure


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


def _why(provider: str, webhook: Webhook, error: Exception) -> str:
    if canonical(provider) == "mandrill":
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
