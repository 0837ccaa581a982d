"""The text of a short message fits one SMS and gives nothing away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crm_notify.channels.short.text import write
from crm_notify.conf import get_settings
from crm_notify.models import Activity, Notification

Change = Callable[..., None]

LABEL = "The United Contoso Trading Company of the Northern and Southern Provinces and Islands"


def text(**given: Any) -> str:
    activity = Activity(
        **{
            "actor_name": "Janet Smith",
            "verb": "logged a call",
            "target_label": "Contoso",
            "text": "The password is swordfish.",
            "url": "/customers/7/",
            **given,
        }
    )
    return write(Notification(activity=activity), conf=get_settings())


def test_it_says_who_did_what_to_which_record_and_not_what_was_written() -> None:
    assert text() == "Janet Smith logged a call: Contoso https://crm.example/customers/7/"
    assert text(actor_name="").startswith("Acme CRM logged a call: Contoso")


def test_without_a_base_url_it_has_no_link(crm_notify_settings: Change) -> None:
    crm_notify_settings(BASE_URL="")
    assert text() == "Janet Smith logged a call: Contoso"


def test_the_record_is_cut_first_and_the_link_stays_whole() -> None:
    said = text(target_label=LABEL, verb="wrote a note about the offer of last week on")
    assert len(said) == 160
    assert said.startswith("Janet Smith wrote a note about the offer of last week on: The United")
    assert said.endswith("... https://crm.example/customers/7/")


def test_then_the_verb_and_the_name_are_cut() -> None:
    said = text(target_label=LABEL, verb="v" * 200)
    assert len(said) <= 160
    assert said.startswith("Janet Smith vvv")
    assert said.endswith("vvv...: ... https://crm.example/customers/7/")
    said = text(target_label=LABEL, verb="v" * 200, actor_name="J" * 200)
    assert len(said) <= 160
    assert said.startswith("JJJ")
    assert said.endswith("... ...: ... https://crm.example/customers/7/")
    assert text(target_label="ab", verb="v" * 200).endswith("...: https://crm.example/customers/7/")


def test_the_link_of_a_recipient_who_is_a_user_tells_that_it_was_opened() -> None:
    activity = Activity(actor_name="Janet", verb="called", target_label="Contoso", url="/c/7/")
    row = Notification(pk=7, recipient_id=1, activity=activity)
    said = write(row, conf=get_settings())
    assert said.startswith("Janet called: Contoso https://crm.example/notify/open/")
    row.activity.url = "https://elsewhere.example/7/"
    assert write(row, conf=get_settings()) == "Janet called: Contoso https://elsewhere.example/7/"


def test_a_link_that_leaves_no_room_is_left_out() -> None:
    assert text(url=f"/customers/{'7' * 100}/") == "Janet Smith logged a call: Contoso"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ label }} " + "x" * 150 + " {{ link }}", "Contoso " + "x" * 150),
        ("x" * 300, "x" * 160),
    ],
)
def test_a_hosts_own_template_is_cut_too_and_never_within_a_link(
    settings: Any, tmp_path: Any, template: str, said: str
) -> None:
    folder = tmp_path / "crm_notify" / "sms"
    folder.mkdir(parents=True)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(tmp_path)]}]
    (folder / "text.txt").write_text(template)
    assert text() == said


def test_it_is_in_the_recipients_language(
    settings: Any, crm_notify_settings: Change, tmp_path: Any
) -> None:
    folder = tmp_path / "crm_notify" / "sms"
    folder.mkdir(parents=True)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(tmp_path)]}]
    (folder / "text.txt").write_text(
        "{% load i18n %}{% get_current_language as code %}{{ code }} {{ label }}"
    )
    settings.LANGUAGE_CODE = "de"
    assert text() == "de Contoso"


@pytest.mark.parametrize("hostile", ["Con\ntoso", "Con\u202etoso", "Con\x00toso"])
def test_peoples_words_stay_on_one_line_and_read_as_they_are_written(hostile: str) -> None:
    said = text(target_label=hostile)
    assert not set(said) & set("\n\x00\u202e")


def test_a_name_is_no_markup() -> None:
    assert text(target_label="<b>R&D</b>", url="") == "Janet Smith logged a call: <b>R&D</b>"
