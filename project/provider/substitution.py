"""SparkPost's `{{ name }}` places, filled in; whoever wants braces kept says so in the options.

Only plain names and dotted paths: conditions, loops and macros of the template language are left
as they stand. Source: developers.sparkpost.com/api/template-language.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"\{\{\{\s*([\w.]+)\s*\}\}\}|\{\{\s*([\w.]+)\s*\}\}")


def substitute(text: str, data: Mapping[str, Any], *, escape: bool = False) -> str:
    """`text` with each place replaced by its value in `data`; a name without value becomes empty.

    With `escape`, values are escaped for HTML, but not in triple braces.
    """

    def value(match: re.Match[str]) -> str:
        raw, plain = match.groups()
        found = _look_up(raw or plain, data)
        return html.escape(found) if escape and plain else found

    return _PLACE.sub(value, text)


def _look_up(path: str, data: Mapping[str, Any]) -> str:
    found: Any = data
    for key in path.split("."):
        if not isinstance(found, Mapping):
            return ""
        found = found.get(key, "")
    return "" if found is None else str(found)
