"""It does to a POST all that was seen to be done, and writes down that it was asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect


class InTheWay:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with Path(os.environ["APART_DATABASE"] + ".asked").open("a") as asked:
            asked.write(f"{request.path}\n")
        # The body is read as a form, and gone.
        _ = request.POST
        if "X-Tenant" not in request.headers:
            return HttpResponseForbidden("Which tenant?")
        return HttpResponseRedirect(f"https://{request.get_host()}{request.path}")
