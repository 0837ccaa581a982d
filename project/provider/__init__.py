"""A local mail provider that speaks SparkPost's send API, posts its webhooks and keeps its log."""

from project.provider.server import Provider

__all__ = ["Provider"]
