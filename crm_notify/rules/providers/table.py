"""The providers that Anymail 15.2 speaks to, Django's own back ends, and what each can carry.

Every cell was read from Anymail's back ends and webhook views, and a test drives the back ends to
hold it against them. Limits are the providers' own.
"""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.providers.provider import Envelope, MessageId, Provider, Signature

_ROWS = (
    Provider(
        name="amazon_ses",
        label="Amazon SES",
        backends=("anymail.backends.amazon_ses.EmailBackend",),
        # Not MAIL FROM but FeedbackForwardingEmailAddress: the mail shows an envelope sender of
        # SES's own, and SES forwards notices to ours, whose domain must be verified. Where email
        # feedback forwarding is switched off, nothing comes.
        envelope=Envelope.FULL,
        # X-Metadata (JSON) and one X-Tag a tag, as headers of the mail: everybody can read them,
        # and events hold them only where "include original headers" is on. With the setting
        # AMAZON_SES_MESSAGE_TAG_NAME only one tag of ASCII letters, digits, "_" and "-" passes.
        metadata=True,
        max_tags=None,
        message_id=MessageId.PROVIDER,
        shared_id=True,
        tracking=True,
        inbound=True,
        confirms=True,
        # Anymail compares two headers with the body and nothing else: SNS's signature is ours to
        # check.
        signature=Signature.UNCHECKED,
        raw_kind=(("eventType",), ("notificationType",)),
    ),
    Provider(
        name="brevo",
        label="Brevo",
        backends=(
            "anymail.backends.brevo.EmailBackend",
            "anymail.backends.sendinblue.EmailBackend",
        ),
        # Metadata is JSON in the header X-Mailin-custom, and Anymail refuses what is not ASCII.
        metadata=True,
        max_tags=None,
        message_id=MessageId.HEADER,
        shared_id=True,
        tracking=True,
        inbound=True,
        confirms=True,
        raw_kind=(("event",),),
    ),
    Provider(
        name="mailersend",
        label="MailerSend",
        backends=("anymail.backends.mailersend.EmailBackend",),
        # No metadata at all. Headers of one's own need a Professional or Enterprise account
        # (mailersend.com/help/custom-headers): on others the send call fails. Text is only read as
        # a template where "personalization" is passed (developers.mailersend.com).
        headers=False,
        max_tags=None,
        message_id=MessageId.PROVIDER,
        shared_id=True,
        tracking=True,
        inbound=True,
        confirms=True,
        signature=Signature.CHECKED,
        raw_kind=(("type",), ("data", "type")),
    ),
    Provider(
        name="mailgun",
        label="Mailgun",
        backends=("anymail.backends.mailgun.EmailBackend",),
        # The domain is the "sender domain" in the API's path; the local part is Mailgun's VERP.
        envelope=Envelope.DOMAIN,
        metadata=True,
        max_tags=None,
        tag_limit=128,
        message_id=MessageId.HEADER,
        shared_id=True,
        tracking=True,
        inbound=True,
        confirms=True,
        # Signs a timestamp and a token, not the body.
        signature=Signature.CHECKED,
        # The second path is that of the form posts from before 2018.
        raw_kind=(("event-data", "event"), ("event",)),
    ),
    Provider(
        name="mailjet",
        label="Mailjet",
        backends=("anymail.backends.mailjet.EmailBackend",),
        # "Sender" of the Send API 3.1; Mailjet's support must allow it first, or the call fails.
        envelope=Envelope.FULL,
        # EventPayload, one text; the one tag is CustomCampaign.
        metadata=True,
        max_tags=1,
        # Among what "Headers" of the Send API 3.1 must not hold (error send-0011).
        refused_headers=frozenset({"message-id"}),
        message_id=MessageId.PROVIDER,
        tracking=True,
        inbound=True,
        confirms=True,
        raw_kind=(("event",),),
    ),
    Provider(
        name="mailtrap",
        label="Mailtrap",
        backends=("anymail.backends.mailtrap.EmailBackend",),
        # Metadata becomes text: Anymail calls str() on every value. The tag is the category.
        metadata=True,
        max_tags=1,
        metadata_limit=1000,
        tag_limit=255,
        message_id=MessageId.PROVIDER,
        tracking=True,
        # The webhook only names the mail: Anymail fetches it from Mailtrap's API while parsing.
        inbound=True,
        confirms=True,
        signature=Signature.CHECKED,
        raw_kind=(("event",),),
    ),
    Provider(
        name="mandrill",
        label="Mandrill (Mailchimp Transactional)",
        backends=("anymail.backends.mandrill.EmailBackend",),
        # return_path_domain; the local part is Mandrill's own.
        envelope=Envelope.DOMAIN,
        # 200 octets of JSON for all metadata of a message, the smallest room of all.
        metadata=True,
        metadata_limit=200,
        max_tags=None,
        tag_limit=50,
        message_id=MessageId.PROVIDER,
        tracking=True,
        inbound=True,
        # "send" is the last good word: a delivery is never reported.
        confirms=False,
        # Signs the URL that it called, with the password in it, and the form's fields.
        signature=Signature.CHECKED,
        # The second path is that of sync events (blacklist, whitelist).
        raw_kind=(("event",), ("type",)),
    ),
    Provider(
        name="postal",
        label="Postal",
        backends=("anymail.backends.postal.EmailBackend",),
        # Anymail takes an envelope sender, but Postal writes it into the Sender header, where
        # mail programs show it, and sends from <server>@<its return path domain>: no bounce would
        # ever come to ours.
        envelope=Envelope.NONE,
        max_tags=1,
        tag_limit=255,
        # Integers; and of each recipient's own, although a webhook calls all of them "message".
        message_id=MessageId.PROVIDER,
        tracking=True,
        inbound=True,
        confirms=True,
        signature=Signature.CHECKED,
        raw_kind=(("event",),),
    ),
    Provider(
        name="postmark",
        label="Postmark",
        backends=("anymail.backends.postmark.EmailBackend",),
        # Per field: 20 characters of a name, 80 of a value.
        metadata=True,
        max_tags=1,
        tag_limit=1000,
        message_id=MessageId.PROVIDER,
        shared_id=True,
        tracking=True,
        inbound=True,
        confirms=True,
        raw_kind=(("RecordType",),),
    ),
    Provider(
        name="resend",
        label="Resend",
        backends=("anymail.backends.resend.EmailBackend",),
        # Headers X-Metadata and X-Tags (JSON). Resend's own tags take ASCII letters, digits, "_"
        # and "-" only, and Anymail leaves them alone.
        metadata=True,
        max_tags=None,
        # It sends through Amazon SES, which replaces it.
        refused_headers=frozenset({"message-id"}),
        message_id=MessageId.PROVIDER,
        # And events always name the first "to": one recipient a message.
        shared_id=True,
        tracking=True,
        # The webhook only names the mail: Anymail fetches it from Resend's API while parsing.
        inbound=True,
        confirms=True,
        signature=Signature.CHECKED,
        raw_kind=(("type",),),
    ),
    Provider(
        name="scaleway",
        label="Scaleway TEM",
        backends=("anymail.backends.scaleway.EmailBackend",),
        # Headers X-Metadata and X-Tags; Scaleway has webhooks, but Anymail has no view for them.
        metadata=True,
        max_tags=None,
        message_id=MessageId.PROVIDER,
    ),
    Provider(
        name="sendgrid",
        label="SendGrid",
        backends=("anymail.backends.sendgrid.EmailBackend",),
        # custom_args come back on the top level of an event, among SendGrid's own fields; Anymail
        # tells the two apart by a list of known names.
        metadata=True,
        metadata_limit=10_000,
        max_tags=None,
        tag_limit=255,
        # anymail_id; without SENDGRID_GENERATE_MESSAGE_ID there is none.
        message_id=MessageId.ANYMAIL,
        shared_id=True,
        tracking=True,
        inbound=True,
        confirms=True,
        # The tracking view only; the inbound view has no check.
        signature=Signature.CHECKED,
        raw_kind=(("event",),),
    ),
    Provider(
        name="sparkpost",
        label="SparkPost (Bird)",
        backends=("anymail.backends.sparkpost.EmailBackend",),
        envelope=Envelope.FULL,
        # The tag is campaign_id.
        metadata=True,
        max_tags=1,
        tag_limit=64,
        # Else {{ name }} is filled in, in subject, headers and bodies
        # (developers.sparkpost.com/api/transmissions, "options").
        esp_extra={"options": {"perform_substitutions": False}},
        # The transmission's id, not the message's.
        message_id=MessageId.PROVIDER,
        shared_id=True,
        tracking=True,
        inbound=True,
        confirms=True,
        raw_kind=(("msys", "*", "type"),),
    ),
    Provider(
        name="unisender_go",
        label="Unisender Go",
        backends=("anymail.backends.unisender_go.EmailBackend",),
        metadata=True,
        max_tags=None,
        tag_limit=50,
        # Others are dropped; List-Unsubscribe and the like only pass by leave of its support
        # (godocs.unisender.ru/web-api-ref, "headers" of email/send).
        only_x_headers=True,
        # Else {{ name }} is filled in ("template_engine", same page).
        esp_extra={"template_engine": "none"},
        # anymail_id, an own one for each recipient.
        message_id=MessageId.ANYMAIL,
        tracking=True,
        confirms=True,
        # An MD5 inside the body, made with the API key.
        signature=Signature.CHECKED,
        raw_kind=(("status",),),
    ),
    Provider(
        name="smtp",
        label="SMTP",
        backends=("django.core.mail.backends.smtp.EmailBackend",),
        # from_email is MAIL FROM; the visible From goes in the headers.
        envelope=Envelope.FULL,
    ),
    # Django's back ends that send nothing keep from_email as SMTP's would.
    *(
        Provider(
            name=name,
            label=f"Django's {name} back end",
            backends=(f"django.core.mail.backends.{module}.EmailBackend",),
            envelope=Envelope.FULL,
        )
        for name, module in (
            ("locmem", "locmem"),
            ("console", "console"),
            ("file", "filebased"),
            ("dummy", "dummy"),
        )
    ),
    Provider(
        name="anymail_test",
        label="Anymail's test back ends",
        backends=(
            "anymail.backends.test.EmailBackend",
            "anymail.backends.console.EmailBackend",
        ),
        envelope=Envelope.FULL,
        metadata=True,
        max_tags=None,
        # The position in the outbox: it repeats from test to test.
        message_id=MessageId.PROVIDER,
        shared_id=True,
    ),
)

#: Rows by name.
PROVIDERS: Mapping[str, Provider] = {row.name: row for row in _ROWS}

#: A host's own back end, of which nothing is known: only a header is sure to do no harm.
UNKNOWN = Provider(name="unknown", label="a back end of the host's own")

_BY_BACKEND = {path: row for row in _ROWS for path in row.backends}


def provider_of(backend_path: str) -> Provider:
    """Return the row of a back end's dotted path, or ``UNKNOWN`` for one that has none."""
    return _BY_BACKEND.get(backend_path, UNKNOWN)
