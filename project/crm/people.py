"""Who works with the demonstration: the cast of its story, with what each may do."""

from __future__ import annotations

from dataclasses import dataclass

# For the demonstration only: the same short password for everybody, printed at the start.
PASSWORD = "demo"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who can log in. `part` says in a few words what he is there for."""

    username: str
    first_name: str
    last_name: str
    email: str
    part: str
    groups: tuple[str, ...] = ("Sales",)
    admin: bool = False


JANET = Person(
    username="janet",
    first_name="Janet",
    last_name="Smith",
    email="janet@acmecrm.example",
    part="takes calls; may correct an address",
    groups=("Sales", "Address keepers"),
)
JOHN = Person(
    username="john",
    first_name="John",
    last_name="Miller",
    # Misspelt on purpose: he is Jon, and this mailbox does not exist.
    email="john@contoso.example",
    part="looks after Contoso; really jon@contoso.example",
)
ALICE = Person(
    username="alice",
    first_name="Alice",
    last_name="Brown",
    email="alice@acmecrm.example",
    part="runs the installation",
    admin=True,
)
BOB = Person(
    username="bob",
    first_name="Bob",
    last_name="Taylor",
    email="bob@acmecrm.example",
    part="Janet's colleague; may not correct addresses",
)
CAST = (JANET, JOHN, ALICE, BOB)
TRUE_ADDRESS = "jon@contoso.example"

GROUPS = {
    "Sales": ("acme_crm.view_customer", "acme_crm.add_entry"),
    "Address keepers": ("crm_notify.resend_elsewhere",),
}
