"""Which address may be the right one: what is suggested beside a warning, and who proposed what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from crm_notify.models import Correction
from crm_notify.models.choices import MEANT
from crm_notify.rules.evidence import Blame
from crm_notify.rules.text import printable
from crm_notify.steps.correct import suggest_for
from crm_notify.steps.person import person
from crm_notify.views.alerts.standing import Open
from crm_notify.views.alerts.values import Suggestion

#: For how many warnings of a page addresses are looked for: that takes time with many users.
LOOKED_AT = 5


def suggestions(opened: Sequence[Open]) -> dict[int, list[Suggestion]]:
    """What may have been meant, by alert; the users are read once, where an address is to blame."""
    wrong: list[Open] = [
        item
        for item in opened
        if item.again_id is None and item.alert.notification.blame == Blame.ADDRESS
    ][:LOOKED_AT]
    found = suggest_for([item.alert.notification for item in wrong])
    return {
        item.alert.pk: [
            Suggestion(
                address=printable(miss.address, 320), why=miss.why, reason=str(MEANT[miss.why])
            )
            for miss in found[item.alert.notification.pk]
        ]
        for item in wrong
    }


def proposals(opened: Sequence[Open]) -> dict[int, Correction]:
    """What is proposed, by alert: one query, none where nothing is."""
    by_id = Correction.objects.select_related("proposed_by").in_bulk(
        [item.proposal_id for item in opened if item.proposal_id]
    )
    return {
        item.alert.pk: by_id[item.proposal_id]
        for item in opened
        # Decided between two queries: then it is no proposal any more.
        if item.proposal_id in by_id
    }


def offered(proposal: Correction | None, suggested: Sequence[Suggestion]) -> Sequence[Suggestion]:
    """What is offered as a button: what was proposed comes first, and each address once."""
    if proposal is None:
        return suggested
    address = printable(proposal.new, 320)
    first = Suggestion(address=address, why="proposed", reason=gettext("is what was proposed"))
    return [first, *(item for item in suggested if item.address.casefold() != address.casefold())]


def proposed(correction: Correction, *, viewer: Any) -> str:
    """Who proposes which address, in words."""
    from_whom = correction.proposed_by
    place = {"address": printable(correction.new, 320)}
    if from_whom is None:
        return gettext("It is proposed to send it to %(address)s.") % place
    if from_whom.pk == viewer.pk:
        return gettext("You proposed %(address)s; that waits for whoever may correct it.") % place
    place["name"] = printable(person(from_whom)[0], 200)
    return gettext("%(name)s proposes %(address)s.") % place
