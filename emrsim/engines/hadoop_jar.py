"""The engine of every step: `hadoop jar JAR [MainClass] ARGS`, which is what EMR's step runner runs.

What a jar is, one of EMR's own or the user's, is for the program `hadoop` to see (`emrsim.programs`), since
scripts call it too.
"""

from __future__ import annotations

import shlex
import sys

from emrsim.core.ports import Command, Job

# -P: what lies in the step's working directory is not importable by accident.
EMRSIM = (sys.executable, "-P", "-m", "emrsim")


class HadoopJarEngine:
    """Runs whatever can be named as a jar; asked after the engines of the caller's own."""

    def accepts(self, job: Job) -> bool:
        """See `core.ports.Engine.accepts`."""
        return True

    def command(self, job: Job) -> Command:
        """See `core.ports.Engine.command`. The step's properties are Java's (source: API, HadoopJarStep)."""
        main_class = (job.main_class,) if job.main_class else ()
        argv = (*EMRSIM, "hadoop", "jar", job.jar, *main_class, *job.args)
        return Command(argv, _java_options(job), is_hadoop_jar=True)


def _java_options(job: Job) -> dict[str, str]:
    if not job.properties:
        return {}
    own = shlex.join(f"-D{name}={value}" for name, value in job.properties)
    return {"HADOOP_OPTS": f"{job.environment.get('HADOOP_OPTS', '')} {own}".strip()}
