"""Mail: through any Anymail back end or plain SMTP, by a mailer of our own."""

from crm_notify.channels.email.channel import EmailChannel

__all__ = ["EmailChannel"]
