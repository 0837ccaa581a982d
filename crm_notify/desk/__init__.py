"""What admins read and do: every list, page and act, whichever front shows it: the admin's or ours.

Each kind of row has its desk. ``crm_notify.admin`` puts them on Django's admin sites, and
``crm_notify.views.staff`` on pages of our own for hosts that have none.
"""
