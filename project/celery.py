"""The demonstration's Celery: crm_notify's tasks, and its sweep on a schedule."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
app = Celery("project")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {"crm_notify": {"task": "crm_notify.sweep", "schedule": 10.0}}


def warm_up() -> None:
    """Load the tasks and the broker's transport at the start, and not in somebody's first click."""
    app.finalize()
    app.connection_for_write().get_transport_cls()
