"""The journal of requests, newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from emrsim.service.journal import RecordedCall
from emrsim.web.console.copy_as import as_code
from emrsim.web.console.site import NotThere, Site
from emrsim.web.console.wording import seconds_text

PAGE_SIZE = 50
_SERVICES = ("emr", "s3")
_CLIENT_CHARACTERS = 40


def version(site: Site, query: Mapping[str, str]) -> object:
    """Return what changes when the page does."""
    return site.controls.journal.last_number


def context(site: Site, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows."""
    service, text = query.get("service", ""), query.get("text", "").strip().lower()
    errors = query.get("errors") == "on"
    before = query.get("before", "")

    def is_wanted(call: RecordedCall) -> bool:
        return (
            (not service or call.service == service)
            and (not text or text in call.operation.lower())
            and (not errors or _is_error(call))
        )

    newest = int(before) if before.isdecimal() and len(before) < 12 else None
    found = site.controls.journal.latest(is_wanted, PAGE_SIZE + 1, newest)
    return {
        "rows": [_row(one) for one in found[:PAGE_SIZE]],
        "service": service,
        "services": _SERVICES,
        "text": query.get("text", ""),
        "errors": errors,
        "before": before,
        "next": found[PAGE_SIZE - 1].number if len(found) > PAGE_SIZE else None,
        "left_out": site.controls.journal.left_out,
    }


def one(site: Site, number: int) -> dict[str, Any]:
    """Return what the page of one request shows. Raises NotThere."""
    found = site.controls.journal.latest(lambda call: call.number == number, 1, number + 1)
    if not found:
        raise NotThere(f"Request {number} is not kept any more.")
    call = found[0]
    content = call.as_json()
    return {
        **_row(call),
        "client_in_full": call.client,
        "parameters": json.dumps(content["parameters"], indent=2, ensure_ascii=False),
        "result": json.dumps(content["result"], indent=2, ensure_ascii=False) if content["result"] else "",
        "faults": ", ".join(call.faults),
        "copies": as_code(call.operation, content["parameters"], call.service),
    }


def _is_error(call: RecordedCall) -> bool:
    return call.status >= 400 or call.status == 0


def _row(call: RecordedCall) -> dict[str, Any]:
    is_error = _is_error(call)
    return {
        "number": call.number,
        "time": call.time,
        "service": call.service,
        "operation": call.operation,
        "outcome": call.error_code or str(call.status or "dropped"),
        "is_error": is_error,
        "tone": "bad" if is_error else "good",
        "lasted": seconds_text(call.seconds),
        "client": call.client.split(" ")[0][:_CLIENT_CHARACTERS],
        "about": _about(call.parameters),
    }


def _about(parameters: Mapping[str, Any]) -> str:
    """The parameters that tell most, in short: ids, names, keys."""
    words = [f"{value}" for value in parameters.values() if isinstance(value, str | int)]
    words += [
        one
        for value in parameters.values()
        if isinstance(value, list)
        for one in value
        if isinstance(one, str)
    ]
    return " ".join(words)[:120]
