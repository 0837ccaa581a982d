"""Who may see and do what, where several tenants share an installation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from crm_notify import api
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Activity, Alert, Preference
from crm_notify.views.alerts.keepers import keepers
from tests.steps.tenants import Bounce, mail_of, may

pytestmark = pytest.mark.django_db(transaction=True)

Change = Callable[..., None]
Call = Callable[..., Activity]
HERE = "tests.steps.tenants"


def test_a_permission_counts_within_his_tenants(
    call: Call, bounce: Bounce, crm_notify_settings: Change, bob: Any, janet: Any
) -> None:
    rows = {name: mail_of(call(tenant=name)) for name in ("north", "west", "")}
    bounce(*rows.values())
    crm_notify_settings(TENANTS_OF=f"{HERE}.by_username")
    bob = may(bob, "change_notification", "resend_elsewhere", "change_suppression")
    for name in ("west", ""):
        row, alert = rows[name], Alert.objects.get(tenant=name)
        lift = partial(api.lift_suppression, "john@example.com", reason="gone", tenant=name)
        for act in (
            partial(api.resend, row),
            partial(api.close, row, reason="gone"),
            partial(api.state_told, row, how="I phoned him"),
            partial(api.acknowledge, alert),
            lift,
        ):
            with pytest.raises(NotAllowed):
                act(by=bob)
        with pytest.raises(RefusedInput, match="who may see it"):
            api.hand_over(alert, by=janet, to=bob)
    assert api.resend(rows["north"], by=bob, address="jon@example.com").tenant == "north"
    assert api.hand_over(Alert.objects.get(tenant="north"), by=bob, to=bob).tenant == "north"
    assert [row.tenant for row in api.suppressions(user=bob)] == ["north"]
    # What stands on his own screen is his: Janet, who sees no tenant but "janet", acted.
    assert api.resend(rows["west"], by=janet).tenant == "west"


def test_where_it_cannot_be_asked_what_he_sees_he_sees_nothing(
    call: Call, crm_notify_settings: Change, alice: Any, caplog: pytest.LogCaptureFixture
) -> None:
    row = mail_of(call(tenant="north"))
    crm_notify_settings(TENANTS_OF=f"{HERE}.nowhere")
    with pytest.raises(NotAllowed):
        api.resend(row, by=alice)
    assert "TENANTS_OF failed for user" in caplog.text
    assert not api.suppressions(user=alice).exists()
    alice.is_active = False
    crm_notify_settings(TENANTS_OF=f"{HERE}.by_username")
    assert not api.suppressions(user=alice).exists()


def test_of_other_tenants_users_nothing_is_suggested(
    call: Call, bounce: Bounce, crm_notify_settings: Change, bob: Any
) -> None:
    """Who belongs to a tenant only the host knows: within its scope, or by CONTACTS."""
    type(bob).objects.filter(pk=bob.pk).update(email="jon@example.com")
    rows = [mail_of(call(tenant=name)) for name in ("north", "")]
    bounce(*rows)

    def suggested() -> list[list[str]]:
        return [[miss.address for miss in api.suggest(row)] for row in rows]

    assert suggested() == [[], ["jon@example.com"]]
    crm_notify_settings(CONTACTS=f"{HERE}.known")
    assert suggested() == [["johm@example.com"], ["jon@example.com", "johm@example.com"]]
    crm_notify_settings(TENANT_SCOPE="contextlib.nullcontext")
    assert suggested() == [["jon@example.com", "johm@example.com"]] * 2


def test_of_those_who_may_correct_only_who_sees_it_is_named(
    crm_notify_settings: Change, alice: Any, bob: Any
) -> None:
    may(bob, "resend_elsewhere")
    assert [keepers(name) for name in ("north", "west")] == ["Alice and others who may"] * 2
    crm_notify_settings(TENANTS_OF=f"{HERE}.by_username")
    type(alice).objects.filter(pk=alice.pk).delete()
    assert [keepers(name) for name in ("north", "west")] == [
        "Bob",
        "Whoever may correct addresses",
    ]


def test_whom_somebody_named_to_stand_in_is_warned_of_what_he_may_see(
    call: Call, bounce: Bounce, crm_notify_settings: Change, janet: Any, bob: Any
) -> None:
    Preference.objects.create(user=janet, stand_in=bob)
    crm_notify_settings(
        TENANTS_OF=f"{HERE}.by_username", LADDER=[{"act": "backup"}, {"act": "admins"}]
    )
    bounce(*(mail_of(call(tenant=name)) for name in ("north", "west")))
    warned = Alert.objects.exclude(person=None).values_list("tenant", "person")
    assert list(warned) == [("north", bob.pk)]
    assert Alert.objects.filter(person=None, tenant="west").exists()
