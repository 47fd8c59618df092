"""The text of a recorded session: a Python program that does the same with boto3.

Ids that the session got are variables of the program, or are looked up by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from emrsim.client_config import KEY, REGION

HEAD = f'''\
"""A session of emrsim's, recorded. It runs against another emulator: python THIS_FILE [ENDPOINT_URL]

The other emulator is to have the same options. Calls that were refused are remarks. What was put into the
S3 directory by hand is not in it, nor are snapshots that were restored or requests to other services than
EMR and S3.
"""

import datetime
import json
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

import boto3

ENDPOINT = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:4580"
PATIENCE_SECONDS = 600
ENDED = {{"TERMINATED", "TERMINATED_WITH_ERRORS", "COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED"}}

session = boto3.Session(aws_access_key_id="{KEY}", aws_secret_access_key="{KEY}", region_name="{REGION}")
emr = session.client("emr", endpoint_url=ENDPOINT)
s3 = session.client("s3", endpoint_url=ENDPOINT)


def content(name):
    """A file beside this one."""
    return (Path(__file__).parent / name).read_bytes()


def control(method, path, content=None):
    """A call of emrsim's own interface: of clusters, outcomes, faults and the clock."""
    body = content if isinstance(content, str) else json.dumps(content)
    data = None if content is None else body.encode()
    kind = "application/yaml" if isinstance(content, str) else "application/json"
    request = Request(f"{{ENDPOINT}}/_emrsim/{{path}}", data, {{"Content-Type": kind}}, method=method)
    with urlopen(request) as answer:
        return json.load(answer)


def part_of(cluster_id, list_parts, name, number):
    """The id of a cluster's step, group or fleet, counted from 0 in the order in which they were made."""
    pages = emr.get_paginator(list_parts).paginate(ClusterId=cluster_id)
    parts = [part["Id"] for page in pages for part in page[name]]
    return (parts[::-1] if name == "Steps" else parts)[number]


def wait(state, kind, **ids):
    """Wait until a cluster or step is in a state that the session saw it in."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        now = getattr(emr, f"describe_{{kind}}")(**ids)[kind.title()]["Status"]["State"]
        if now == state:
            return
        if now in ENDED or time.monotonic() > deadline:
            sys.exit(f"{{ids}} is {{now}}, not {{state}} as in the recorded session")
        time.sleep(0.05)

'''

_ID = re.compile(r"\b(?:j|s|ig|if|es)-[0-9A-Z]{10,}\b")


class VariableNames:
    """What the program calls the ids that the session got."""

    def __init__(self) -> None:
        self._expressions: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def new(self, kind: str, id: str) -> str:
        """The variable for `id`, a new one if it has none: `cluster_1`, `step_3`."""
        if self._expressions.get(id, "").isidentifier():
            return self._expressions[id]
        self._counts[kind] = self._counts.get(kind, 0) + 1
        self._expressions[id] = f"{kind}_{self._counts[kind]}"
        return self._expressions[id]

    def look_up(self, id: str, expression: str) -> None:
        """`id` is what `expression` gives."""
        self._expressions[id] = expression

    def unknown_in(self, value: Any) -> list[str]:
        """The ids in a parameter that have no name yet."""
        return [id for id in _ID.findall(repr(value)) if id not in self._expressions]

    def knows(self, id: str) -> bool:
        return id in self._expressions

    def of(self, value: Any) -> str:
        """A parameter as the program writes it."""
        if isinstance(value, str):
            return self._of_text(value)
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{name!r}: {self.of(one)}" for name, one in value.items()) + "}"
        if isinstance(value, list | tuple):
            return "[" + ", ".join(self.of(one) for one in value) + "]"
        return repr(value)

    def arguments(self, parameters: Mapping[str, Any]) -> str:
        """Keyword arguments."""
        return ", ".join(f"{name}={self.of(value)}" for name, value in parameters.items())

    def _of_text(self, text: str) -> str:
        """A text, in which ids are replaced wherever they stand."""
        pieces, end = [], 0
        for found in _ID.finditer(text):
            if expression := self._expressions.get(found.group()):
                if found.start() > end:
                    pieces.append(repr(text[end : found.start()]))
                pieces.append(expression)
                end = found.end()
        if end < len(text) or not pieces:
            pieces.append(repr(text[end:]))
        return " + ".join(pieces)
