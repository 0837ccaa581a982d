"""What a script posts as JSON, read as the fields of the form."""

from __future__ import annotations

import json

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from crm_notify.exceptions import RefusedInput


def read_json(request: HttpRequest) -> None:
    """Put the fields of a JSON body where those of a form are; raises RefusedInput."""
    if request.content_type != "application/json":
        return
    try:
        # Django itself reads no more than DATA_UPLOAD_MAX_MEMORY_SIZE.
        given = json.loads(request.body or b"{}")
    except RequestDataTooBig as error:
        raise RefusedInput(gettext("The JSON is too long.")) from error
    except (ValueError, RecursionError) as error:
        raise RefusedInput(gettext("The body is not JSON.")) from error
    if not isinstance(given, dict) or not all(map(_is_text, given.values())):
        raise RefusedInput(gettext('The JSON must be an object of texts, such as {"how": "..."}.'))
    fields = QueryDict(mutable=True)
    fields.update(given)
    request.POST = fields  # type: ignore[assignment]


def _is_text(value: object) -> bool:
    """JSON can hold half a character, a form cannot."""
    return isinstance(value, str) and not any("\ud800" <= c <= "\udfff" for c in value)
