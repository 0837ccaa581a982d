"""A local mail provider that speaks SparkPost's send API and posts SparkPost's webhooks."""

from project.provider.server import Provider

__all__ = ["Provider"]
