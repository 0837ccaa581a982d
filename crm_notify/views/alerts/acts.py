"""What each form of a warning does, and says afterwards that it did."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from crm_notify import api
from crm_notify.desk.finding import colleague
from crm_notify.desk.putting_off import moment_of
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Alert, Correction
from crm_notify.rules.text import has_control, printable
from crm_notify.steps.allow import sees
from crm_notify.steps.person import person
from crm_notify.views.alerts.keepers import keepers
from crm_notify.views.alerts.wording import moment, name_of

#: Does what was asked, and says in words what was done. Raises RefusedInput or NotAllowed.
Act = Callable[[HttpRequest, Alert], str]


def acknowledge(request: HttpRequest, alert: Alert) -> str:
    """ "I have seen it": the clock stops, the warning stays."""
    api.acknowledge(alert, by=request.user)
    return gettext("Noted that you have seen it. It stays here until somebody was told.")


def resend(request: HttpRequest, alert: Alert) -> str:
    """Send it again to the recipient's address of today."""
    sent = api.resend(alert.notification, by=request.user)
    return gettext("It is on its way to %(address)s.") % {"address": printable(sent.address, 320)}


def correct(request: HttpRequest, alert: Alert) -> str:
    """Put the address right and send what was missed; or propose it to those who may."""
    typed = request.POST.get("address", "").strip()
    if not typed:
        raise RefusedInput(gettext("Type the address."))
    if has_control(typed):
        raise RefusedInput(gettext("An address holds no line breaks or control characters."))
    correction = api.correct(alert.notification, by=request.user, address=typed)
    place = {"address": printable(correction.new, 320)}
    if correction.state == Correction.State.PROPOSED:
        return gettext("Proposed. %(keepers)s will see it.") % {"keepers": keepers(alert.tenant)}
    if not correction.sent_again:
        return gettext("The address is now %(address)s; it is on its way there already.") % place
    words = ngettext(
        "The address is now %(address)s; it is on its way there.",
        "The address is now %(address)s; %(count)s messages that did not arrive are on their way.",
        correction.sent_again,
    )
    return words % {**place, "count": correction.sent_again}


def told(request: HttpRequest, alert: Alert) -> str:
    """State how the recipient was told; that closes the warning."""
    api.state_told(alert.notification, by=request.user, how=request.POST.get("how", ""))
    return gettext("Noted how %(name)s was told.") % {"name": name_of(alert.notification)}


def snooze(request: HttpRequest, alert: Alert) -> str:
    """Put it off until a moment that is offered."""
    until = moment_of(request.POST.get("until", ""))
    api.snooze(alert, by=request.user, until=until)
    return gettext("Put off until %(when)s.") % {"when": moment(until)}


def hand_over(request: HttpRequest, alert: Alert) -> str:
    """Let a colleague deal with it."""
    to = colleague(request.POST.get("to", ""), may=lambda one: sees(one, alert.tenant))
    api.hand_over(alert, by=request.user, to=to)
    return gettext("Handed over to %(name)s.") % {"name": printable(person(to)[0], 200)}
