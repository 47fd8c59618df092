"""A session as a program that can be run again: what changes something is written down as it is answered.

Reads are left out, but a state in which a cluster or step was seen is waited for before the next change, so
that the program keeps the session's order. What an upload became is taken from the directory, which is the
truth.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Any
from xml.etree import ElementTree

from emrsim.core.model import Cluster
from emrsim.core.states import CLUSTER_STATE_NAMES, ENDED_CLUSTERS, ENDED_STEPS, ClusterState
from emrsim.service.emulator import EmulatorState
from emrsim.service.journal import ControlCall, Entry, Journal, RecordedCall
from emrsim.service.replay import HEAD, VariableNames

_INLINE_BYTES_MAX = 4_096
_UPLOADS = {"PutObject", "CopyObject", "CompleteMultipartUpload", "PostObject"}
_BUCKETS = {"CreateBucket": "create_bucket", "DeleteBucket": "delete_bucket"}
_METADATA = "HTTP_X_AMZ_META_"
_UNDERSCORE = "~5f"  # how the server keeps one in a header's name
_PARTS_OF_UPLOADS = {"CreateMultipartUpload", "UploadPart", "UploadPartCopy", "AbortMultipartUpload"}
# The member of a result that has new ids, and what they are ids of.
_NEW_IDS = {
    "JobFlowId": "cluster",
    "StepIds": "step",
    "InstanceGroupIds": "group",
    "InstanceFleetId": "fleet",
    "StudioId": "studio",
}
_WORTH_WAITING_FOR = ENDED_CLUSTERS | {ClusterState.WAITING}


class Recording:
    """Writes the program to `path`, whole after each request; large uploads go into a folder beside it."""

    def __init__(self, path: Path, journal: Journal, state: EmulatorState, root: Path) -> None:
        """Begins at once. Raises OSError if the file cannot be written."""
        self._path = path
        self._state = state
        self._root = root
        self._names = VariableNames()
        self._seen: dict[
            str, tuple[str, str]
        ] = {}  # id -> the line that waits for it, before the next change
        self._files = 0
        self._lock = Lock()
        path.touch(mode=0o600)  # it has what was sent, which other users need not see
        path.chmod(0o600)
        path.write_text(HEAD, encoding="utf-8")
        journal.listen(self._hear, self._hear_control)

    def _hear(self, call: RecordedCall, entry: Entry) -> None:
        with self._lock:
            if entry.is_read:
                if entry.service == "emr" and call.error_code is None:
                    self._note_states(call.parameters)
                return
            lines = list(self._lines(call, entry))
            if lines:
                self._write([*self._waits(), *lines])

    def _hear_control(self, call: ControlCall) -> None:
        with self._lock:
            self._write([*self._waits(), *self._control_lines(call)])

    def _control_lines(self, call: ControlCall) -> Iterator[str]:
        """What the program does in the place of a call of the control interface."""
        if call.body is None:
            yield f"# not recorded: {call.method} /_emrsim/{call.path}"
            return
        content = f", {self._names.of(_plain(call.body))}" if call.body.strip() else ""
        yield f"answer = control({call.method!r}, {call.path!r}{content})"
        if made := call.result.get("clusters"):
            yield f'[{", ".join(self._names.new("cluster", id) for id in made)}] = answer["clusters"]'
        if id := call.result.get("cluster_id"):
            yield f'{self._names.new("cluster", id)} = answer["cluster_id"]'

    def _write(self, lines: list[str]) -> None:
        with open(self._path, "a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))

    def _lines(self, call: RecordedCall, entry: Entry) -> Iterator[str]:
        """What the program does in the place of a request."""
        if call.error_code is not None or not call.status:
            yield f"# {_in_one_line(str(call))}"
        elif call.service == "emr":
            yield from self._emr_lines(call)
        elif call.service == "s3":
            yield from self._s3_lines(call, entry)
        else:
            yield f"# not recorded: {call.operation} of {call.service}"

    def _emr_lines(self, call: RecordedCall) -> Iterator[str]:
        self._find_parts(call.parameters)
        arguments = self._names.arguments(call.parameters)
        yield f"answer = emr.{_snake_case(call.operation)}({arguments})"
        for member, kind in _NEW_IDS.items():
            ids = (call.result or {}).get(member)
            if isinstance(ids, str):
                yield f'{self._names.new(kind, ids)} = answer["{member}"]'
            elif ids:
                names = ", ".join(self._names.new(kind, id) for id in ids)
                yield f'[{names}] = answer["{member}"]'

    def _s3_lines(self, call: RecordedCall, entry: Entry) -> Iterator[str]:
        bucket, key = call.parameters.get("Bucket", ""), call.parameters.get("Key", "")
        target = f"Bucket={bucket!r}, Key={key!r}"
        if call.operation in _BUCKETS:
            yield f"s3.{_BUCKETS[call.operation]}(Bucket={bucket!r})"
        elif call.operation in _UPLOADS and key:
            yield self._upload_line(target, self._root / bucket / key, entry.request)
        elif call.operation == "DeleteObject":
            yield f"s3.delete_object({target})"
        elif call.operation == "DeleteObjects":
            for deleted in _keys_in(entry.request.get("emrsim.body", b"")):
                yield f"s3.delete_object(Bucket={bucket!r}, Key={deleted!r})"
        elif call.operation not in _PARTS_OF_UPLOADS:
            yield f"# not recorded: {_in_one_line(str(call))}"

    def _upload_line(self, target: str, path: Path, request: Mapping[str, str]) -> str:
        """A put of what is in the directory now."""
        if not path.is_file():
            return f"# {target} was a folder, or is gone already"
        metadata = {
            name.removeprefix(_METADATA).lower().replace("_", "-").replace(_UNDERSCORE, "_"): value
            for name, value in request.items()
            if name.startswith(_METADATA)
        }
        more = f", Metadata={metadata!r}" if metadata else ""
        if content_type := request.get("CONTENT_TYPE"):
            more += f", ContentType={content_type!r}"
        return f"s3.put_object({target}, Body={self._body(path)}{more})"

    def _body(self, path: Path) -> str:
        """The content of a file as the program has it: written down, or in a file beside the program."""
        content = path.read_bytes()
        if len(content) <= _INLINE_BYTES_MAX:
            return repr(content)
        self._files += 1
        folder = self._path.with_name(f"{self._path.name}.files")
        folder.mkdir(exist_ok=True)
        (folder / f"{self._files}").write_bytes(content)
        return f"content({f'{folder.name}/{self._files}'!r})"

    def _find_parts(self, parameters: Mapping[str, object]) -> None:
        """Name the steps, groups and fleets that the session did not make by a call of their own."""
        for id in self._names.unknown_in(parameters):
            with self._state.locked() as state:
                for cluster in state.clusters.values():
                    if self._names.knows(cluster.id) and (expression := self._expression(cluster, id)):
                        self._names.look_up(id, expression)

    def _expression(self, cluster: Cluster, id: str) -> str | None:
        groups = ("list_instance_fleets", "InstanceFleets") if cluster.uses_fleets else (
            "list_instance_groups", "InstanceGroups",
        )  # fmt: skip
        for parts, (lister, member) in ((cluster.steps, ("list_steps", "Steps")), (cluster.groups, groups)):
            if id in parts:
                number = list(parts).index(id)
                return f"part_of({self._names.of(cluster.id)}, {lister!r}, {member!r}, {number})"
        return None

    def _note_states(self, parameters: Mapping[str, object]) -> None:
        """A cluster or its steps have been looked at: their states as they are now."""
        ids = parameters.get("JobFlowIds") or [parameters.get("ClusterId")]
        with self._state.locked() as state:
            for id in ids if isinstance(ids, list) else []:
                cluster = state.clusters.get(str(id))
                if cluster is not None and self._names.knows(cluster.id):
                    self._note(cluster)

    def _note(self, cluster: Cluster) -> None:
        cluster_id = self._names.of(cluster.id)
        for step in cluster.steps.values():
            if step.state in ENDED_STEPS:
                if not self._names.knows(step.id):
                    self._names.look_up(step.id, self._expression(cluster, step.id) or repr(step.id))
                ids = f"ClusterId={cluster_id}, StepId={self._names.of(step.id)}"
                self._see(step.id, step.state, f"wait({str(step.state)!r}, 'step', {ids})")
        if cluster.state in _WORTH_WAITING_FOR:
            name = CLUSTER_STATE_NAMES[cluster.state]
            self._see(cluster.id, name, f"wait({name!r}, 'cluster', ClusterId={cluster_id})")

    def _see(self, id: str, state: str, line: str) -> None:
        if self._seen.get(id, ("", ""))[0] != state:
            self._seen.pop(id, None)  # what was seen last is waited for last
            self._seen[id] = (state, line)

    def _waits(self) -> list[str]:
        """The lines that wait for what was seen since the last change."""
        waits = [line for _, line in self._seen.values() if line]
        self._seen = {id: (state, "") for id, (state, _) in self._seen.items()}
        return waits

    def close(self) -> None:
        """Write down what was seen last."""
        with self._lock:
            self._write(self._waits())


def _snake_case(operation: str) -> str:
    """boto3's name of an operation of EMR's."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()


def _plain(body: bytes) -> Any:
    """What a body in JSON says; another one as text."""
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _keys_in(body: bytes) -> list[str]:
    """The keys in the body of a DeleteObjects."""
    return [
        element.text or "" for element in ElementTree.fromstring(body).iter() if element.tag.endswith("Key")
    ]
