"""The mail itself: who it is from, what it says, in which language, and how it threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from pytest_django import Settings

from crm_notify.channels.email.letter import write
from crm_notify.channels.email.message import Letter
from crm_notify.channels.wording import site_language
from crm_notify.conf import get_settings
from crm_notify.exceptions import RefusedInput, SettingsError
from crm_notify.models import Attempt
from crm_notify.rules import token
from crm_notify.rules.providers import PROVIDERS
from crm_notify.rules.token import Purpose
from tests.channels.email.arrived import mailboxes

Make = Callable[..., Attempt]
HOOKS = "tests.channels.email.hooks"


def written(attempt: Attempt, provider: str = "smtp") -> Letter:
    return write(attempt, conf=get_settings(), provider=PROVIDERS[provider])


def html_of(letter: Letter) -> str:
    ((content, kind),) = letter.alternatives
    assert kind == "text/html"
    return str(content)


def conf(settings: Settings, **changes: Any) -> None:
    settings.CRM_NOTIFY = {**settings.CRM_NOTIFY, **changes}


def test_an_actor_of_a_verified_domain_is_the_sender_himself(attempt: Make) -> None:
    letter = written(attempt(), "sparkpost")
    assert letter.from_email == '"Janet Smith" <janet@crm.example>'
    assert letter.reply_to == []


def test_any_other_actor_is_answered_by_reply_to(attempt: Make) -> None:
    letter = written(attempt(actor_address="janet@elsewhere.example"), "sparkpost")
    assert letter.from_email == '"Janet Smith via Acme CRM" <notify@crm.example>'
    assert letter.reply_to == ['"Janet Smith" <janet@elsewhere.example>']


@pytest.mark.parametrize("address", ["", "no address", "a@b.example, c@d.example"])
def test_an_actor_without_a_usable_address_still_has_his_news_told(
    address: str, attempt: Make
) -> None:
    letter = written(attempt(actor_address=address), "sparkpost")
    assert letter.from_email == '"Janet Smith via Acme CRM" <notify@crm.example>'
    assert letter.reply_to == []


def test_news_without_an_actor_come_from_the_product(attempt: Make) -> None:
    letter = written(attempt(actor_name="", actor_address=""), "sparkpost")
    assert letter.from_email == '"Acme CRM" <notify@crm.example>'
    assert "Acme CRM logged a call: Contoso" in letter.body
    assert "Acme CRM sent you this." in letter.body
    assert "Acme CRM sent you this." in html_of(letter)


def test_verified_domains_may_be_written_in_unicode(settings: Settings, attempt: Make) -> None:
    conf(settings, SENDER_DOMAINS=["bücher.example"], RETURN_PATH_DOMAIN="rück.bücher.example")
    letter = written(attempt(actor_address="janet@Bücher.example"))
    assert letter.extra_headers["From"] == '"Janet Smith" <janet@xn--bcher-kva.example>'
    assert letter.from_email.endswith("@xn--rck-hoa.xn--bcher-kva.example")


@pytest.mark.parametrize("sender", ["", "Acme <notify@crm.example>", "notify@crm\n.example"])
def test_a_sender_that_cannot_be_used_is_a_mistake_in_the_settings(
    sender: str, settings: Settings, attempt: Make
) -> None:
    conf(settings, SENDER=sender)
    with pytest.raises(SettingsError, match="SENDER"):
        written(attempt())


def test_the_subject_is_the_record_and_nothing_else_so_that_mails_thread(attempt: Make) -> None:
    call = written(attempt(pk=1, verb="logged a call"))
    note = written(attempt(pk=2, verb="wrote a note", text="Another."))
    deal = written(attempt(pk=3, target_id="2", target_label="Fabrikam"))
    assert call.subject == note.subject == "Contoso"
    threads = [letter.extra_headers["References"] for letter in (call, note, deal)]
    assert threads[0] == threads[1] != threads[2]
    assert call.extra_headers["In-Reply-To"] == threads[0]


def test_a_record_without_a_name_goes_by_the_products(attempt: Make) -> None:
    assert written(attempt(target_label="")).subject == "Acme CRM"


def test_a_repeated_mail_has_the_same_message_id_and_another_token(attempt: Make) -> None:
    first, second = attempt(pk=1), attempt(pk=1)
    second.pk = 2
    one, two = written(first), written(second)
    assert one.extra_headers["Message-ID"] == two.extra_headers["Message-ID"]
    assert one.extra_headers["X-CRM-Notification"] != two.extra_headers["X-CRM-Notification"]


def test_one_click_unsubscribes(attempt: Make) -> None:
    letter = written(attempt(pk=9))
    headers = letter.extra_headers
    prefix = "<https://crm.example/notify/unsubscribe/"
    assert headers["List-Unsubscribe"].startswith(prefix)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    name = headers["List-Unsubscribe"].removeprefix(prefix).rstrip("/>")
    settings = get_settings()
    read = token.read(name, keys=settings.RETURN_PATH_KEYS, installation=settings.INSTALLATION)
    assert read is not None
    assert (read.purpose, read.id) == (Purpose.UNSUBSCRIBE, 9)
    assert headers["List-Unsubscribe"].strip("<>") in letter.body
    assert headers["List-Unsubscribe"].strip("<>") in html_of(letter)


@pytest.mark.parametrize("missing", ["base", "urls"])
def test_without_a_place_to_unsubscribe_at_nothing_is_offered(
    missing: str, settings: Settings, attempt: Make
) -> None:
    if missing == "base":
        conf(settings, BASE_URL="")
    else:
        settings.ROOT_URLCONF = "tests.channels.email.no_urls"
    letter = written(attempt())
    assert "List-Unsubscribe" not in letter.extra_headers
    assert "List-Unsubscribe-Post" not in letter.extra_headers
    assert "No more such mail" not in letter.body
    assert "No more such mail" not in html_of(letter)


@pytest.mark.parametrize("missing", ["", "base", "urls", "user"])
def test_who_is_a_user_can_choose_what_he_hears_of(
    missing: str, settings: Settings, attempt: Make
) -> None:
    if missing == "base":
        conf(settings, BASE_URL="")
    if missing == "urls":
        settings.ROOT_URLCONF = "tests.channels.email.no_urls"
    letter = written(attempt(recipient=None if missing == "user" else get_user_model()(pk=5)))
    offered = not missing
    assert ("https://crm.example/notify/preferences/" in letter.body) is offered
    assert ("https://crm.example/notify/preferences/" in html_of(letter)) is offered
    assert ("Choose what you hear of" in letter.body) is offered


@pytest.mark.parametrize(
    ("by_token", "by_session", "offered"),
    [(True, False, False), (True, True, True), (False, False, True)],
)
def test_a_page_that_no_browser_could_open_is_not_offered(
    by_token: bool, by_session: bool, offered: bool, settings: Settings, attempt: Make
) -> None:
    if by_token:
        conf(settings, AUTHENTICATE="crm_notify.views.asking.rest_framework")
    if not by_session:
        settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "auth." not in one]
    letter = written(attempt(recipient=get_user_model()(pk=5)))
    assert ("Choose what you hear of" in letter.body) is offered
    assert ("/notify/preferences/" in html_of(letter)) is offered


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("/customers/1/", "https://crm.example/customers/1/"),
        ("https://other.example/x", "https://other.example/x"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("http://[/", ""),
        ("http://", ""),
        ("/kunden/müller/?q=ü", "https://crm.example/kunden/m%C3%BCller/?q=%C3%BC"),
        ("https://bücher.example:8443/x", "https://xn--bcher-kva.example:8443/x"),
        ("https://\U0001f600.example/x", ""),
    ],
)
def test_only_what_a_mail_program_can_open_is_a_link(url: str, link: str, attempt: Make) -> None:
    letter = written(attempt(url=url))
    assert (f"Open it: {link}" in letter.body) == bool(link)
    assert ("Open it" in html_of(letter)) == bool(link)
    assert "javascript" not in html_of(letter)


def test_without_a_base_url_a_path_is_no_link(settings: Settings, attempt: Make) -> None:
    conf(settings, BASE_URL="")
    assert "Open it" not in written(attempt()).body


def test_what_people_wrote_is_escaped_in_html_and_kept_in_text(attempt: Make) -> None:
    letter = written(attempt(text="<script>alert(1)</script> & so on", target_label="A & B <i>"))
    assert "<script>alert(1)</script> & so on" in letter.body
    assert letter.subject == "A & B <i>"
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; so on" in html_of(letter)
    assert "<script" not in html_of(letter)
    assert "<i>" not in html_of(letter)


def test_news_without_a_text_are_short(attempt: Make) -> None:
    letter = written(attempt(text=""))
    assert letter.body.startswith("Janet Smith logged a call: Contoso\n\nOpen it: ")
    assert 'class="text"' not in html_of(letter)


def test_the_recipients_language_is_the_hosts_word(
    settings: Settings, attempt: Make, django_user_model: Any
) -> None:
    conf(settings, LANGUAGE=f"{HOOKS}.german")
    letter = written(attempt(recipient=django_user_model(username="john")))
    assert "Öffnen: https://crm.example/customers/1/" in letter.body
    assert "Acme CRM schickt Ihnen das für Janet Smith." in letter.body
    assert "Keine solchen Mails mehr" in html_of(letter)
    assert '<html lang="de" dir="ltr">' in html_of(letter)


@pytest.mark.parametrize("hook", ["", "unheard_of", "unset", "broken"])
def test_else_it_is_the_sites_whatever_language_the_worker_speaks(
    hook: str, settings: Settings, attempt: Make, django_user_model: Any
) -> None:
    conf(settings, LANGUAGE=f"{HOOKS}.{hook}" if hook else "")
    settings.LANGUAGE_CODE = "de"
    with translation.override("fr"):
        letter = written(attempt(recipient=django_user_model(username="john")))
        assert translation.get_language() == "fr"
    assert "Öffnen" in letter.body
    assert '<html lang="de"' in html_of(letter)


def test_who_is_gone_is_written_to_in_the_sites_language(settings: Settings, attempt: Make) -> None:
    conf(settings, LANGUAGE=f"{HOOKS}.german")
    assert "Open it" in written(attempt(recipient=None)).body


def test_a_language_from_right_to_left_turns_the_page(settings: Settings, attempt: Make) -> None:
    settings.LANGUAGE_CODE = "ar"
    html = html_of(written(attempt()))
    assert '<html lang="ar" dir="rtl">' in html
    assert 'align="right"' in html
    assert 'align="left"' not in html


def test_a_host_can_replace_a_part_of_the_mail(
    settings: Settings, attempt: Make, tmp_path: Path
) -> None:
    folder = tmp_path / "crm_notify" / "email"
    folder.mkdir(parents=True)
    (folder / "body.html").write_text(
        '{% extends "crm_notify/email/body.html" %}{% block foot %}<p>Acme Ltd.</p>{% endblock %}'
    )
    (folder / "subject.txt").write_text("News of\n{{ activity.target_label }}\n")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    letter = written(attempt())
    assert letter.subject == "News of Contoso"
    assert "<p>Acme Ltd.</p>" in html_of(letter)
    assert "They are ready to close today." in html_of(letter)
    assert "sent you this" not in html_of(letter)


def test_what_machines_read_is_never_encoded_however_long(
    settings: Settings, attempt: Make
) -> None:
    domain = "bounces.a-company-with-a-rather-long-name.example"
    conf(settings, RETURN_PATH_DOMAIN=domain, BASE_URL=f"https://crm.{domain}/some/path/")
    letter = written(attempt(target_label="Bäckerei " * 30))
    raw = letter.message().as_bytes().replace(b"\n ", b" ")
    lines = dict(line.split(b": ", 1) for line in raw.split(b"\n\n")[0].splitlines())
    for name in ("Message-ID", "In-Reply-To", "References", "List-Unsubscribe"):
        assert lines[name.encode()].strip() == letter.extra_headers[name].encode()
    assert b"=?utf-8?" in lines[b"Subject"]
    assert mailboxes(lines[b"To"].decode())[0].address == "john@example.com"


def test_no_address_is_refused_with_words(attempt: Make) -> None:
    with pytest.raises(RefusedInput, match="no address on file"):
        written(attempt(address=""))


@pytest.mark.parametrize(
    ("base", "forced", "script"),
    [
        ("https://crm.example", None, ""),
        ("https://crm.example/", "/crm", "/crm"),
        ("https://crm.example/office/", None, "/office"),
        ("https://crm.example/office", "/crm", "/office"),
    ],
)
def test_links_know_the_path_below_which_the_project_is(
    base: str, forced: str | None, script: str, settings: Settings, attempt: Make
) -> None:
    settings.FORCE_SCRIPT_NAME = forced
    conf(settings, BASE_URL=base)
    # Whoever sends it, it may have been asked by a request below another one.
    set_script_prefix("/elsewhere")
    try:
        unsubscribe = written(attempt()).extra_headers["List-Unsubscribe"]
        assert get_script_prefix() == "/elsewhere/"
    finally:
        set_script_prefix("/")
    assert unsubscribe.startswith(f"<https://crm.example{script}/notify/unsubscribe/")


def test_the_sites_language_is_one_that_its_addresses_have(settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English")]
    settings.LANGUAGE_CODE = "en-us"
    assert site_language() == "en"
    settings.LANGUAGE_CODE = "xx"
    assert site_language() == "xx"
