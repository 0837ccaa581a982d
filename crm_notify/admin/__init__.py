"""The admin: what stands in front of a person first, and the whole story of each notification.

Django's autodiscovery imports this where ``django.contrib.admin`` is installed; a host whose admin
discovers nothing has it imported by ``crm_notify.apps``, where it names its sites in ADMIN_SITES.
"""

from __future__ import annotations

from crm_notify.admin.registering import register

register()
