"""Which window can still be had of providers whose log is not read here, and where."""

from __future__ import annotations

from collections.abc import Mapping

#: In words for a person, with the page to read; by provider.
ELSEWHERE: Mapping[str, str] = {
    "amazon_ses": (
        "SES keeps no log of its own. What an event destination (Firehose to S3) or a queue beside "
        "the topic collected can be imported as a file; the Virtual Deliverability Manager, where "
        "it was switched on, shows messages of the last 30 days. "
        "See docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html"
    ),
    "brevo": (
        "GET /v3/smtp/statistics/events gives up to 90 days, without the metadata, and an export "
        "the last 7 as a file. See developers.brevo.com/reference/get-email-event-report"
    ),
    "mailersend": (
        "GET /v1/activity/{domain_id} gives 1 to 30 days, by plan. "
        "See developers.mailersend.com/api/v1/email/activity"
    ),
    "mailjet": (
        "GET /v3/REST/message lists messages of a window, and /messagehistory/{id} the events of "
        "each. See dev.mailjet.com/reference/email/messages"
    ),
    "mailtrap": (
        "The email logs, in the app and by API, show each message with its events; for how long "
        "depends on the plan. See docs.mailtrap.io/email-api-smtp/analytics/logs"
    ),
    "mandrill": (
        "/messages/search gives up to 1,000 messages a call, of the last 7 days where no window is "
        "named, and /messages/info the SMTP answers of each. "
        "See mailchimp.com/developer/transactional/api/messages"
    ),
    "postal": (
        "The server is yours: each message's page shows its deliveries, and the API gives them one "
        "message at a time (/api/v1/messages/deliveries). See docs.postalserver.io/developer/api"
    ),
    "resend": (
        "Let Resend post again: it lists the events of a webhook that failed, for as long as the "
        "plan keeps them, and replays each, in the dashboard or by API. "
        "See resend.com/docs/webhooks/retries-and-replays"
    ),
    "scaleway": (
        "GET /emails of the Transactional Email API lists mails of a window with their status. "
        "See scaleway.com/en/developers/api/transactional-email/emails"
    ),
    "sendgrid": (
        "The Email Logs API gives 30 days, without pages, and the Email Activity API as many to "
        "accounts that bought the history; neither has the webhook's form. "
        "See twilio.com/docs/sendgrid/api-reference/email-logs"
    ),
    "smtp": (
        "Bounces are mail: import the mailbox or the server's queue that they went to. What was "
        "delivered stands only in the log of your own mail server."
    ),
    "unisender_go": (
        "event-dump/create writes the events of a window into a file, to be fetched with "
        "event-dump/get. See godocs.unisender.ru/web-api-ref"
    ),
}
