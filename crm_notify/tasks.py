"""Celery's hand on the steps: thin, named, and without a result.

A message is only a hint: the rows say what is due, and each task works until nothing is. The host
puts ``crm_notify.sweep`` on beat's schedule, every ten seconds.
"""

from __future__ import annotations

from celery import shared_task

from crm_notify.steps import deliver as deliver_step
from crm_notify.steps import interpret as interpret_step
from crm_notify.steps import ring as ring_step
from crm_notify.steps import sweep as sweep_step


@shared_task(name="crm_notify.deliver", ignore_result=True)
def deliver() -> None:
    """Send what is due."""
    deliver_step.deliver()


@shared_task(name="crm_notify.interpret", ignore_result=True)
def interpret() -> None:
    """Read what came in."""
    interpret_step.interpret()


@shared_task(name="crm_notify.ring", ignore_result=True)
def ring() -> None:
    """Call the host's sinks."""
    ring_step.ring()


@shared_task(name="crm_notify.sweep", ignore_result=True)
def sweep() -> None:
    """Find what nobody woke."""
    sweep_step.sweep(by="Celery")
