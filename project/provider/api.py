"""The provider's send API over HTTP: authorization, the documented answers, and the planned ones.

Source: developers.sparkpost.com/api/transmissions and developers.sparkpost.com/api, errors.
"""

from __future__ import annotations

from http import HTTPStatus

from project.provider.errors import ApiError
from project.provider.office import PostOffice
from project.provider.replies import Reply, Request, json_reply
from project.provider.transmissions import Transmission, read_transmission

PATH = "/api/v1/transmissions"
_LIMIT = 420  # the status of a spent sending limit, with a message and a code of its own


def send(office: PostOffice, request: Request) -> Reply:
    """Take a transmission, or say why not; what was arranged for this send happens to it."""
    try:
        authorize(office, request)
        answer = office.next_answer()
        if answer.status != 200:
            office.stopping.wait(answer.seconds)
            raise _arranged(answer.status)
        if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
            raise ApiError(415, "Unsupported Media Type", description="Send application/json")
        transmission = read_transmission(request.body)
        transmission_id = office.accept(transmission, early=answer.early)
    except ApiError as error:
        return json_reply({"errors": [error.as_json()]}, status=error.status)
    office.stopping.wait(answer.seconds)
    return Reply(drop=True) if answer.drop else _accepted(transmission, transmission_id)


def not_here(request: Request) -> Reply:
    """The answer to any other path below /api/."""
    if request.path.rstrip("/") == PATH:
        return json_reply({"errors": [{"message": "invalid HTTP method", "code": "1102"}]}, 405)
    return json_reply({"errors": [{"message": "invalid URI", "code": "1101"}]}, 404)


def authorize(office: PostOffice, request: Request) -> None:
    """Raise ApiError unless the request bears a key that will do."""
    key = request.headers.get("Authorization", "")
    if not key or (office.api_keys and key not in office.api_keys):
        raise ApiError(401, "Unauthorized.")


def _arranged(status: int) -> ApiError:
    if status == _LIMIT:
        return ApiError(status, "Exceed Sending Limit (hourly)", "2101")
    phrases = {each.value: each.phrase for each in HTTPStatus}
    return ApiError(status, phrases.get(status, "Arranged for this send"))


def _accepted(transmission: Transmission, transmission_id: str) -> Reply:
    results: dict[str, object] = {
        "total_rejected_recipients": len(transmission.rejected),
        "total_accepted_recipients": len(transmission.recipients),
        "id": transmission_id,
    }
    if not transmission.rejected:
        return json_reply({"results": results})
    results["rcpt_to_errors"] = [error.as_json() for error in transmission.rejected]
    warning = ApiError(200, "transmission created, but with validation errors", "2000")
    return json_reply({"errors": [warning.as_json()], "results": results})
