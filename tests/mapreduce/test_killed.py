"""A streaming job that is killed at whatever moment leaves no process of a task."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.test_tutorial import is_alive
from tests.waiting import wait_until

# The runner, as far as processes go: it runs SCRIPT as a task and is killed at a moment that MOMENT says.
_RUNNER = """
import os, signal, sys
from pathlib import Path
from emrsim.mapreduce.tasks.guardian import TaskGuardian
from emrsim.mapreduce.tasks.process import Command, Supervisor, run

scratch, moment, script = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
guardian = TaskGuardian(str(scratch))

class Intake:
    def room(self):
        return bytearray(100)

    def took(self, count):
        pass

class Killed(Supervisor):
    def started(self, group):
        (scratch.parent / "group").write_text(str(group))
        if moment == "before its guardian is told":
            os.kill(os.getpid(), signal.SIGKILL)
        super().started(group)
        if moment == "after its guardian was told":
            os.kill(os.getpid(), signal.SIGKILL)

supervisor = Killed(guardian.note, guardian.note_start)
command = Command(["/bin/sh", "-c", script], scratch / "task", {"PATH": os.defpath})
print(run(command, iter(()), Intake(), lambda text: False, supervisor))
guardian.dismiss()
"""
_SLEEP = "echo $$ > ../../pid; exec sleep 600"
_OWN_SESSION = "setsid sh -c 'echo $$ > ../../pid; exec sleep 600' & wait; sleep 600"


def runner(folder: Path, moment: str, script: str) -> subprocess.Popen[str]:
    (folder / "scratch" / "task").mkdir(parents=True)
    words = [sys.executable, "-c", _RUNNER, str(folder / "scratch"), moment, script]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def has_written_pid(folder: Path) -> bool:
    return (folder / "pid").exists() and (folder / "pid").read_text().endswith("\n")


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")
@pytest.mark.parametrize("script", [_SLEEP, _OWN_SESSION], ids=["plain", "own session"])
@pytest.mark.parametrize("moment", ["before its guardian is told", "after its guardian was told", "later"])
def test_no_task_outlives_a_runner_that_is_killed(tmp_path: Path, moment: str, script: str) -> None:
    with runner(tmp_path, moment, script) as process:
        if moment == "later":
            wait_until(lambda: has_written_pid(tmp_path))
            process.kill()
        assert process.wait() == -signal.SIGKILL

    wait_until(lambda: not is_alive(int((tmp_path / "group").read_text())))
    wait_until(lambda: not has_written_pid(tmp_path) or not is_alive(int((tmp_path / "pid").read_text())))
    wait_until(lambda: not (tmp_path / "scratch").exists())


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", 137), ("kill $$", 143)]
)
def test_the_exit_code_is_told_as_a_shell_does(tmp_path: Path, script: str, code: int) -> None:
    with runner(tmp_path, "never", script) as process:
        assert process.communicate()[0] == f"{code}\n"


def test_a_group_is_killed_while_its_number_is_its_own(tmp_path: Path) -> None:
    """A process that has been waited for may have given its number to another's group."""
    spy = _RUNNER.replace(
        "supervisor = Killed",
        """from emrsim.mapreduce.tasks import process

kill = process.kill_group

def checked(group):
    assert Path(f"/proc/{group}").exists(), "its number may be another's"
    kill(group)

process.kill_group = checked
supervisor = Killed""",
    )
    (tmp_path / "scratch" / "task").mkdir(parents=True)
    words = [sys.executable, "-c", spy, str(tmp_path / "scratch"), "never", "sleep 600 <&- >&- 2>&- & exit 5"]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

    assert (ended.stdout, ended.stderr) == ("5\n", "")


# A runner that is killed as soon as its output is in place, with files of tasks' own beside the parts.
_COMMITS = """
import os, signal, sys
from pathlib import Path
from emrsim.mapreduce.tasks.guardian import TaskGuardian
from emrsim.mapreduce.tasks.output import Committer

folder = Path(sys.argv[1])
guardian = TaskGuardian(str(folder / "scratch"))
committer = Committer(folder / "out", guardian.note_committed)
committer.set_up()
guardian.note_output(folder / "out")
(folder / "out" / "theirs").touch()
attempt = committer.attempt_folder("attempt_1")
for name in ("part-00000", "side.txt", "sub/part-00001"):
    (attempt / name).parent.mkdir(exist_ok=True)
    (attempt / name).touch()
committer.keep(attempt)
committer.commit(mark=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_no_output_of_a_runner_that_is_killed_stays_only_what_others_put_there(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()

    killed = subprocess.run([sys.executable, "-c", _COMMITS, str(tmp_path)], check=False)

    assert killed.returncode == -signal.SIGKILL
    wait_until(lambda: not (tmp_path / "scratch").exists())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["theirs"]
