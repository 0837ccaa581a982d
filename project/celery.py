"""The demonstration's Celery: crm_notify's tasks, and its sweep on a schedule."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
app = Celery("project")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {"crm_notify": {"task": "crm_notify.sweep", "schedule": 10.0}}
