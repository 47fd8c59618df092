"""The errors of the faults of `core.faults`: codes and wordings of AWS's services.

Those of EMR are AWS's common ones (docs/facts/api.md#errors for throttling, there assumed; the others assumed
from AWS's list of common errors). Those of S3: source: S3 API Reference, Error Responses.
"""

from __future__ import annotations

from dataclasses import dataclass

from emrsim.core.errors import EmrError
from emrsim.core.faults import EXPIRED_CREDENTIALS, THROTTLING, Fault


@dataclass(frozen=True)
class S3Trouble:
    """An error of S3's."""

    code: str
    message: str
    status: int


class InjectedError(EmrError):
    """An error that somebody asked for; also what neighbours answer, whose protocols are like EMR's."""

    def __init__(self, code: str, query_code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.query_code = query_code
        self.status = status


_EMR_BY_STATUS = {
    500: (
        "InternalFailure",
        "The request processing has failed because of an unknown error, exception or failure.",
    ),
    503: ("ServiceUnavailable", "The request has failed due to a temporary failure of the server."),
}
_S3_BY_STATUS = {
    500: ("InternalError", "We encountered an internal error. Please try again."),
    503: ("ServiceUnavailable", "Service is unable to handle request."),
}


def emr_error_of(fault: Fault) -> InjectedError:
    """The error answer of EMR, or of a neighbour, that a fault stands for."""
    if fault.kind == THROTTLING:
        return InjectedError("ThrottlingException", "Throttling", "Rate exceeded", 400)
    if fault.kind == EXPIRED_CREDENTIALS:
        message = "The security token included in the request is expired"
        return InjectedError("ExpiredTokenException", "ExpiredToken", message, 403)
    code, message, status = _of_status(fault, _EMR_BY_STATUS)
    return InjectedError(code, code, message, status)


def s3_error_of(fault: Fault) -> S3Trouble:
    """The error answer of S3 that a fault stands for."""
    if fault.kind == THROTTLING:
        return S3Trouble("SlowDown", "Please reduce your request rate.", 503)
    if fault.kind == EXPIRED_CREDENTIALS:
        return S3Trouble("ExpiredToken", "The provided token has expired.", 400)
    return S3Trouble(*_of_status(fault, _S3_BY_STATUS))


def _of_status(fault: Fault, by_status: dict[int, tuple[str, str]]) -> tuple[str, str, int]:
    """Code, message and status of the fault `error`; what was not given follows from the status."""
    status = fault.details["status"]
    code, message = by_status.get(status, by_status[500])
    return fault.details["code"] or code, fault.details["message"] or message, status
