"""The forms that create a cluster or add a step: their fields, and what is asked for with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from emrsim import releases
from emrsim.core.model import Cluster, Step
from emrsim.core.ports import Storage, StorageError
from emrsim.web.console.actions import Rejected, number_in, read_json
from emrsim.web.console.steps import KINDS, actions, lines_of, request_of, step_of, streaming_words

Fields = dict[str, str]

_AMI = "AMI 3.11.0"
_LABELS_SHOWN = 60
_OUTPUTS_TRIED = 1000
_FIELDS_OF_STREAMING = {
    "-mapper": "mapper",
    "-reducer": "reducer",
    "-combiner": "combiner",
    "-output": "output",
}


def cluster_fields() -> Fields:
    """Return what the form for a new cluster begins with."""
    return {
        "name": "My cluster",
        "release": _newest("emr-5."),
        "instance_type": "m5.xlarge",
        "count": "3",
        "keep_alive": "on",
        "concurrency": "1",
    }


def cluster_choices() -> dict[str, Any]:
    """Return what there is to choose from for a new cluster."""
    return {"releases": [*reversed(releases.labels()[-_LABELS_SHOWN:]), _AMI]}


def cluster_params(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what RunJobFlow is called with. Raises Rejected."""
    if text := form.get("json", "").strip():
        return {**read_json(text, "Parameters"), "Name": form.get("name", "")}
    instances = {
        "InstanceCount": number_in(form.get("count", ""), 1),
        "MasterInstanceType": form.get("instance_type", "").strip(),
        "SlaveInstanceType": form.get("instance_type", "").strip(),
        "KeepJobFlowAliveWhenNoSteps": form.get("keep_alive") == "on",
        "TerminationProtected": form.get("protected") == "on",
    }
    if instances["InstanceCount"] == 1:
        del instances["SlaveInstanceType"]
    params: dict[str, Any] = {
        "Name": form.get("name", ""),
        "Instances": instances,
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "ServiceRole": "EMR_DefaultRole",
        **_version(form.get("release", "")),
        **_optional(form),
    }
    return params


def _version(release: str) -> dict[str, str]:
    if release.startswith("AMI "):
        return {"AmiVersion": release.removeprefix("AMI ")}
    return {"ReleaseLabel": release}


def _optional(form: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if uri := form.get("log_uri", "").strip():
        found["LogUri"] = uri
    if names := [one.strip() for one in form.get("applications", "").split(",") if one.strip()]:
        found["Applications"] = [{"Name": name} for name in names]
    if (level := number_in(form.get("concurrency", ""), 1)) > 1:
        found["StepConcurrencyLevel"] = level
    if tags := lines_of(form.get("tags", "")):
        pairs = [one.partition("=") for one in tags]
        found["Tags"] = [{"Key": key.strip(), "Value": value.strip()} for key, _, value in pairs]
    if path := form.get("bootstrap", "").strip():
        script = {"Path": path, "Args": lines_of(form.get("bootstrap_args", ""))}
        found["BootstrapActions"] = [{"Name": "bootstrap", "ScriptBootstrapAction": script}]
    if text := form.get("configurations", "").strip():
        try:
            found["Configurations"] = json.loads(text)
        except ValueError as error:
            raise Rejected(f"Configurations: not JSON: {error}") from None
    return found


def clone_fields(cluster: Cluster, with_steps: bool = True) -> Fields:
    """Return the form that creates a cluster as another one was asked for, with all its steps."""
    params = dict(cluster.request.extra)
    params["Steps"] = [request_of(step) for step in cluster.steps.values()] if with_steps else []
    params.pop("Name", None)
    return {"name": cluster.request.name, "json": json.dumps(params, indent=2, default=str)}


def step_fields(kind: str = "streaming") -> Fields:
    """Return what the form for a new step begins with."""
    return {"kind": kind if kind in KINDS else "streaming", "action": "CONTINUE"}


def step_choices() -> dict[str, Any]:
    """Return what there is to choose from for a step."""
    return {"kinds": KINDS, "actions": actions()}


def step_clone_fields(step: Step, storage: Storage) -> Fields:
    """Return the form that adds a step as another one was asked for, with an output that is not there yet.

    A streaming job has its own fields as far as they are simple; everything else is a jar with arguments.
    """
    request = step.request
    fields = {"name": request.name, "action": _action(request.action_on_failure.value)}
    words = streaming_words(step)
    if words is not None and not request.properties and (found := _streaming_fields(words)):
        output = free_output(found.get("output", ""), storage)
        return {**fields, **found, "output": output, "kind": "streaming"}
    args = "\n".join(request.args)
    return {**fields, "kind": "jar", "jar": request.jar, "main_class": request.main_class or "", "args": args}


def free_output(uri: str, storage: Storage) -> str:
    """Return an output folder's URI, with a number where a run before has made that folder."""
    if not storage.is_s3(uri):
        return uri
    try:
        base, number = uri.rstrip("/"), 2
        while storage.path(uri).exists() and number < _OUTPUTS_TRIED:
            uri, number = f"{base}-{number}", number + 1
    except StorageError:  # the step will say so
        return uri
    return uri


def _action(value: str) -> str:
    return "TERMINATE_CLUSTER" if value == "TERMINATE_JOB_FLOW" else value


def _streaming_fields(words: list[str]) -> Fields | None:
    """The fields of a streaming job; None where a word would be lost in them."""
    fields: Fields = {}
    inputs: list[str] = []
    others: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if any("\n" in one for one in (word, *rest[:1])):
            return None
        if word in _FIELDS_OF_STREAMING and rest and _FIELDS_OF_STREAMING[word] not in fields:
            fields[_FIELDS_OF_STREAMING[word]] = rest.pop(0)
        elif word == "-input" and rest:
            inputs.append(rest.pop(0))
        elif word == "-files" and rest and "files" not in fields:
            fields["files"] = "\n".join(rest.pop(0).split(","))
        else:
            others.append(word)
    if any(one != one.strip() or not one for one in (*others, *inputs, *fields.values())):
        return None
    return {**fields, "input": "\n".join(inputs), "args": "\n".join(others)}


def step_params(form: Mapping[str, str], cluster: Cluster) -> dict[str, Any]:
    """Return what AddJobFlowSteps is called with. Raises Rejected."""
    if form.get("kind") not in KINDS:
        raise Rejected(f"Kind: expected one of {', '.join(KINDS)}")
    try:
        step = step_of(form, cluster.uses_release_label)
    except ValueError as error:
        raise Rejected(str(error)) from None
    return {"JobFlowId": cluster.id, "Steps": [step]}


def _newest(prefix: str) -> str:
    found = [label for label in releases.labels() if label.startswith(prefix)]
    return found[-1] if found else releases.labels()[-1]
