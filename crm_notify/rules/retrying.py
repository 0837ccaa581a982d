"""What each provider does with a webhook that we do not answer with 200: come again, or drop it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from crm_notify.rules.body.document import canonical


@dataclass(frozen=True, kw_only=True)
class Retrying:
    """How a provider tries again.

    ``ask`` is the status that makes it come again, ``final`` the answers after which it drops the
    post, ``lasts`` for how long it tries (None where it does not say), ``source`` where all this
    is written (empty where nothing was found).
    """

    ask: int = 503
    final: str = ""
    lasts: timedelta | None = None
    source: str = ""


_SNS = Retrying(
    final="any 4xx but 429",
    # Three retries, 20 seconds apart, unless the subscription has its own delivery policy.
    lasts=timedelta(minutes=1),
    source="docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.retry.html, "
    "docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.https.ca.html",
)
_BREVO = Retrying(
    # What its page says about 5xx has been worded both ways; 429 is safe either way.
    ask=429,
    final="any 4xx but 429, and by its present words any 5xx",
    lasts=timedelta(hours=11, minutes=10),
    source="developers.brevo.com/docs/retry-mechanism",
)
_MAILGUN = Retrying(
    # Its webhook about a delivery is never repeated.
    final="406",
    lasts=timedelta(hours=8),
    source="documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries",
)
_RESEND = Retrying(
    lasts=timedelta(hours=27, minutes=35),
    source="resend.com/docs/webhooks/retries-and-replays",
)
_MANDRILL = Retrying(
    source="mandrill.zendesk.com/hc/en-us/articles/205583277",
)

#: By provider and via; whoever is missing does not say what it does.
RETRYING: dict[tuple[str, str], Retrying] = {
    ("amazon_ses", "inbound"): _SNS,
    ("amazon_ses", "tracking"): _SNS,
    ("brevo", "inbound"): _BREVO,
    ("brevo", "tracking"): _BREVO,
    ("mailersend", "tracking"): Retrying(
        # It waits 3 seconds for an answer, and pauses the webhook after 20 failures in 24 hours.
        source="mailersend.com/help/webhooks, developers.mailersend.com/api/v1/webhooks.html",
    ),
    ("mailgun", "inbound"): _MAILGUN,
    ("mailgun", "tracking"): _MAILGUN,
    ("mailjet", "tracking"): Retrying(
        lasts=timedelta(hours=24),
        source="documentation.mailjet.com/hc/en-us/articles/360043578154-Event-Tracking-API",
    ),
    ("mandrill", "inbound"): _MANDRILL,
    ("mandrill", "tracking"): _MANDRILL,
    ("postal", "inbound"): Retrying(
        # Up to 18 attempts, further and further apart. After any 4xx but 429 the sender of the
        # mail gets a bounce.
        final="any 4xx",
        source="github.com/postalserver/postal app/senders/http_sender.rb",
    ),
    ("postal", "tracking"): Retrying(
        lasts=timedelta(minutes=36),
        source="github.com/postalserver/postal app/services/webhook_delivery_service.rb",
    ),
    ("postmark", "inbound"): Retrying(
        final="403",
        lasts=timedelta(hours=10, minutes=21),
        source="postmarkapp.com/support/article/understanding-inbound-webhook-retries-in-postmark",
    ),
    ("resend", "inbound"): _RESEND,
    ("resend", "tracking"): _RESEND,
    ("sendgrid", "inbound"): Retrying(
        final="any 3xx or 4xx",
        lasts=timedelta(hours=72),
        source="support.sendgrid.com/hc/en-us/articles/46513815674395",
    ),
    ("sendgrid", "tracking"): Retrying(
        lasts=timedelta(hours=24),
        source="docs.sendgrid.com/for-developers/tracking-events/troubleshooting",
    ),
    ("sparkpost", "tracking"): Retrying(
        lasts=timedelta(hours=8),
        source="developers.sparkpost.com/api/webhooks",
    ),
}


def retrying(provider: str, via: str) -> Retrying:
    """Return what is known of the provider; of an unknown one the usual is expected."""
    return RETRYING.get((canonical(provider), via), Retrying())
