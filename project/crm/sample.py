"""The demonstration's customers: who looks after them, who works there, what was said lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from project.crm.models import Customer, Entry
from project.crm.people import BOB, JANET, JOHN, Person

CALL, NOTE = Entry.Kind.CALL, Entry.Kind.NOTE
Stage = Customer.Stage


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A customer with the people there (name, role, address, telephone).

    `said` is the history: how long ago, by whom, of which kind, and the text.
    """

    name: str
    owner: Person
    stage: Stage
    industry: str
    city: str
    phone: str
    website: str
    about: str
    people: tuple[tuple[str, str, str, str], ...]
    said: tuple[tuple[timedelta, Person, Entry.Kind, str], ...]


def _ago(*, days: int = 0, hours: int = 0, minutes: int = 0) -> timedelta:
    return timedelta(days=days, hours=hours, minutes=minutes)


SAMPLES = (
    Sample(
        name="Contoso",
        owner=JOHN,
        stage=Stage.CUSTOMER,
        industry="Office furniture",
        city="Rotterdam",
        phone="+31 10 555 0144",
        website="contoso.example",
        about=(
            "John works from their building on three days of the week and reads his mail there. "
            "The frame contract ends in December; they are looking at a competitor's offer."
        ),
        people=(
            ("Marieke de Vries", "Purchasing", "m.devries@contoso.example", "+31 10 555 0145"),
            ("Tom Bakker", "Warehouse", "t.bakker@contoso.example", "+31 10 555 0162"),
        ),
        said=(
            (
                _ago(days=1, hours=3),
                JOHN,
                CALL,
                "Marieke has our offer for the 40 chairs on her desk. She decides this week.",
            ),
            (
                _ago(days=6, hours=1),
                JOHN,
                NOTE,
                "Tom wants deliveries before nine: the ramp is taken by their own lorries later.",
            ),
            (_ago(days=20), BOB, CALL, "Asked for the new catalogue; I sent two copies."),
        ),
    ),
    Sample(
        name="Lindqvist Timber",
        owner=JANET,
        stage=Stage.CUSTOMER,
        industry="Wood and veneers",
        city="Gothenburg",
        phone="+46 31 555 018",
        website="lindqvist.example",
        about="Our oldest customer. Prefers to be called in the morning.",
        people=(
            ("Elsa Lindqvist", "Managing director", "elsa@lindqvist.example", "+46 31 555 019"),
            ("Nils Berg", "Sales", "nils@lindqvist.example", ""),
        ),
        said=(
            (_ago(hours=5), JANET, CALL, "Elsa renews for another year, on the same terms."),
            (_ago(days=9), JANET, NOTE, "The invoice of October went to the old address."),
        ),
    ),
    Sample(
        name="Harbour & Finch",
        owner=BOB,
        stage=Stage.PROSPECT,
        industry="Interior design",
        city="Bristol",
        phone="+44 117 496 0110",
        website="harbourfinch.example",
        about="Met at the spring fair. They furnish two hotels next year.",
        people=(("Priya Nair", "Partner", "priya@harbourfinch.example", "+44 117 496 0111"),),
        said=((_ago(days=2, hours=4), BOB, CALL, "Priya would like samples of the blue fabric."),),
    ),
    Sample(
        name="Okafor Logistics",
        owner=JOHN,
        stage=Stage.AT_RISK,
        industry="Freight",
        city="Hamburg",
        phone="+49 40 555 0170",
        website="okafor.example",
        about="Two late deliveries in a row. Whoever picks up the phone: apologise first.",
        people=(("Chidi Okafor", "Owner", "chidi@okafor.example", "+49 40 555 0171"),),
        said=(
            (_ago(days=3), JOHN, CALL, "Chidi is not amused. I promised an answer by Friday."),
            (_ago(days=4), BOB, NOTE, "The second lorry left a day late; carrier's mistake."),
        ),
    ),
    Sample(
        name="Bluebird Bakeries",
        owner=JANET,
        stage=Stage.PROSPECT,
        industry="Food",
        city="Lyon",
        phone="+33 4 55 50 18 00",
        website="bluebird.example",
        about="Twelve shops, each wants its own colour.",
        people=(("Camille Roux", "Operations", "camille@bluebird.example", "+33 4 55 50 18 01"),),
        said=((_ago(days=12), JANET, NOTE, "Sent the colour chart. Call again in two weeks."),),
    ),
    Sample(
        name="Meridian Optics",
        owner=BOB,
        stage=Stage.CUSTOMER,
        industry="Laboratory equipment",
        city="Zurich",
        phone="+41 44 555 01 20",
        website="meridian.example",
        about="Everything has to be certified for clean rooms.",
        people=(
            ("Dr. Anna Keller", "Facility", "a.keller@meridian.example", "+41 44 555 01 21"),
            ("Luca Moretti", "Purchasing", "l.moretti@meridian.example", ""),
        ),
        said=((_ago(days=15), BOB, CALL, "Luca asked for the certificates once more; sent."),),
    ),
)
