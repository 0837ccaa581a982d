"""What we hear inside the host's own process: Anymail's events, and the saves of its records."""

from crm_notify.receivers.mail import keep_inbound, keep_tracking

__all__ = ["keep_inbound", "keep_tracking"]
