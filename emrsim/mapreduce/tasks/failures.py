"""What happens when an attempt has failed: the job's debug script runs, the task is kept for its author.

The script of `-mapdebug` or `-reducedebug` is run in the folder of the attempt with four more words: the
files with the attempt's stdout, stderr and syslog, and the job's configuration. What it prints goes to the
file `debugout` beside the attempt's logs and to the log of the job. That the script is run when a task fails
is a fact; how, is assumed, after Apache's MapReduce tutorial.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.chunks import Chunk
from emrsim.mapreduce.formats.pairs import Batch, LineFormat
from emrsim.mapreduce.job.configuration import Configuration
from emrsim.mapreduce.job.programs import split_words
from emrsim.mapreduce.tasks import process, rerun
from emrsim.mapreduce.tasks.intake import LineIntake

_LINES_SHOWN = 100
_TIMEOUT_SECONDS = 600.0


def run_debug_script(
    script: str,
    *,
    folder: Path,
    logs: Path,
    environment: Mapping[str, str],
    configuration: Configuration,
    supervisor: process.Supervisor,
) -> str:
    """Run the script; returns what it printed (the end, if it was much), or why it could not be run."""
    jobconf = folder / "job.xml"
    jobconf.write_text(_as_xml(configuration), encoding="utf-8")
    files = [str(logs / name) for name in ("stdout", "stderr", "syslog")]
    command = process.Command(
        [*split_words(script), *files, str(jobconf)], folder, environment, _TIMEOUT_SECONDS
    )
    printed: list[str] = []

    def keep(batch: Batch) -> None:
        lines = [b"\t".join(filter(None, pair)).decode("utf-8", "replace") for pair in batch.pairs()]
        printed[:] = [*printed, *lines][-_LINES_SHOWN:]

    def keep_errors(chunk: bytes) -> bool:
        printed[:] = [*printed, *chunk.decode("utf-8", "replace").splitlines()][-_LINES_SHOWN:]
        return True

    intake = LineIntake(LineFormat(), keep, 1 << 20)
    try:
        code = process.run(command, [], intake, keep_errors, supervisor)
        intake.finish()
    except TaskFailed as error:
        return f"{script}: {error}"
    if code:
        printed.append(f"{script}: exit code {code}")
    text = "\n".join(printed)
    (logs / "debugout").write_text(text + "\n", encoding="utf-8")
    return text


def _as_xml(configuration: Configuration) -> str:
    entries = "".join(
        f"<property><name>{escape(name)}</name><value>{escape(value)}</value></property>\n"
        for name, value in configuration
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<configuration>\n{entries}</configuration>\n'


def keep_failed(
    folder: Path,
    words: Sequence[str],
    work: Path,
    environment: Mapping[str, str],
    source: Iterable[Chunk],
    reason: str,
) -> None:
    """Fill `folder` with `input`, `work`, `task.json`, `reason` and the script `rerun`."""
    folder.mkdir(parents=True)
    # Damaged input fails here as it did in the task: what could be read is kept.
    with open(folder / "input", "wb") as target, suppress(TaskFailed):
        for chunk in source:
            target.write(bytes(chunk))
    # The files that were links into the job's scratch space, which goes away.
    shutil.copytree(work, folder / "work")
    (folder / "task.json").write_text(json.dumps({"words": list(words), "environment": dict(environment)}))
    (folder / "reason").write_text(reason + "\n")
    shutil.copyfile(rerun.__file__, folder / "rerun")
    (folder / "rerun").chmod(0o755)
