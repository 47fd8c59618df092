"""What the forms do, as clients do it: operations of EMR, checked and journaled, and calls of `/_emrsim`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from io import SEEK_END, BytesIO
from time import perf_counter
from typing import IO, Any

from emrsim.api.table import call
from emrsim.core.errors import EmrError
from emrsim.service.journal import Entry
from emrsim.web.console.site import Site
from emrsim.web.control import PREFIX
from emrsim.wire import json as json_protocol
from emrsim.wire.model import emr_model
from emrsim.wire.validate import validate

CLIENT = "emrsim console"


class Rejected(Exception):
    """What somebody asked for is rejected; the message says why."""


def call_emr(site: Site, operation: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Return the result of an operation of EMR; it is in the journal. Raises Rejected."""
    began = perf_counter()
    asked: Mapping[str, Any] = params
    try:
        model = emr_model()
        shape = model.operations[operation]
        body = json.dumps(params, default=str).encode()
        asked = json_protocol.parse(model, shape, body)
        validate(model, shape, asked)
        result = call(site.controls.state, operation, dict(asked), region)
    except EmrError as error:
        code = json_protocol.render_error(error)
        _record(site, operation, asked, None, error.status, code, began)
        raise Rejected(error.message) from None
    _record(site, operation, asked, result, 200, b"", began)
    return result


def _record(
    site: Site,
    operation: str,
    params: Mapping[str, Any],
    result: Mapping[str, Any] | None,
    status: int,
    answer: bytes,
    began: float,
) -> None:
    entry = Entry(
        time=site.now,
        service="emr",
        operation=operation,
        parameters=params,
        result=result,
        request={},
        status=status,
        answer=answer,
        client=CLIENT,
        seconds=perf_counter() - began,
        size_bytes=0,
        faults=(),
    )
    site.controls.journal.record(entry)


def call_control(
    site: Site,
    method: str,
    path: str,
    body: IO[bytes] | Mapping[str, Any] | None = None,
    content_type: str = "application/json",
) -> dict[str, Any]:
    """Return the answer of a call below `/_emrsim/`. Raises Rejected."""
    content = BytesIO(json.dumps(body or {}).encode()) if body is None or isinstance(body, Mapping) else body
    size = content.seek(0, SEEK_END)
    content.seek(0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": f"{PREFIX}{path}",
        "QUERY_STRING": "",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(size),
        "wsgi.input": content,
    }
    statuses: list[str] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
        statuses.append(status)
        return lambda piece: None

    answer = b"".join(site.control(environ, start))
    found: dict[str, Any] = json.loads(answer)
    if not statuses[-1].startswith("2"):
        raise Rejected(str(found.get("error", answer.decode("utf-8", "replace"))))
    return found


def read_json(text: str, place: str) -> dict[str, Any]:
    """Return the JSON object in a text field. Raises Rejected."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise Rejected(f"{place}: not JSON: {error}") from None
    if not isinstance(found, dict):
        raise Rejected(f"{place}: expected a JSON object")
    return found


def cancel_step(site: Site, cluster_id: str, step_id: str, region: str) -> None:
    """Cancel a step, at once if it runs. Raises Rejected."""
    params = {
        "ClusterId": cluster_id,
        "StepIds": [step_id],
        "StepCancellationOption": "SEND_INTERRUPT",
    }
    answer = call_emr(site, "CancelSteps", params, region)
    for one in answer["CancelStepsInfoList"]:
        if one["Status"] == "FAILED":
            raise Rejected(one["Reason"])


def terminate(site: Site, cluster_id: str, region: str) -> None:
    """Terminate a cluster, also one that is protected: who asks has been asked twice. Raises Rejected."""
    with site.controls.state.locked():
        is_protected = site.cluster(cluster_id).termination_protected
    if is_protected:
        params = {"JobFlowIds": [cluster_id], "TerminationProtected": False}
        call_emr(site, "SetTerminationProtection", params, region)
    call_emr(site, "TerminateJobFlows", {"JobFlowIds": [cluster_id]}, region)


def number_in(text: str, default: int) -> int:
    """Return the whole number in a field; the default where there is none."""
    with suppress(ValueError):
        return int(text)
    return default
