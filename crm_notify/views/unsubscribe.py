"""No more such mail: one click in the mail program, or one button on a page (RFC 8058)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm_notify import api
from crm_notify.conf import get_settings
from crm_notify.models import Attempt
from crm_notify.rules import token
from crm_notify.rules.token import Purpose
from crm_notify.senders import best_for


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, name: str) -> HttpResponse:
    """POST opts the recipient out, with no cookie and no redirect; GET asks first.

    A link scanner opens every link of a mail, so opening alone must change nothing.
    """
    conf = get_settings()
    read = token.read(name, keys=conf.RETURN_PATH_KEYS, installation=conf.INSTALLATION)
    if read is None or read.purpose is not Purpose.UNSUBSCRIBE or read.id >= 2**63:
        raise Http404("This link is not one of ours.")
    related = Attempt.objects.select_related("notification__recipient", "notification__activity")
    attempt = related.filter(pk=read.id).first()
    if attempt is None or attempt.notification.recipient is None:
        raise Http404("The person of this link is gone.")
    done = request.method == "POST"
    if done:
        api.set_wanted(attempt.notification.recipient, False)
    product = best_for(attempt.notification.activity.tenant).PRODUCT_NAME
    return render(request, "crm_notify/unsubscribe.html", {"done": done, "product": product})
