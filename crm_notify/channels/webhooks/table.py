"""Which of Anymail's views reads which webhook, and with which key it proves the sender."""

from __future__ import annotations

from dataclasses import dataclass

from crm_notify.rules.body.document import ALIASES


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """One of Anymail's views: by its name, or by its whole path where it is one of ours.

    It is imported when it is first needed: those of some providers bring whole kits with them.

    ``key`` is the attribute in which it keeps the key of the provider's signature, ``setting`` the
    name under ANYMAIL where a host gives it; both are empty where the provider signs nothing.
    Without a ``needed`` key nothing is accepted, since the key is the provider's only proof.
    """

    view: str
    key: str = ""
    setting: str = ""
    needed: bool = False


_MANDRILL = Webhook(
    view="MandrillCombinedWebhookView",
    key="webhook_key",
    setting="MANDRILL_WEBHOOK_KEY",
    needed=True,
)

#: By Anymail's name of the provider, and via. Mandrill posts events and mails to one URL.
WEBHOOKS: dict[tuple[str, str], Webhook] = {
    # SNS signs with a certificate, which Anymail does not look at: sns.py does.
    ("amazon_ses", "inbound"): Webhook(view="AmazonSESInboundWebhookView"),
    ("amazon_ses", "tracking"): Webhook(view="AmazonSESTrackingWebhookView"),
    ("brevo", "inbound"): Webhook(view="crm_notify.channels.webhooks.asking.BrevoInbound"),
    ("brevo", "tracking"): Webhook(view="BrevoTrackingWebhookView"),
    ("mailersend", "inbound"): Webhook(
        view="MailerSendInboundWebhookView",
        key="signing_secret",
        setting="MAILERSEND_INBOUND_SECRET",
        needed=True,
    ),
    ("mailersend", "tracking"): Webhook(
        view="MailerSendTrackingWebhookView",
        key="signing_secret",
        setting="MAILERSEND_SIGNING_SECRET",
        needed=True,
    ),
    # Mailgun signs a timestamp and a random token, not the body.
    ("mailgun", "inbound"): Webhook(
        view="MailgunInboundWebhookView",
        key="webhook_signing_key",
        setting="MAILGUN_WEBHOOK_SIGNING_KEY",
        needed=True,
    ),
    ("mailgun", "tracking"): Webhook(
        view="MailgunTrackingWebhookView",
        key="webhook_signing_key",
        setting="MAILGUN_WEBHOOK_SIGNING_KEY",
        needed=True,
    ),
    ("mailjet", "inbound"): Webhook(view="MailjetInboundWebhookView"),
    ("mailjet", "tracking"): Webhook(view="MailjetTrackingWebhookView"),
    ("mailtrap", "inbound"): Webhook(
        view="MailtrapInboundWebhookView", key="signing_secret", setting="MAILTRAP_INBOUND_SECRET"
    ),
    ("mailtrap", "tracking"): Webhook(
        view="MailtrapTrackingWebhookView", key="signing_secret", setting="MAILTRAP_TRACKING_SECRET"
    ),
    ("mandrill", "inbound"): _MANDRILL,
    ("mandrill", "tracking"): _MANDRILL,
    ("postal", "inbound"): Webhook(
        view="PostalInboundWebhookView",
        key="webhook_key",
        setting="POSTAL_WEBHOOK_KEY",
        needed=True,
    ),
    ("postal", "tracking"): Webhook(
        view="PostalTrackingWebhookView",
        key="webhook_key",
        setting="POSTAL_WEBHOOK_KEY",
        needed=True,
    ),
    ("postmark", "inbound"): Webhook(view="PostmarkInboundWebhookView"),
    ("postmark", "tracking"): Webhook(view="PostmarkTrackingWebhookView"),
    ("resend", "inbound"): Webhook(
        view="ResendInboundWebhookView", key="_svix_webhook", setting="RESEND_INBOUND_SECRET"
    ),
    ("resend", "tracking"): Webhook(
        view="ResendTrackingWebhookView", key="_svix_webhook", setting="RESEND_SIGNING_SECRET"
    ),
    ("sendgrid", "inbound"): Webhook(view="SendGridInboundWebhookView"),
    ("sendgrid", "tracking"): Webhook(
        view="SendGridTrackingWebhookView",
        key="webhook_verification_key",
        setting="SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY",
    ),
    ("sparkpost", "inbound"): Webhook(view="SparkPostInboundWebhookView"),
    ("sparkpost", "tracking"): Webhook(view="SparkPostTrackingWebhookView"),
    ("unisender_go", "tracking"): Webhook(
        view="UnisenderGoTrackingWebhookView",
        key="api_key_bytes",
        setting="UNISENDER_GO_API_KEY",
        needed=True,
    ),
}

#: The (provider, via) pairs that can be received, with the former names of providers.
NAMES = frozenset(WEBHOOKS) | {
    (alias, via) for alias, name in ALIASES.items() for known, via in WEBHOOKS if known == name
}
