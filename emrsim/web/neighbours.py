"""The endpoint of the services beside EMR and S3: checks signatures, and puts refusals into their words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from emrsim.core.errors import EmrError, NotImplementedHere
from emrsim.core.ports import CannotAnswer
from emrsim.core.request_errors import body_unreadable
from emrsim.service.waiting_room import NoRoom, WaitingRoom
from emrsim.web.bodies import TooLarge, body_of
from emrsim.wire.refusal import render_refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# The service's name in a signature's scope, and what a WSGI application gets.
Answer = Callable[[str, "WSGIEnvironment", "StartResponse"], Iterable[bytes]]
SignatureCheck = Callable[[dict[str, Any], bytes, str], None]

_BODY_BYTES_MAX = 1024 * 1024  # as CloudWatch's, the largest of theirs (source: PutMetricData)


class _Throttled(EmrError):
    """Too many calls at once, as all of AWS's services have it."""

    code = "ThrottlingException"
    query_code = "Throttling"


def neighbour_endpoint(answer: Answer, check_signature: SignatureCheck, waiting_room: WaitingRoom) -> Answer:
    """`answer`, which may raise CannotAnswer, for calls that `check_signature` lets in."""

    def endpoint(service: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            body = body_of(environ, _BODY_BYTES_MAX)
            check_signature(environ, body, service)
            with waiting_room.place():  # the first call loads moto
                return answer(service, environ, start_response)
        except CannotAnswer as error:
            return _refuse(service, NotImplementedHere(str(error)), environ, start_response)
        except NoRoom as error:
            return _refuse(service, _Throttled(str(error)), environ, start_response)
        except TooLarge as error:
            return _refuse(service, body_unreadable(str(error)), environ, start_response)
        except EmrError as error:
            return _refuse(service, error, environ, start_response)

    return endpoint


def _refuse(
    service: str, error: EmrError, environ: WSGIEnvironment, start_response: StartResponse
) -> list[bytes]:
    content_type, body = render_refusal(service, environ.get("CONTENT_TYPE", ""), error)
    status = f"{error.status} {HTTPStatus(error.status).phrase}"
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]
