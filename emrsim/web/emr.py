"""The EMR endpoint: bytes of either protocol to an operation, and its result or error back to bytes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Request, Response, g, request
from werkzeug.exceptions import HTTPException

from emrsim.api.table import call, handler_of
from emrsim.api.waited_for import wait_for_answer
from emrsim.core import request_errors
from emrsim.core.errors import EmrError
from emrsim.service.bugs import Bugs
from emrsim.service.emulator import EmulatorState
from emrsim.service.journal import RESULT_BYTES_MAX
from emrsim.service.settle import Settle
from emrsim.web.bodies import TooLarge, pairs_of
from emrsim.wire import json as json_protocol
from emrsim.wire import query as query_protocol
from emrsim.wire.model import Operation, emr_model
from emrsim.wire.scope import region_of
from emrsim.wire.validate import validate

_FEATURES = re.compile(r"(?:^|\s)m/(\S+)")

SignatureCheck = Callable[[dict[str, Any], bytes], None]

BODY_BYTES_MAX = 10 * 1024 * 1024  # 256 steps of 10,280-character arguments do not fit AWS's limit either


@dataclass(frozen=True)
class Protocol:
    """One of the two protocols, for one request."""

    content_type: str
    operation_name: Callable[[Request], str]
    parse: Callable[[Operation, Request], dict[str, Any]]
    render: Callable[[Operation, Mapping[str, Any], str], bytes]
    render_error: Callable[[EmrError, str], bytes]


def emr_app(state: EmulatorState, settle: Settle, bugs: Bugs, check_signature: SignatureCheck) -> Flask:
    """The application that answers EMR's calls; `check_signature` raises the EmrError of a bad one."""
    app = Flask("emrsim", static_folder=None)

    def endpoint() -> Response:
        protocol = _JSON if "X-Amz-Target" in request.headers else _QUERY
        request_id = str(uuid.uuid4())
        try:
            _refuse_large_body()
            check_signature(request.environ, request.get_data())
            response = Response(_answer(protocol, state, settle, request_id), 200)
        except EmrError as error:
            response = Response(protocol.render_error(error, request_id), error.status)
        except Exception as bug:
            return _bug(bug, bugs)
        response.content_type = protocol.content_type
        response.headers["x-amzn-RequestId"] = request_id
        return response

    def no_such_place(error: HTTPException) -> Response:
        """A path or method that EMR does not have, in EMR's words and not as a page of Flask's."""
        protocol = _JSON if "X-Amz-Target" in request.headers else _QUERY
        refusal = request_errors.unknown_operation(f"{request.method} {request.path}"[:200])
        body = protocol.render_error(refusal, str(uuid.uuid4()))
        return Response(body, error.code or 404, content_type=protocol.content_type)

    app.add_url_rule("/", view_func=endpoint, methods=["GET", "POST"])
    app.register_error_handler(HTTPException, no_such_place)
    return app


def _answer(protocol: Protocol, state: EmulatorState, settle: Settle, request_id: str) -> bytes:
    name = protocol.operation_name(request)
    noted = request.environ  # for the journal
    noted["emrsim.operation"] = name
    operation = emr_model().operations.get(name)
    if operation is None:
        raise request_errors.unknown_operation(name)
    handler_of(name)  # what is not built says so, whatever the parameters are
    try:
        params = noted["emrsim.parameters"] = protocol.parse(operation, request)
        validate(emr_model(), operation, params)
    except RecursionError:
        raise request_errors.body_unreadable("The request is nested too deeply.") from None
    wait_for_answer(settle, name, params, _is_waiter(request.headers.get("User-Agent", "")))
    result = call(state, name, params, _region(request))
    answer = protocol.render(operation, result, request_id)
    if len(answer) <= RESULT_BYTES_MAX:
        noted["emrsim.result"] = result
    return answer


def _region(request: Request) -> str | None:
    query_string = request.query_string.decode("latin-1")
    return region_of(request.headers.get("Authorization", ""), query_string, request.host)


def _is_waiter(user_agent: str) -> bool:
    """Whether a waiter of botocore's asks: feature `B` in `m/Z,B,N` (source: botocore, useragent.py)."""
    features = _FEATURES.search(user_agent)
    return features is not None and "B" in features.group(1).split(",")


def _refuse_large_body() -> None:
    if (request.content_length or 0) > BODY_BYTES_MAX:
        raise request_errors.body_unreadable(f"The request body is larger than {BODY_BYTES_MAX} bytes.")


def _bug(bug: Exception, bugs: Bugs) -> Response:
    """A bug of ours: no error of AWS's, and no status at which boto 2 tries again for a minute."""
    bugs.record(bug)
    return Response(f"This is a bug of emrsim's: {bug!r}\n", 501, content_type="text/plain; charset=utf-8")


def _json_operation_name(request: Request) -> str:
    return request.headers["X-Amz-Target"].removeprefix(json_protocol.TARGET_PREFIX)


def _form(request: Request) -> dict[str, str]:
    """The query string and the form in the body; of a name that stands twice, the last counts."""
    return {**_pairs(request.query_string), **_body_pairs()}


def _body_pairs() -> dict[str, str]:
    """The body as a form, read once a request: signature, operation and parameters all look at it."""
    if "body_pairs" not in g:
        g.body_pairs = _pairs(request.get_data())
    pairs: dict[str, str] = g.body_pairs
    return pairs


def _pairs(text: bytes) -> dict[str, str]:
    try:
        return dict(pairs_of(text.decode("ascii"), errors="strict"))
    except TooLarge as error:
        raise request_errors.body_unreadable(str(error)) from None
    except ValueError:
        raise request_errors.body_unreadable("The form is not URL-encoded UTF-8.") from None


def _query_operation_name(request: Request) -> str:
    name = _form(request).get("Action")
    if not name:
        raise request_errors.missing_action()
    return name


_JSON = Protocol(
    content_type=json_protocol.CONTENT_TYPE,
    operation_name=_json_operation_name,
    parse=lambda operation, request: json_protocol.parse(emr_model(), operation, request.get_data()),
    render=lambda operation, result, _: json_protocol.render(emr_model(), operation, result),
    render_error=lambda error, _: json_protocol.render_error(error),
)
_QUERY = Protocol(
    content_type=query_protocol.CONTENT_TYPE,
    operation_name=_query_operation_name,
    parse=lambda operation, request: query_protocol.parse(emr_model(), operation, _form(request)),
    render=lambda operation, result, request_id: query_protocol.render(
        emr_model(), operation, result, request_id
    ),
    render_error=query_protocol.render_error,
)
