"""Why a step failed, read from what it wrote (source: docs/facts/states.md#failuredetails).

Of the reasons only those of an existing output and of the unknown are recorded; the others are assumed.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

from emrsim.core.model import Failure
from emrsim.core.ports import Job

UNKNOWN = "Unknown Error"  # EMR's word when nothing was recognised
_TAIL_BYTES = 64 * 1024

# What Hadoop's client, Java and Python say, and the reason for it. The whole match is the message, with the
# name of the exception before it. Programs write what they like: no pattern reads a text again and again.
_KNOWN = tuple(
    (re.compile(pattern), reason)
    for pattern, reason in (
        (
            r"Output directory \S+ already exists",
            "Output directory already exists.",
        ),
        (
            r"Input path does not exist: .*|Input Pattern .{1,1024} matches 0 files|Not a file: .*",
            "Input path does not exist.",
        ),
        (r"(?m:^RunJar jarFile \[mainClass\] args\.\.\.)", "The jar names no main class: give MainClass."),
        (r"Not a valid JAR: .*|Error opening job jar: .*", "Not a valid JAR."),
        (
            r"java\.lang\.(?:ClassNotFoundException|NoClassDefFoundError): .*|-\w+ : class not found : .*",
            "Class not found.",
        ),
        (r"java\.lang\.OutOfMemoryError.*|(?m:^MemoryError.*)", "Out of memory."),
    )
)
_ERROR_RECORD = re.compile(r"\bERROR \S+(?: \(\w+\))?: (.*)")
_TASK_FAILURE = re.compile(
    r"PipeMapRed\.waitOutputThreads\(\): subprocess failed with code \d+|Cannot run program .*"
)
_KILLED_TASK = re.compile(r"subprocess failed with code (\d+)")
_JAVA_EXCEPTION = re.compile(r'^Exception in thread "[^"\n]{0,1024}" (.*)', re.MULTILINE)
_EXCEPTION_NAME = re.compile(r"[\w.]{1,200}Exception: $")
_EXCEPTION_NAME_MAX = 220
_TRACEBACK = re.compile(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(\S.*)", re.MULTILINE)


def explain(job: Job, exit_code: int, log_file: Callable[[Path], str]) -> Failure:
    """The failure of a step that ended with `exit_code`; `log_file` names one of its files for a client."""
    syslog, stderr = job.log_folder / "syslog", job.log_folder / "stderr"
    if exit_code < 0:
        return Failure("Killed.", _killed(-exit_code), log_file(stderr))
    for path in (syslog, stderr):
        text = tail(path)
        for pattern, reason in _KNOWN:
            if known := pattern.search(text):
                return Failure(reason, _exception_before(text, known.start()) + known.group(), log_file(path))
    said = next(_sayings(job, tail(syslog), tail(stderr)), f"The step ended with exit code {exit_code}.")
    return Failure(_reason_of(said), said, log_file(stderr))


def _exception_before(text: str, end: int) -> str:
    """`package.SomeException: ` if that is what stands before `end`, else nothing."""
    name = _EXCEPTION_NAME.search(text[max(0, end - _EXCEPTION_NAME_MAX) : end])
    return name.group() if name else ""


def _reason_of(said: str) -> str:
    """The reason that is in what a task said: out of memory, killed by a signal (128 + its number)."""
    if "MemoryError" in said or "OutOfMemoryError" in said:
        return "Out of memory."
    killed = _KILLED_TASK.search(said)
    return "Killed." if killed and int(killed.group(1)) - 128 in set(signal.Signals) else UNKNOWN


def _killed(number: int) -> str:
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    why = ": it used up its CPU time" if name == "SIGXCPU" else ""
    return f"The step's process was ended by {name}{why}."


def _sayings(job: Job, syslog: str, stderr: str) -> Iterator[str]:
    """What tells most of a failure that is none of the known ones, best first."""
    if failure := _TASK_FAILURE.search(syslog):
        words = _of_first_task(job)
        yield f"{failure.group()}: {words}" if words else failure.group()
    yield from _exceptions(stderr)
    for text in (syslog, stderr):
        yield from _ERROR_RECORD.findall(text)[-1:]
    yield from _last_line(stderr)


def _of_first_task(job: Job) -> str | None:
    """What the command of the first task to fail wrote: its exception, or the last line it said."""
    for path in sorted(job.task_log_folder.glob("attempt_*/stderr")):
        stderr = tail(path)
        for said in (*_exceptions(stderr), *_last_line(stderr)):
            return said
    return None


def _exceptions(text: str) -> list[str]:
    """The last lines of Python's tracebacks, or the first lines of Java's, first one first."""
    return [line.strip() for line in (*_TRACEBACK.findall(text), *_JAVA_EXCEPTION.findall(text))]


def _last_line(text: str) -> list[str]:
    """The last line that says something; Hadoop 1 puts its own word below that of the command."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [line for line in lines if "PipeMapRed.waitOutputThreads" not in line][-1:]


def tail(path: Path) -> str:
    """The last 64 KB of a file, as text; empty if it is not there."""
    if not path.is_file():
        return ""
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return file.read().decode("utf-8", "replace")
