"""Harbour: one CRM for many companies, kept apart by PostgreSQL."""

from harbour.celery import app as celery_app

__all__ = ["celery_app"]
