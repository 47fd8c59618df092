"""Whatever is sent in either protocol: no crash, no bug recorded, nothing left by a refused call.

EMRSIM_EXAMPLES sets how many requests are sent (a few hundred by default).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from emrsim import Emulator
from emrsim.api.table import OPERATIONS
from emrsim.wire.model import Shape, emr_model
from tests.support.calls import Answer, Caller, send
from tests.support.snapshots import snapshot

EXAMPLES = int(os.environ.get("EMRSIM_EXAMPLES", "280"))
MODEL = emr_model()
_LIST_MAX = 3
_DEPTH_MAX = 5
_CLUSTERS_MAX = 6  # each request is compared with the whole state before it

TEXT = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["", "s3://b/k", "a" * 300, "\0", "\ud800", "<&>'\"", "j-1", "../..", "0.25", "emr-5.36.0", "2.4"]
    ),
)
INTEGERS = st.one_of(st.integers(-2, 4), st.sampled_from([2**31, -(2**31) - 1, 2**63, 10**30]))
FLOATS = st.one_of(st.floats(), st.integers(-1, 10))
DATES = st.one_of(
    st.sampled_from(
        [0, -1e12, 1e300, "2010-10-21T01:00:25Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]
    ),
    st.floats(),
    st.text(max_size=10),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | INTEGERS | FLOATS | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)


# What a member of that name plausibly is, where its type alone does not say.
PLAUSIBLE: dict[str, st.SearchStrategy[Any]] = {
    "BidPrice": st.just("0.25"),
    "Market": st.just("SPOT"),
    "InstanceRole": st.just("TASK"),
    "Jar": st.sampled_from(["s3://b/a.jar", "command-runner.jar"]),
    "LogUri": st.just("s3://logs/a/"),
    "AmiVersion": st.just("2.4.2"),
    "ExecutionRoleArn": st.just("arn:aws:iam::123456789012:role/r"),
    "StepExecutionRoleArn": st.just("arn:aws:iam::123456789012:role/r"),
    "Instances": st.one_of(
        st.fixed_dictionaries({"InstanceCount": st.integers(1, 4)}, optional={"Ec2KeyName": st.text("k")}),
        st.fixed_dictionaries(
            {"InstanceGroups": st.just([{"InstanceRole": "MASTER", "InstanceType": "m", "InstanceCount": 1}])}
        ),
    ),
    "IdleTimeout": st.integers(60, 600),
    "UtilizationPerformanceIndex": st.integers(1, 100),
}
# These exclude others, or name what is not there; they come in wrong requests only.
LEFT_OUT = {"ReleaseLabel", "Marker", "StepIds", "InstanceFleets"}


@dataclass(frozen=True)
class Known:
    """Ids of what is there."""

    clusters: list[str]
    steps: list[str]
    groups: list[str]

    def of(self, member: str) -> list[str]:
        if member in {"StepId", "StepIds"}:
            return self.steps
        return self.groups if member == "InstanceGroupId" else self.clusters


@dataclass(frozen=True)
class Maker:
    """Makes parameters; of so many in twenty values it makes something else than what is asked for."""

    draw: st.DrawFn
    known: Known
    wrong: int

    def value(self, shape: Shape, member: str, depth: int) -> Any:
        if self.draw(st.integers(0, 19)) < self.wrong:
            return self.draw(st.one_of(ANYTHING, self.odd(shape)))
        if member in PLAUSIBLE:
            return self.draw(PLAUSIBLE[member])
        if shape.type == "structure":
            return self.structure(shape, depth)
        if shape.type == "list":
            size = self.draw(st.integers(1, _LIST_MAX)) if depth < _DEPTH_MAX else 0
            return [self.value(MODEL.shapes[shape.member], member, depth + 1) for _ in range(size)]
        if shape.type == "map":
            keys = self.draw(st.lists(st.text("kä.", max_size=3), max_size=2, unique=True))
            return {key: self.value(MODEL.shapes[shape.value], "", depth + 1) for key in keys}
        return self.draw(self.scalar(shape, member))

    def scalar(self, shape: Shape, member: str) -> st.SearchStrategy[Any]:
        if shape.enum:
            return st.sampled_from(shape.enum)
        if shape.type == "string":
            if member.removesuffix("s").endswith("Id"):
                ids = self.known.of(member)
                # A draw must not depend on how many there are at the moment: Hypothesis plays it again.
                return st.integers(0, 99).map(lambda number: ids[number % len(ids)])
            return st.text("aZ é&<", min_size=1, max_size=5)
        if shape.type == "boolean":
            return st.booleans()
        return st.floats(0, 9) if shape.type == "double" else st.integers(1, 4)

    def odd(self, shape: Shape) -> st.SearchStrategy[Any]:
        """The right type, but a value at its edges."""
        if shape.type in {"integer", "long"}:
            return INTEGERS
        if shape.type == "timestamp":
            return DATES
        return FLOATS if shape.type == "double" else TEXT

    def structure(self, shape: Shape, depth: int) -> dict[str, Any]:
        """Required members, and some of the others; fewer the deeper it goes."""
        members = {}
        for name, target in shape.members.items():
            likely = 20 - self.wrong if name in shape.required else max(1, 4 - depth)
            if self.draw(st.integers(0, 19)) < likely and (self.wrong or name not in LEFT_OUT):
                members[name] = self.value(MODEL.shapes[target], name, depth + 1)
        return members


@st.composite
def requests(draw: st.DrawFn, known: Known) -> tuple[str, Any]:
    """An operation and parameters for it: all plausible, a few wrong, or most of them."""
    operation = draw(st.sampled_from(sorted(OPERATIONS)))
    maker = Maker(draw, known, draw(st.sampled_from([0, 0, 1, 1, 6])))
    shape = MODEL.shapes[MODEL.operations[operation].input]
    return operation, maker.structure(shape, 0) if maker.wrong < 6 else maker.value(shape, "", 0)


def as_form(params: Any, prefix: str) -> Iterator[tuple[str, str]]:
    """Query's names for JSON-like values, whatever the model says of them."""
    if isinstance(params, dict):
        for name, value in params.items():
            yield from as_form(value, f"{prefix}.{name}" if prefix else str(name))
    elif isinstance(params, list):
        for number, value in enumerate(params, 1):
            yield from as_form(value, f"{prefix}.member.{number}")
        if not params:
            yield prefix, ""
    elif params is not None:
        text = str(params).lower() if isinstance(params, bool) else str(params)
        yield prefix, text


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator for all examples of a test; its clusters stay STARTING, so nothing moves on its own."""
    folder: Path = tmp_path_factory.mktemp("bad-input")
    with Emulator(folder / "s3", data=folder / "data", boot_seconds=7200) as emulator:
        yield emulator


def known(emulator: Emulator) -> Known:
    """A cluster and its parts, so that requests can be about something that is there."""
    state = emulator.running.state
    if len(state.clusters) not in range(1, _CLUSTERS_MAX):
        state.clusters.clear()
        step = {"Name": "s", "HadoopJarStep": {"Jar": "a.jar"}}
        Caller(emulator.port, "json").run(Steps=[step], Instances={"InstanceCount": 2})
    cluster = next(iter(state.clusters.values()))
    return Known([cluster.id], list(cluster.steps), list(cluster.groups))


@pytest.mark.parametrize("protocol", ["json", "query"])
@settings(max_examples=EXAMPLES // 4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_request_makes_emrsim_fail(emulator: Emulator, protocol: str, data: st.DataObject) -> None:
    operation, params = data.draw(requests(known(emulator)))
    before = snapshot(emulator)

    answer = call(emulator, protocol, operation, params)

    assert emulator.running.bugs.found == []
    assert answer.status in {200, 400, 501}
    read(protocol, answer)
    event(f"{operation} {answer.status}")
    if answer.status != 200 and b"termination protected" not in answer.body:
        assert snapshot(emulator) == before
    if answer.status == 200:
        what_was_taken_in_can_be_given_back(emulator)


def call(emulator: Emulator, protocol: str, operation: str, params: Any) -> Answer:
    if protocol == "json":
        headers = {"X-Amz-Target": f"ElasticMapReduce.{operation}"}
        return send(emulator.port, body=json.dumps(params).encode(), headers=headers)
    form = urlencode([("Action", operation), *as_form(params, "")], errors="replace")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return send(emulator.port, body=form.encode(), headers=headers)


def read(protocol: str, answer: Answer) -> None:
    """Fails for an answer that is not what the protocol says."""
    if protocol == "query":
        ElementTree.fromstring(answer.body)
    elif answer.body:
        json.loads(answer.body, parse_constant=pytest.fail)


def what_was_taken_in_can_be_given_back(emulator: Emulator) -> None:
    newest = list(snapshot(emulator))[-1]
    for protocol in ("json", "query"):
        for operation, params in (
            ("DescribeCluster", {"ClusterId": newest}),
            ("DescribeJobFlows", {"JobFlowIds": [newest]}),
            ("ListSteps", {"ClusterId": newest}),
            ("ListInstanceGroups", {"ClusterId": newest}),
        ):
            answer = call(emulator, protocol, operation, params)
            assert answer.status == 200
            read(protocol, answer)


@settings(
    max_examples=EXAMPLES // 4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(st.text("ab.1 member", max_size=12), max_size=5),
    operation=st.sampled_from(sorted(OPERATIONS)),
    data=st.data(),
)
def test_no_form_makes_emrsim_fail(
    emulator: Emulator, names: list[str], operation: str, data: st.DataObject
) -> None:
    members = sorted(MODEL.shapes[MODEL.operations[operation].input].members) or ["X"]
    form = [("Action", operation)]
    for name in names:
        form.append((f"{data.draw(st.sampled_from(members))}{name}", data.draw(TEXT)))

    body = urlencode(form, errors="replace").encode()
    answer = send(emulator.port, body=body, headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert emulator.running.bugs.found == []
    assert answer.status in {200, 400, 501}
    read("query", answer)


@settings(
    max_examples=EXAMPLES // 4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.binary(max_size=60), operation=st.sampled_from(sorted(OPERATIONS)), as_json=st.booleans())
def test_no_bytes_make_emrsim_fail(emulator: Emulator, body: bytes, operation: str, as_json: bool) -> None:
    if as_json:
        answer = send(emulator.port, body=body, headers={"X-Amz-Target": f"ElasticMapReduce.{operation}"})
    else:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = send(emulator.port, body=f"Action={operation}&".encode() + body, headers=form)

    assert emulator.running.bugs.found == []
    assert answer.status in {200, 400, 501}
    read("json" if as_json else "query", answer)
