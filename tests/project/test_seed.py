"""The demonstration's people and customers are added once, and never put back over a change."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.management import call_command

from crm_notify import api
from crm_notify.models import Activity
from project.crm.models import Contact, Customer, Entry


def counts() -> list[int]:
    return [model.objects.count() for model in (User, Customer, Contact, Entry)]


def test_a_second_time_adds_nothing(crm: None) -> None:
    before = counts()
    call_command("seed_demo", verbosity=0)
    assert counts() == before


def test_what_somebody_corrected_stays_corrected(crm: None) -> None:
    User.objects.filter(username="john").update(email="jon@contoso.example")
    api.set_wanted(User.objects.get(username="john"), False, owned=True)
    call_command("seed_demo", verbosity=0)
    john = User.objects.get(username="john")
    assert john.email == "jon@contoso.example"
    assert api.wants(john, owned=True) is False


def test_the_cast_stands_ready_for_the_story(crm: None) -> None:
    janet, john, alice, bob = (
        User.objects.get(username=name) for name in ("janet", "john", "alice", "bob")
    )
    assert Customer.objects.get(name="Contoso").owner == john
    assert john.email == "john@contoso.example"
    assert api.wants(john, owned=True) is True
    assert janet.has_perm("crm_notify.resend_elsewhere")
    assert not bob.has_perm("crm_notify.resend_elsewhere")
    assert alice.is_superuser
    assert not janet.is_staff


def test_the_past_was_never_mailed_to_anybody(crm: None) -> None:
    assert not Activity.objects.exists()
