"""Calls as code to paste: boto3, the AWS CLI, and boto 2."""

from __future__ import annotations

import json
import pprint
import re
import shlex
from collections.abc import Mapping
from typing import Any

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WIDTH = 100


def as_code(operation: str, params: Mapping[str, Any], service: str = "emr") -> list[tuple[str, str]]:
    """Return (title, code) for each way to make a call; only boto3's for what is not EMR."""
    boto3 = ("boto3", _boto3(service, operation, params))
    if service != "emr":
        return [boto3]
    return [boto3, ("AWS CLI", _cli(operation, params)), ("boto 2", _boto2(operation, params))]


def _boto3(service: str, operation: str, params: Mapping[str, Any]) -> str:
    arguments = ",\n".join(f"    {name}={_python(value, 4)}" for name, value in params.items())
    call = f"{_snake(operation)}(\n{arguments},\n)" if arguments else f"{_snake(operation)}()"
    return f"boto3.client('{service}').{call}"


def _cli(operation: str, params: Mapping[str, Any]) -> str:
    """With the parameters as JSON for operations that the CLI has under AWS's own names."""
    if operation == "AddJobFlowSteps":
        return _cli_add_steps(params)
    if operation == "RunJobFlow":
        return _cli_create(params)
    if operation == "TerminateJobFlows":
        return f"aws emr terminate-clusters --cluster-ids {shlex.join(params.get('JobFlowIds', []))}"
    words = [_snake(operation).replace("_", "-")]
    for name, value in params.items():
        text = value if isinstance(value, str) else json.dumps(value, default=str)
        words += [f"--{_snake(name).replace('_', '-')}", shlex.quote(text)]
    return " ".join(["aws", "emr", *words])


def _cli_add_steps(params: Mapping[str, Any]) -> str:
    steps = [_cli_step(one) for one in params.get("Steps", [])]
    cluster_id = shlex.quote(str(params.get("JobFlowId", "")))
    return f"aws emr add-steps --cluster-id {cluster_id} --steps {shlex.quote(json.dumps(steps))}"


def _cli_step(step: Mapping[str, Any]) -> dict[str, Any]:
    jar = step.get("HadoopJarStep", {})
    members = {
        "Type": "CUSTOM_JAR",
        "Name": step.get("Name"),
        "ActionOnFailure": step.get("ActionOnFailure"),
        "Jar": jar.get("Jar"),
        "MainClass": jar.get("MainClass"),
        "Args": jar.get("Args", []),
    }
    return {name: value for name, value in members.items() if value is not None}


def _cli_create(params: Mapping[str, Any]) -> str:
    instances = params.get("Instances", {})
    words = ["--name", shlex.quote(str(params.get("Name", "")))]
    if label := params.get("ReleaseLabel"):
        words += ["--release-label", shlex.quote(label)]
    if instances.get("InstanceCount"):
        words += ["--instance-count", str(instances["InstanceCount"])]
        words += ["--instance-type", shlex.quote(str(instances.get("MasterInstanceType", "m5.xlarge")))]
    elif instances.get("InstanceGroups"):
        words += ["--instance-groups", shlex.quote(json.dumps(instances["InstanceGroups"], default=str))]
    if uri := params.get("LogUri"):
        words += ["--log-uri", shlex.quote(uri)]
    if applications := params.get("Applications"):
        words += ["--applications", *(f"Name={shlex.quote(one['Name'])}" for one in applications)]
    words.append("--use-default-roles")
    words.append(
        "--no-auto-terminate" if instances.get("KeepJobFlowAliveWhenNoSteps") else "--auto-terminate"
    )
    if steps := params.get("Steps"):
        words += ["--steps", shlex.quote(json.dumps([_cli_step(one) for one in steps]))]
    return "aws emr create-cluster " + " ".join(words)


def _boto2(operation: str, params: Mapping[str, Any]) -> str:
    if operation == "AddJobFlowSteps":
        steps = "".join(f"    {_boto2_step(one)},\n" for one in params.get("Steps", []))
        return f"boto.connect_emr().add_jobflow_steps({params.get('JobFlowId')!r}, [\n{steps}])"
    if operation == "TerminateJobFlows":
        return f"boto.connect_emr().terminate_jobflows({params.get('JobFlowIds', [])!r})"
    if operation == "RunJobFlow":
        steps = "".join(f"        {_boto2_step(one)},\n" for one in params.get("Steps", []))
        instances = params.get("Instances", {})
        return (
            "boto.connect_emr().run_jobflow(\n"
            f"    name={params.get('Name')!r},\n"
            f"    log_uri={params.get('LogUri')!r},\n"
            f"    num_instances={instances.get('InstanceCount', 1)!r},\n"
            f"    keep_alive={bool(instances.get('KeepJobFlowAliveWhenNoSteps'))!r},\n"
            f"    steps=[\n{steps}    ],\n)"
        )
    return f"boto.connect_emr().get_object({operation!r}, {_python(_flat(params), 0)}, object)"


def _boto2_step(step: Mapping[str, Any]) -> str:
    jar = step.get("HadoopJarStep", {})
    return (
        f"JarStep({step.get('Name')!r}, {jar.get('Jar')!r}, main_class={jar.get('MainClass')!r}, "
        f"action_on_failure={step.get('ActionOnFailure')!r}, step_args={list(jar.get('Args', []))!r})"
    )


def _flat(params: Mapping[str, Any]) -> dict[str, str]:
    """Parameters as the Query protocol has them: `ClusterStates.member.1`."""
    found: dict[str, str] = {}

    def add(name: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for key, one in value.items():
                add(f"{name}.{key}", one)
        elif isinstance(value, list | tuple):
            for number, one in enumerate(value, 1):
                add(f"{name}.member.{number}", one)
        else:
            found[name] = str(value).lower() if isinstance(value, bool) else str(value)

    for name, value in params.items():
        add(name, value)
    return found


def _python(value: Any, indent: int) -> str:
    return pprint.pformat(value, width=_WIDTH, sort_dicts=False).replace("\n", "\n" + " " * indent)


def _snake(name: str) -> str:
    return _WORD.sub("_", name).lower()
