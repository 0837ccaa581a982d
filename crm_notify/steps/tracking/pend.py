"""Write a tracked change down in the save's own transaction; who is told is found at its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction
from django.utils import timezone

from crm_notify import database
from crm_notify.conf import get_settings
from crm_notify.models import Activity
from crm_notify.rules.tracking import Net
from crm_notify.scope import scope_of
from crm_notify.steps.draft import begin
from crm_notify.steps.tracking.acting import Remembered, acting_user, request_now
from crm_notify.steps.tracking.bear import bearing
from crm_notify.steps.tracking.bind import Tracked
from crm_notify.steps.tracking.finish import finish
from crm_notify.steps.tracking.walk import AnyModel
from crm_notify.steps.whose import tenant_of_now

#: When the sweep looks, where no end has come: a request may last, a script has none.
IN_REQUEST = timedelta(minutes=1)
IN_SCRIPT = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What has happened to one record, by whom; ``using`` is the database that it is in."""

    item: Tracked
    model: AnyModel
    key: str
    net: Net
    using: str
    actor: Any
    tenant: str


def pend(
    item: Tracked, model: AnyModel, key: str, net: Net, *, using: str, may_raise: bool
) -> None:
    """Remember a change until the request or the transaction is over.

    A record in another database than ours is written down when that one has committed.
    """
    actor = None
    subject, about = f"{item.label}: save", f"record {key}"
    with bearing("CRM_NOTIFY CURRENT_USER", about=about, may_raise=may_raise):
        actor = acting_user()
    tenants = [] if get_settings().TENANT else [""]
    if not tenants:
        with bearing("CRM_NOTIFY TENANT", about=about, may_raise=may_raise):
            tenants.append(tenant_of_now())
    if not tenants:
        # Nobody is told of what is nobody's: it could go to the wrong people.
        return
    (tenant,) = tenants
    change = Change(
        item=item, model=model, key=key, net=net, using=using, actor=actor, tenant=tenant
    )
    remembered = _remembered(using)

    def write_down() -> None:
        # In another database it has been saved for good.
        bears = bearing(subject, about=about, may_raise=may_raise and using == database.alias())
        at_home = transaction.atomic(using=database.alias(), savepoint=False)
        with bears, scope_of(tenant), at_home:
            _write(change, remembered)

    if using == database.alias():
        write_down()
    else:
        database.on_commit(write_down, using=using)


def _remembered(using: str) -> Remembered | None:
    """What was saved before in this request or, without one, in the open transaction.

    A transaction's hangs on what waits for its commit: rolled back, it is gone from there. Where
    there is neither each save stands for itself.
    """
    served = request_now()
    if served is not None:
        return served.remembered
    connection = connections[using]
    if not connection.in_atomic_block:
        return None
    for entry in connection.run_on_commit:
        if (known := getattr(entry[1], "crm_notify_remembered", None)) is not None:
            if using == database.alias() and connection.run_on_commit[-1][1] is not entry[1]:
                # Tests run what was asked for within a block of theirs, and nothing from before.
                database.on_commit(entry[1], using=using)
            return known  # type: ignore[no-any-return]
    remembered: Remembered = {}

    def finish_at_commit() -> None:
        waiting = list(remembered.values())
        remembered.clear()
        finish(waiting)

    finish_at_commit.crm_notify_remembered = remembered  # type: ignore[attr-defined]
    database.on_commit(finish_at_commit, using=using)
    return remembered


def _write(change: Change, remembered: Remembered | None) -> None:
    name = (change.item.label, change.key, change.using, change.tenant)
    known = remembered.get(name) if remembered is not None else None
    if remembered is not None and name in remembered and known is None:
        # It was made in between, and that is not noticed.
        return
    before = _locked(known, change)
    if change.net.created and not change.item.entry.created:
        if before is not None:
            before.delete()
        if remembered is not None:
            remembered[name] = None
        return
    if before is None:
        before = _begin(change)
        if remembered is not None:
            remembered[name] = before.pk
        return
    kept: Any = before.pending
    net = Net.from_json(kept["net"]).then(change.net)
    before.pending = {**kept, "net": net.as_json()}
    before.verb = _verb(change.item, net)
    before.save(update_fields=["pending", "verb"])


def _locked(known: int | None, change: Change) -> Activity | None:
    """The activity that waits; what a savepoint has taken back is not there any more.

    SQLite gives the number of a row that was taken back to the next one, which may be another's.
    """
    if known is None:
        return None
    waiting = Activity.objects.filter(pk=known, tenant=change.tenant, resolve_at__isnull=False)
    found = waiting.select_for_update(no_key=True).first()
    kept: Any = found.pending if found is not None else {}
    same = all(kept.get(name) == value for name, value in _place(change).items())
    return found if same else None


def _place(change: Change) -> dict[str, str]:
    """Which record it is, by whatever proxy it was saved, and where."""
    return {"entry": change.item.label, "key": change.key, "using": change.using}


def _begin(change: Change) -> Activity:
    # Nothing of the host's is asked here but who acts: the record may be half made.
    activity = begin(
        actor=change.actor,
        verb=_verb(change.item, change.net),
        kind=ContentType.objects.db_manager(database.alias()).get_for_model(change.model),
        key=change.key,
    )
    wait = IN_REQUEST if request_now() is not None else IN_SCRIPT
    activity.tenant = change.tenant
    activity.resolve_at = timezone.now() + wait
    activity.pending = {
        **_place(change),
        "model": change.model._meta.label,
        "net": change.net.as_json(),
    }
    activity.save(force_insert=True)
    return activity


def _verb(item: Tracked, net: Net) -> str:
    return item.entry.created if net.created else item.entry.changed
