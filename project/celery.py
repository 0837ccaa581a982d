"""The demonstration's Celery: crm_notify's tasks, and its sweep on a schedule."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
app = Celery("project")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def schedule_the_sweep(sender: Celery, **kwargs: Any) -> None:
    """Only now: the module of the tasks needs Django's models, and this one is there before."""
    sender.conf.beat_schedule = {**import_string("crm_notify.tasks.BEAT_SCHEDULE")}
