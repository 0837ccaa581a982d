"""Every desk stands on the host's own sites, or on Django's default one."""

from __future__ import annotations

from typing import Any

from crm_notify.admin.base import DeskAdmin
from crm_notify.admin.filters import list_filter
from crm_notify.admin.installations import InstallationAdmin
from crm_notify.admin.notifications import NotificationAdmin
from crm_notify.admin.receipts import ReceiptAdmin
from crm_notify.channels.places import sites
from crm_notify.desk.desk import Desk
from crm_notify.desk.desks import DESKS
from crm_notify.models import Installation, Notification, Receipt

#: Those whose pages are more than a desk's.
OWN: dict[Any, type[DeskAdmin]] = {
    Installation: InstallationAdmin,
    Notification: NotificationAdmin,
    Receipt: ReceiptAdmin,
}


def register() -> None:
    """Put each desk on each site, but where the host has put an admin of its own."""
    for site in sites():
        for desk in DESKS:
            if not site.is_registered(desk.model):
                site.register(desk.model, admin_of(desk))


def admin_of(desk: Desk) -> type[DeskAdmin]:
    """The class of the admin that shows this desk."""
    base = OWN.get(desk.model, DeskAdmin)
    said = {
        "__module__": __name__,
        "desk": desk,
        "list_filter": [list_filter(one) for one in desk.filters],
        # It shows the box; get_search_results does the rest.
        "search_fields": ["pk"] if desk.find is not None else [],
        "search_help_text": desk.find_help or None,
    }
    return type(f"{desk.model.__name__}Admin", (base,), said)
