"""The intake of webhooks: secret, body, signature, store, answer. Nothing is read here."""

from __future__ import annotations

import base64
import binascii
import logging

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm_notify import database
from crm_notify.channels.webhooks import NAMES, BadSignature, signature
from crm_notify.conf import get_settings
from crm_notify.exceptions import CrmNotifyError
from crm_notify.models import Incident, Installation, Receipt
from crm_notify.rules.body import is_empty, is_ping
from crm_notify.rules.body.document import canonical
from crm_notify.rules.news import Posted
from crm_notify.rules.retrying import retrying
from crm_notify.steps.hold import intake
from crm_notify.steps.incident import note_incident
from crm_notify.steps.receive import quarantine, receive
from crm_notify.steps.refuse import refuse
from crm_notify.views.body import BodyIncomplete, BodyTooLarge, read_body
from crm_notify.views.hanging_up import hangs_up_when_refusing

logger = logging.getLogger(__name__)


@csrf_exempt
@login_not_required
@database.non_atomic_requests
@require_http_methods(["POST", "GET", "HEAD", "OPTIONS"])
@hangs_up_when_refusing
def webhook(request: HttpRequest, provider: str, via: str) -> HttpResponse:
    """Keep one request of a provider and answer 200 once it is committed.

    401 where the shared secret is wrong (nothing is kept), 413 where the body is too large. Where
    the provider is to come again (an empty body, a wrong signature, our database down), the
    answer is the one that makes this provider do so.
    """
    if (provider, via) not in NAMES:
        raise Http404(f"Nothing is received from {provider!r} as {via!r}.")
    if request.method != "POST":
        # Some providers try the address with HEAD or GET when a webhook is set up.
        return HttpResponse()
    provider = canonical(provider)
    try:
        return _take(request, provider, via)
    except DatabaseError:
        logger.exception("crm_notify could not store a webhook of %s", provider)
        return _come_again(provider, via, "We cannot store it now.")


def _take(request: HttpRequest, provider: str, via: str) -> HttpResponse:
    if not _secret_is_right(request):
        if "Authorization" in request.headers:
            # Who sends none at all looks for doors; SNS does so too, before it is asked for it.
            refuse(provider, via)
        return _answer(401, "The shared secret is missing or wrong.")
    if intake() == Installation.Intake.CLOSED:
        return _come_again(provider, via, "The intake is closed.")
    conf = get_settings()
    # Mandrill posts mail and events to one address.
    mail = via == "inbound" or provider == "mandrill"
    limit = conf.INBOUND_LIMIT if mail else conf.TRACKING_LIMIT
    try:
        body = read_body(request, limit=limit)
    except BodyTooLarge:
        # It would be too large the next time as well: only a person can help.
        said = f"A body of more than {limit} bytes was refused."
        note_incident(Incident.Kind.UNREADABLE, subject=provider, sample=said)
        return _answer(413, "The body is too large.")
    except BodyIncomplete as error:
        note_incident(Incident.Kind.EMPTY, subject=provider, sample=str(error))
        return _come_again(provider, via, "The body is incomplete.")
    posted = Posted(
        provider=provider,
        via=via,
        method="POST",
        url=request.build_absolute_uri(),
        headers=dict(request.headers),
        body=body,
    )
    if is_ping(provider, body):
        return HttpResponse()
    if is_empty(provider, via, request.headers.get("Content-Type", ""), body):
        note_incident(Incident.Kind.EMPTY, subject=provider)
        return _come_again(provider, via, "The body holds nothing.")
    try:
        verdict = signature(posted)
    except CrmNotifyError as error:
        # The key may be missing or wrong on our side: it is kept, to be let in by a person.
        quarantine(posted, reason=str(error))
        note_incident(Incident.Kind.SIGNATURE, subject=provider, sample=str(error))
        why = "is wrong" if isinstance(error, BadSignature) else "cannot be checked here"
        return _come_again(provider, via, f"The signature {why}.")
    receive(posted, verdict=Receipt.Verdict(verdict))
    return HttpResponse()


def _come_again(provider: str, via: str, why: str) -> HttpResponse:
    return _answer(retrying(provider, via).ask, f"{why} Come again.")


def _answer(status: int, text: str) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    if status == 401:
        # Amazon SNS sends its credentials only when it is asked for them (RFC 7617 section 2).
        response["WWW-Authenticate"] = 'Basic realm="crm_notify", charset="UTF-8"'
    return response


def _secret_is_right(request: HttpRequest) -> bool:
    """HTTP Basic credentials, in a header or in the URL that the provider calls (RFC 7617)."""
    given = _credentials(request.headers.get("Authorization", ""))
    secrets = get_settings().WEBHOOK_SECRETS
    return bool(given) and any(constant_time_compare(given, secret) for secret in secrets)


def _credentials(header: str) -> str:
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(coded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
