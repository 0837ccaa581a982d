"""The errors that the provider's API answers, in SparkPost's shape."""

from __future__ import annotations


class ApiError(Exception):
    """A request, or one recipient of it, that is not taken.

    `status` is the HTTP status; `message`, `code` and `description` are as in
    support.sparkpost.com/docs/tech-resources/extended-error-codes.
    """

    def __init__(self, status: int, message: str, code: str = "", description: str = "") -> None:
        super().__init__(description or message)
        self.status = status
        self.message = message
        self.code = code
        self.description = description

    def as_json(self) -> dict[str, str]:
        """The error as it stands in a list of errors, without the fields that it lacks."""
        fields = {"message": self.message, "code": self.code, "description": self.description}
        return {name: value for name, value in fields.items() if value}


def invalid(description: str) -> ApiError:
    """A field of the wrong type, form or length."""
    return ApiError(422, "invalid data format/type", "1300", description)


def missing(description: str) -> ApiError:
    """A field that has to be there and is not."""
    return ApiError(422, "required field is missing", "1400", description)
