"""Scripts and commands whose interpreter this machine may lack."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.mapreduce.jobs import Ended, Jobs

UPPER = "import sys\nfor line in sys.stdin: sys.stdout.write(line.upper())\n"
# Runs under both Pythons, and prints something else under each.
HALF = "print(7/2)\n"
OLD = "import sys\nfor line in sys.stdin: print line.upper(),\n"


def mapped(jobs: Jobs, command: str, **variables: str) -> Ended:
    """Map one line with a command, whose script is in the folder; PATH has no Python at all."""
    tools = jobs.folder / "tools"
    tools.mkdir(exist_ok=True)
    for name in ("env", "cat", "tr", "sh"):
        (tools / name).unlink(missing_ok=True)
        (tools / name).symlink_to(f"/bin/{name}")
    words = ["-D", "mapred.map.max.attempts=1", "-numReduceTasks", "0", "-mapper", command]
    for file in jobs.folder.glob("m.*"):
        words += ["-file", file.name]
    old = dict(os.environ)
    os.environ.update(variables, PATH=str(tools))
    try:
        return jobs.run(*words, lines=b"a\n")
    finally:
        os.environ.clear()
        os.environ.update(old)


@pytest.mark.parametrize(
    "command",
    [
        "/usr/bin/python2.7 m.py",
        "/nowhere/bin/python2 m.py",
        "python2 m.py",
        "python2.6 m.py",
        "python2.7 -c 'print(7/2)'",
    ],
)
def test_a_command_for_python_2_is_never_run_by_python_3(jobs: Jobs, command: str) -> None:
    jobs.write("m.py", HALF)

    ended = mapped(jobs, command)

    assert ended.code == 1
    assert f"{command.split()[0]} is not on this machine, and Python 3 is not run in its place" in ended.said


@pytest.mark.parametrize(
    "first",
    ["#!/nowhere/python2.7", "#!/usr/bin/env python2", "#! /nowhere/python2 -u", "#!/usr/bin/env python2.7"],
)
def test_a_script_for_python_2_is_never_run_by_python_3(jobs: Jobs, first: str) -> None:
    jobs.write("m.py", f"{first}\n{HALF}")

    ended = mapped(jobs, "m.py")

    assert ended.code == 1
    assert "python2" in ended.said
    assert "--python2" in ended.said


@pytest.mark.parametrize(
    ("command", "first"),
    [
        ("m.py", "#!/nowhere/bin/python"),
        ("m.py", "#!/nowhere/bin/python -u"),
        ("m.py", "#!/usr/bin/env python"),
        ("m.py", "#!/nowhere/bin/python3.4"),
        ("/nowhere/bin/python m.py", ""),
        ("/nowhere/bin/python -u m.py", ""),
        ("python m.py", ""),
        ("/nowhere/local/bin/python3 m.py", ""),
        ("python3 m.py", ""),
    ],
)
def test_a_missing_python_is_replaced_by_python_3_and_the_logs_say_so(
    jobs: Jobs, command: str, first: str
) -> None:
    jobs.write("m.py", f"{first}\n{UPPER}")

    ended = mapped(jobs, command)

    assert ended.text() == b"A\t\n", ended.said
    assert f"is not on this machine: {sys.executable} runs in its place" in ended.said


@pytest.mark.parametrize(
    ("command", "first"),
    [("m.py", "#!/nowhere/bin/python"), ("m.py", "#!/usr/bin/env python"), ("/nowhere/python m.py", "")],
)
def test_what_is_written_in_python_2_is_not_run_by_python_3(jobs: Jobs, command: str, first: str) -> None:
    jobs.write("m.py", f"{first}\n{OLD}")

    ended = mapped(jobs, command)

    assert ended.code == 1
    assert "Python 3 cannot run its script (m.py, line 3: Missing parentheses" in ended.said


@pytest.mark.parametrize(
    ("command", "first"),
    [("m.py", "#!/nowhere/python2.7"), ("m.py", "#!/usr/bin/env python"), ("python2 m.py", ""),
     ("/nowhere/python m.py", "")],
)  # fmt: skip
@pytest.mark.parametrize("variable", ["EMRSIM_PYTHON2", "EMRSIM_INTERPRETERS"])
def test_the_python_2_that_is_named_is_taken(jobs: Jobs, command: str, first: str, variable: str) -> None:
    jobs.write("m.py", f"{first}\n{OLD}")
    two = jobs.folder / "two"
    two.write_text("#!/bin/sh\nread line; echo two $line\n")
    two.chmod(0o755)
    entries = ":".join(f"{name}={two}" for name in ("python", "python2", "python2.7"))

    ended = mapped(jobs, command, **{variable: str(two) if variable == "EMRSIM_PYTHON2" else entries})

    assert ended.text() == b"two a\t\n", ended.said
    assert f"{two} runs in its place" in ended.said


def test_any_interpreter_can_be_named(jobs: Jobs) -> None:
    jobs.write("m.pl", "#!/nowhere/perl5 -n\nprint uc;\n")
    perl = jobs.folder / "perl"
    perl.write_text("#!/bin/sh\nprintf '%s\\n' $1\n")
    perl.chmod(0o755)

    ended = mapped(jobs, "m.pl", EMRSIM_INTERPRETERS=f"/nowhere/perl5={perl}")
    unnamed = Jobs(Path(jobs.folder / "b").mkdir() or jobs.folder / "b")  # type: ignore[func-returns-value]
    unnamed.write("m.pl", "#!/nowhere/perl5 -n\nprint uc;\n")
    missing = mapped(unnamed, "m.pl")

    assert ended.text() == b"-n\t\n", ended.said
    assert missing.code == 1
    assert "its first line asks for '/nowhere/perl5', which is not on this machine" in missing.said


@pytest.mark.parametrize(
    "first", ["#!/nowhere/python\r", "#!/nowhere/python -u\r", "#!/bin/sh\r", "#!/usr/bin/env python3\r"]
)
def test_a_first_line_with_a_carriage_return_fails_and_says_why(jobs: Jobs, first: str) -> None:
    jobs.write("m.py", f"{first}\n{UPPER}")

    ended = mapped(jobs, "m.py")

    assert ended.code == 1
    assert "error=2" in ended.said
    assert "ends with a carriage return: save it with Unix line ends" in ended.said


@pytest.mark.parametrize(
    ("script", "output"),
    [
        (b"tr a-z A-Z\n", b"A\t\n"),
        (b"", b""),
        (b"\n\ntr a-z A-Z\n", b"A\t\n"),
        (b"# tr\ntr a-z A-Z", b"A\t\n"),
    ],
)
def test_a_script_without_an_interpreter_is_run_by_the_shell(
    jobs: Jobs, script: bytes, output: bytes
) -> None:
    jobs.write("m.sh", script)

    ended = mapped(jobs, "m.sh")

    assert ended.text() == output, ended.said


def test_a_byte_order_mark_before_the_first_line_is_told(jobs: Jobs) -> None:
    jobs.write("m.py", b"\xef\xbb\xbf#!/bin/sh\ncat\n")

    ended = mapped(jobs, "m.py")

    assert "begins with a byte order mark, which hides its first line" in ended.said


@pytest.mark.parametrize("role", ["-combiner", "-reducer"])
def test_combiners_and_reducers_are_started_alike(jobs: Jobs, role: str) -> None:
    jobs.write("m.sh", "cat\n")

    ended = jobs.run("-mapper", "cat", role, "m.sh", "-file", "m.sh", lines=b"a\n")

    assert ended.text() == b"a\t\n", ended.said


def test_a_file_of_the_user_that_is_not_executable_says_what_to_do(jobs: Jobs) -> None:
    path = jobs.write("own/m.sh", "#!/bin/sh\ncat\n")

    ended = mapped(jobs, str(path))

    assert ended.code == 1
    assert "error=13, Permission denied: make" in ended.said
