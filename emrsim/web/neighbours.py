"""The endpoint of the services beside EMR and S3: checks signatures, and puts refusals into their words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from emrsim.core.errors import EmrError, NotImplementedHere
from emrsim.core.ports import CannotAnswer
from emrsim.web.bodies import body_of
from emrsim.wire.refusal import render_refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# The service's name in a signature's scope, and what a WSGI application gets.
Answer = Callable[[str, "WSGIEnvironment", "StartResponse"], Iterable[bytes]]
SignatureCheck = Callable[[dict[str, Any], bytes, str], None]


def neighbour_endpoint(answer: Answer, check_signature: SignatureCheck) -> Answer:
    """`answer`, which may raise CannotAnswer, for calls that `check_signature` lets in."""

    def endpoint(service: str, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            body = body_of(environ)
            check_signature(environ, body, service)
            return answer(service, environ, start_response)
        except CannotAnswer as error:
            return _refuse(service, NotImplementedHere(str(error)), environ, start_response)
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
