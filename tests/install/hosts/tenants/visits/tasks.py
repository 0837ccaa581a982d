"""Once a week."""

from celery import shared_task

from tenancy import within
from tenancy.names import TENANTS
from visits.models import Visit


@shared_task(name="visits.weekly_report")
def weekly_report():
    """How many visits there were, by tenant."""
    counted = {}
    for tenant in TENANTS:
        with within(tenant):
            counted[tenant] = Visit.objects.count()
    return counted
