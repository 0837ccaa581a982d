"""What a failed call to a provider's API says: passing, final, or that nobody knows."""

from __future__ import annotations

import ssl
from typing import Any

import requests
from anymail.exceptions import AnymailAPIError
from urllib3.exceptions import NewConnectionError

from crm_notify.channels.base import Answer
from crm_notify.channels.status import of_status
from crm_notify.models import Attempt
from crm_notify.rules.evidence import Blame

Result = Attempt.Result

#: Amazon SES v2, "Common Error Types" and the errors of SendEmail.
PASSING_AWS = frozenset(
    {
        "LimitExceededException",
        "RequestTimeout",
        "RequestTimeoutException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
OUR_AWS = frozenset(
    {
        "AccessDeniedException",
        "AccountSuspendedException",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MailFromDomainNotVerifiedException",
        "MissingAuthenticationTokenException",
        "NotFoundException",
        "OptInRequired",
        "SendingPausedException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
#: botocore's own errors, by name since the package is optional: those raised before the call
#: could have arrived, and those that say it is set up wrongly.
NOT_ARRIVED_AWS = frozenset(
    {"ConnectTimeoutError", "EndpointConnectionError", "ProxyConnectionError"}
)
NOT_SET_UP_AWS = frozenset(
    {"NoCredentialsError", "ParamValidationError", "PartialCredentialsError"}
)

#: Errors that stand in the body, under an HTTP status that says something else. Mandrill answers
#: 500 to whatever is wrong (mailchimp.com/developer/transactional/docs/error-glossary), Postal 200
#: (docs.postalserver.io/developer/api).
NAMED_BY_MANDRILL = frozenset(
    {"Invalid_Key", "PaymentRequired", "Unknown_Subaccount", "ValidationError"}
)
OUR_NAMED = frozenset(
    {
        "AccessDenied",
        "InvalidServerAPIKey",
        "Invalid_Key",
        "PaymentRequired",
        "ServerSuspended",
        "UnauthenticatedFromAddress",
        "Unknown_Subaccount",
    }
)


def api_answer(error: AnymailAPIError) -> Answer:
    """Read Anymail's error: an answer of the API, or a failure on the way to it."""
    response = error.response
    if isinstance(response, dict):
        return _aws(error, response)
    if response is None:
        return _without_answer(error)
    named = _named(response)
    status = response.status_code
    if named and (200 <= status < 300 or named in NAMED_BY_MANDRILL):
        blame = Blame.SENDER if named in OUR_NAMED else Blame.UNKNOWN
        return _answer(Result.REFUSED, error, code=named, blame=blame)
    return _by_status(status, error, code=str(status))


def _by_status(status: int, error: AnymailAPIError, *, code: str) -> Answer:
    result, blame = of_status(status)
    return _answer(result, error, code=code, blame=blame)


def _aws(error: AnymailAPIError, response: dict[str, Any]) -> Answer:
    name = str(response.get("Error", {}).get("Code", ""))
    if name in PASSING_AWS:
        return _answer(Result.LATER, error, code=name, blame=Blame.SERVER)
    if name in OUR_AWS:
        return _answer(Result.REFUSED, error, code=name, blame=Blame.SENDER)
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400))
    return _by_status(status, error, code=name)


def _without_answer(error: AnymailAPIError) -> Answer:
    """It may pass if the call cannot have arrived; else nobody knows whether it did."""
    name = type(error.__cause__).__name__
    if _never_arrived(error) or name in NOT_ARRIVED_AWS:
        return _answer(Result.LATER, error, blame=Blame.SERVER)
    if isinstance(error, ValueError) or name in NOT_SET_UP_AWS:
        # requests: the address of the API, or a header, cannot be used at all.
        return _answer(Result.REFUSED, error, blame=Blame.SENDER)
    return _answer(Result.UNKNOWN, error, blame=Blame.SERVER)


def _never_arrived(error: AnymailAPIError) -> bool:
    """Whether no connection came about, or none that could be trusted with the call."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    # What requests raises holds urllib3's error, which holds the reason.
    cause = error.__cause__
    pool_error = cause.args[0] if cause is not None and cause.args else None
    reason = getattr(pool_error, "reason", None)
    if isinstance(reason, NewConnectionError):
        return True
    return any(
        isinstance(part, ssl.SSLCertVerificationError) for part in getattr(reason, "args", ())
    )


def _named(response: requests.Response) -> str:
    """The name of the error that the body gives, or an empty string."""
    try:
        body = response.json()
    except ValueError:
        return ""
    if not isinstance(body, dict) or body.get("status") not in {"error", "parameter-error"}:
        return ""
    data = body.get("data")
    code = data.get("code") if isinstance(data, dict) else None
    return str(body.get("name") or code or body["status"])


def _answer(result: Result, error: Exception, *, code: str = "", blame: Blame) -> Answer:
    return Answer(result=result, code=code, text=str(error), blame=blame)
