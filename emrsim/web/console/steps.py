"""Steps as they are asked for: of a step that is there, and of a form."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from emrsim.core.jars import KnownJar, known_jar
from emrsim.core.model import Step

KINDS = {
    "streaming": "Streaming",
    "spark": "Spark",
    "hive": "Hive",
    "script": "Script",
    "jar": "Jar",
}
_FIRST_WITH_COMMAND_RUNNER = 4  # of release labels
_OLD_STREAMING = "/home/hadoop/contrib/streaming/hadoop-streaming.jar"
_ACTIONS = ("CONTINUE", "CANCEL_AND_WAIT", "TERMINATE_CLUSTER")


def actions() -> tuple[str, ...]:
    """Return what a failed step may do to the rest."""
    return _ACTIONS


def request_of(step: Step) -> dict[str, Any]:
    """Return a step as AddJobFlowSteps takes it."""
    request = step.request
    jar: dict[str, Any] = {"Jar": request.jar, "Args": list(request.args)}
    if request.main_class:
        jar["MainClass"] = request.main_class
    if request.properties:
        jar["Properties"] = [{"Key": key, "Value": value} for key, value in request.properties]
    return {"Name": request.name, "ActionOnFailure": request.action_on_failure.value, "HadoopJarStep": jar}


def streaming_words(step: Step) -> list[str] | None:
    """Return the arguments of a step's streaming job; None where it is of another kind."""
    words, jar = list(step.request.args), known_jar(step.request.jar)
    if jar is KnownJar.STREAMING:
        return words
    if jar is KnownJar.COMMAND_RUNNER and words[:1] == ["hadoop-streaming"]:
        return words[1:]
    return None


def step_of(form: Mapping[str, str], uses_release_label: bool) -> dict[str, Any]:
    """Return a step as AddJobFlowSteps takes it. Raises ValueError for a field that cannot be read."""
    kind = form.get("kind", "streaming")
    make = {"streaming": _streaming, "spark": _spark, "hive": _hive, "script": _script, "jar": _jar}[kind]
    action = form.get("action", "CONTINUE")
    jar = make(form, uses_release_label)
    return {
        "Name": form.get("name", "").strip() or KINDS[kind],
        "ActionOnFailure": action,
        "HadoopJarStep": jar,
    }


def _streaming(form: Mapping[str, str], uses_release_label: bool) -> dict[str, Any]:
    words = lines_of(form.get("args", ""))
    for name in ("mapper", "combiner", "reducer"):
        if value := form.get(name, "").strip():
            words += [f"-{name}", value]
    for value in lines_of(form.get("input", "")):
        words += ["-input", value]
    words += ["-output", form.get("output", "").strip()]
    files = ",".join(lines_of(form.get("files", "")))
    words = ["-files", files, *words] if files else words
    if uses_release_label:
        return {"Jar": "command-runner.jar", "Args": ["hadoop-streaming", *words]}
    return {"Jar": _OLD_STREAMING, "Args": words}


def _spark(form: Mapping[str, str], uses_release_label: bool) -> dict[str, Any]:
    words = ["spark-submit", "--deploy-mode", "cluster"]
    if main_class := form.get("main_class", "").strip():
        words += ["--class", main_class]
    options = _words(form, "options")
    return {"Jar": "command-runner.jar", "Args": [*words, *options, *_program(form)]}


def _hive(form: Mapping[str, str], uses_release_label: bool) -> dict[str, Any]:
    script, *args = _program(form)
    words = ["hive-script", "--run-hive-script", "--args", "-f", script, *args]
    return {"Jar": "command-runner.jar", "Args": words}


def _script(form: Mapping[str, str], uses_release_label: bool) -> dict[str, Any]:
    jar = "s3://us-east-1.elasticmapreduce/libs/script-runner/script-runner.jar"
    return {"Jar": jar, "Args": _program(form)}


def _jar(form: Mapping[str, str], uses_release_label: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "Jar": form.get("jar", "").strip(),
        "Args": lines_of(form.get("args", ""), strip=False),
    }
    if main_class := form.get("main_class", "").strip():
        found["MainClass"] = main_class
    return found


def _program(form: Mapping[str, str]) -> list[str]:
    program = form.get("program", "").strip()
    if not program:
        raise ValueError("Program: required: the URI of the program, such as s3://my-bucket/program.py")
    return [program, *lines_of(form.get("args", ""), strip=False)]


def _words(form: Mapping[str, str], name: str) -> list[str]:
    try:
        return shlex.split(form.get(name, ""))
    except ValueError as error:
        raise ValueError(f"{name.capitalize()}: {error}") from None


def lines_of(text: str, strip: bool = True) -> list[str]:
    """Return the lines of a text field that are not empty."""
    lines = text.replace("\r\n", "\n").split("\n")
    return [one.strip() if strip else one for one in lines if one.strip()]
