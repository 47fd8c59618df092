"""An engine for steps that are a plain command: it stands in for engines that are not built yet."""

from __future__ import annotations

from typing import Any

from emrsim.core.ports import Command, Job

COMMAND_JAR = "s3://tests/command.jar"


class CommandEngine:
    """Runs the arguments of a step of COMMAND_JAR as a command."""

    def accepts(self, job: Job) -> bool:
        """See `core.ports.Engine.accepts`."""
        return job.jar == COMMAND_JAR

    def command(self, job: Job) -> Command:
        """See `core.ports.Engine.command`."""
        return Command(job.args)


def command_step(*command: str, name: str = "a command", on_failure: str = "CONTINUE") -> dict[str, Any]:
    """A step, in the API's shape, that runs `command`."""
    jar = {"Jar": COMMAND_JAR, "Args": list(command)}
    return {"Name": name, "ActionOnFailure": on_failure, "HadoopJarStep": jar}


def long_step(**options: str) -> dict[str, Any]:
    """A step that runs until it is stopped."""
    return command_step("sleep", "600", **options)
