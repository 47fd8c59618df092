"""The helpers of `Emulator` for other languages: `/_emrsim/wait`, `…/output`, `…/streaming`, `…/steps`."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from emrsim.core.errors import EmrError
from emrsim.core.ports import StorageError
from emrsim.core.suggestions import unknown
from emrsim.helpers.waiting import NotReached
from emrsim.web.control.calls import Call, Controls, File, NothingThere, Refusal

WAIT_SECONDS = 30.0  # if nothing else is asked for
WAIT_SECONDS_MAX = 300.0

_PROGRAMS = ("mapper", "reducer", "combiner")
_STREAMING = (*_PROGRAMS, "input", "output", "arguments", "timeout")


class _Late(Refusal):
    """A state that was not reached."""

    status = "409 Conflict"


def wait(controls: Controls, call: Call) -> dict[str, Any]:
    """`?id=`, `&state=` (several with commas; any end if left out), `&timeout=` in seconds."""
    _check_names(call.query, ("id", "state", "timeout"))
    if not call.query.get("id"):
        raise Refusal("id: required: a cluster (j-…) or step (s-…)")
    states = call.query["state"].split(",") if "state" in call.query else None
    try:
        state = controls.helpers.wait(call.query["id"], states, _seconds(call.query.get("timeout")))
    except KeyError as error:
        raise NothingThere(f"id: {error.args[0]}") from None
    except ValueError as error:
        raise Refusal(f"state: {error}") from None
    except NotReached as error:
        raise _Late(str(error)) from None
    return {"id": call.query["id"], "state": state}


def progress(controls: Controls, call: Call) -> dict[str, Any]:
    """`steps/s-…/progress`: how far the streaming jobs of a step are."""
    try:
        reports = controls.helpers.progress(call.words["id"])
    except KeyError as error:
        raise NothingThere(str(error.args[0])) from None
    return {"jobs": [asdict(report) for report in reports]}


def output(controls: Controls, call: Call) -> File:
    """`?uri=s3://bucket/out/`: all parts, in order, hidden files left out, decompressed.

    Headers name each link that is left out because it leads out of S3.
    """
    _check_names(call.query, ("uri",))
    left_out: list[str] = []
    content = tempfile.TemporaryFile()  # noqa: SIM115  the sender closes it
    try:
        size = controls.helpers.copy_output(call.query.get("uri", ""), content, left_out.append)
        content.seek(0)
    except BaseException as error:
        content.close()
        if isinstance(error, FileNotFoundError):
            raise NothingThere(f"uri: {error}") from None
        if isinstance(error, StorageError | ValueError | OSError):
            raise Refusal(f"uri: {error}") from None
        raise
    return File("application/octet-stream", content, size, left_out)


def streaming(controls: Controls, call: Call) -> dict[str, Any]:
    """Run a streaming job of commands and answer its result, whatever that is.

    `mapper`, `reducer`, `combiner` are commands, `input` is text or a URI or a list of these.
    """
    asked = call.json()
    _check_names(asked, _STREAMING)
    for name in _PROGRAMS:
        if not isinstance(asked.get(name, ""), str):
            raise Refusal(f"{name}: expected a command")
    for name in ("mapper", "input"):
        if name not in asked:
            raise Refusal(f"{name}: required")
    if not isinstance(asked["input"], str) and not _is_texts(asked["input"]):
        raise Refusal("input: expected a text or a list of texts")
    if not _is_texts(asked.get("arguments", [])):
        raise Refusal("arguments: expected a list of texts")
    if not isinstance(asked.get("output", ""), str):
        raise Refusal("output: expected a URI of S3")
    timeout = _seconds(asked.pop("timeout", None))
    try:
        result = controls.helpers.run_streaming(**asked, timeout=timeout, check=False)
    except NotReached as error:
        raise _Late(str(error)) from None
    except EmrError as error:
        raise Refusal(f"the job: {error.message}") from None
    except (StorageError, UnicodeEncodeError) as error:
        raise Refusal(str(error)) from None
    return asdict(result)


def _check_names(given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise Refusal(f"{name}: {unknown('field', name, known)}")


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _seconds(given: object) -> float:
    try:
        seconds = WAIT_SECONDS if given is None else float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise Refusal(f"timeout: invalid value {given!r}: expected a number of seconds") from None
    if not 0 <= seconds <= WAIT_SECONDS_MAX:
        raise Refusal(f"timeout: {given!r} is out of range: expected 0 to {WAIT_SECONDS_MAX:g} seconds")
    return seconds
