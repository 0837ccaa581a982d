"""Whoever reads a language that is shipped gets the whole mail in it."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import Node, engines
from django.template.backends.django import DjangoTemplates
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

import crm_notify

OURS = Path(crm_notify.__file__).parent
CATALOGUES = sorted(OURS.glob("locale/*/LC_MESSAGES/django.mo"))
MAILS = sorted(path.name for path in OURS.glob("templates/crm_notify/email/*"))


def said(name: str) -> Iterator[tuple[str, str]]:
    """Every message of a mail's template, with its plural if it has one."""
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    template = engine.engine.get_template(f"crm_notify/email/{name}")
    nodes: list[Node] = list(template.nodelist.get_nodes_by_type(Node))
    for node in nodes:
        if isinstance(node, TranslateNode):
            yield str(node.filter_expression.var.literal), ""
        elif isinstance(node, BlockTranslateNode):
            plural = node.render_token_list(node.plural)[0] if node.plural else ""
            yield node.render_token_list(node.singular)[0], plural


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_word_of_the_mails_is_translated(catalogue: Path, name: str) -> None:
    with catalogue.open("rb") as file:
        words = gettext.GNUTranslations(file)
    missing = [
        one
        for one, plural in said(name)
        if (words.ngettext(one, plural, 1) if plural else words.gettext(one)) == one
    ]
    assert missing == []


def test_the_words_of_a_mail_are_found() -> None:
    assert ("Choose what you hear of", "") in set(said("body.html"))
    assert all(dict(said("digest_subject.txt")).values())
