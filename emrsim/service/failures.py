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
# A failed attempt of a task in the log of its job: its id, its error, and what Java says caused that.
_TASK_FAILURE = re.compile(r"Task Id : (\S+), Status : FAILED\nError: (.*)(?:\nCaused by: (.*))?")
_EXIT_CODE = re.compile(r"PipeMapRed\.waitOutputThreads\(\): subprocess failed with code \d+")
# Of Spark and Hive: what is wrong with a statement, above its plan.
_SQL_ERROR = re.compile(r"^(\[[A-Z][A-Z0-9_.]{2,200}\] .*|Error in query: .*|FAILED: .*)", re.MULTILINE)
# Lines that report no error: records below ERROR of log4j (both forms) and of Python's logging, plans of
# Spark, and notes of emrsim's own.
_NO_ERROR = re.compile(
    r"(?:\S{1,40} ){0,3}\[?(?:TRACE|DEBUG|INFO|WARN|WARNING)\b|[:+]- |\+-|'[A-Z]\w+|emrsim: |\s*at \S+\("
)
_NOTE = "emrsim: "
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
    said = next(_sayings(job), f"The step ended with exit code {exit_code}.")
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


def _sayings(job: Job) -> Iterator[str]:
    """Yield the most informative lines of an unknown failure, best first."""
    syslog, stderr, stdout = (tail(job.log_folder / name) for name in ("syslog", "stderr", "stdout"))
    for text in (syslog, stderr):
        for failure in [*_TASK_FAILURE.finditer(text)][-1:]:
            yield _of_task(job, failure)
    # Spark's PythonRunner has the standard error of a script in its standard output.
    for text in (stderr, stdout):
        yield from _tracebacks(text)
    yield from _SQL_ERROR.findall(stderr)[-1:]
    yield from [line.strip() for line in _JAVA_EXCEPTION.findall(stderr)]
    for text in (syslog, stderr):
        yield from _ERROR_RECORD.findall(text)[-1:]
    for text in (stderr, stdout):
        yield from _last_line(text)


def _of_task(job: Job, failure: re.Match[str]) -> str:
    """Return why an attempt of a task failed; of a command that failed, with what it wrote."""
    attempt, error, cause = failure.groups()
    exit_code = _EXIT_CODE.search(error)
    if exit_code is None:
        return str(cause or error)
    stderr = tail(job.task_log_folder / attempt / "stderr")
    words = next(iter((*_tracebacks(stderr), *_JAVA_EXCEPTION.findall(stderr), *_last_line(stderr))), None)
    return f"{exit_code.group()}: {words}" if words else exit_code.group()


def failed_task_errors(syslog: Path, task_log_folder: Path) -> list[Path]:
    """Return the standard error of the attempt that failed a job, according to its log; [] if none did."""
    failures = [*_TASK_FAILURE.finditer(tail(syslog))][-1:]
    paths = [task_log_folder / failure[1] / "stderr" for failure in failures]
    return [path for path in paths if path.is_file()]


def _tracebacks(text: str) -> list[str]:
    """Return the last line of the last of Python's tracebacks: of a chain, the one that was not caught."""
    return [line.strip() for line in _TRACEBACK.findall(text)[-1:]]


def _last_line(text: str) -> list[str]:
    """Return the last line that may report an error; Hadoop 1 puts its own below that of the command."""
    lines = [line.strip() for line in text.splitlines()]
    told = [line for line in lines if line and not _NO_ERROR.match(line)]
    return [line for line in told if "PipeMapRed.waitOutputThreads" not in line][-1:]


def notes(log_folder: Path) -> list[str]:
    """Return what emrsim's own programs say of how they ran something, in the step's standard error."""
    lines = tail(log_folder / "stderr").splitlines()
    return list(dict.fromkeys(line.removeprefix(_NOTE) for line in lines if line.startswith(_NOTE)))


def tail(path: Path) -> str:
    """The last 64 KB of a file, as text; empty if it is not there."""
    if not path.is_file():
        return ""
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return file.read().decode("utf-8", "replace")
