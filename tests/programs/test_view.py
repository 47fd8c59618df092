"""The cluster's folders at /home/hadoop and /mnt: nothing of the machine's own is touched.

All of it happens in a mount namespace of the test's own, where /mnt and /home are folders of the test's.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PREPARE = "mount --make-rprivate / && mount --bind {mnt} /mnt && mount --bind {home} /home && "
SHOW = (
    "import pathlib, sys; from emrsim.programs.view.mounts import enter_view, view_below; "
    "folder = pathlib.Path(sys.argv[1]); enter_view(view_below(folder, folder / 'programs', ())); "
    "print('shown'); "
    "print(*sorted(path.name for path in pathlib.Path('/mnt').iterdir())); "
    "print(*sorted(path.name for path in pathlib.Path('/home').iterdir()))"
)


def may_mount() -> bool:
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not may_mount(), reason="no mounts of one's own here: run as root")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine whose /mnt has 40 folders with a file each, a file and a link; there is one user."""
    for number in range(40):
        (tmp_path / "machine" / "mnt" / f"disk{number}").mkdir(parents=True)
        (tmp_path / "machine" / "mnt" / f"disk{number}" / "file").write_text("kept")
    (tmp_path / "machine" / "mnt" / "note").write_text("kept")
    (tmp_path / "machine" / "mnt" / "link").symlink_to("disk1")
    (tmp_path / "machine" / "home" / "ann").mkdir(parents=True)
    for name in ("home", "mnt"):
        (tmp_path / "cluster" / name).mkdir(parents=True)
    return tmp_path


def on(machine: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script where /mnt and /home are those of `machine`."""
    prepare = PREPARE.format(mnt=machine / "machine" / "mnt", home=machine / "machine" / "home")
    command = ["unshare", "--mount", "sh", "-c", prepare + script]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)


def show(machine: Path) -> str:
    return f"'{sys.executable}' -c \"{SHOW}\" {machine / 'cluster'}"


def is_whole(machine: Path) -> bool:
    disks = list((machine / "machine" / "mnt").glob("disk*/file"))
    return len(disks) == 40 and (machine / "machine" / "home" / "ann").is_dir()


def test_what_the_machine_has_stays_in_sight(machine: Path) -> None:
    (machine / "cluster" / "mnt" / "own").mkdir()

    shown, mnt, home = on(machine, show(machine)).stdout.splitlines()

    assert shown == "shown"
    assert set(mnt.split()) == {*(f"disk{number}" for number in range(40)), "link", "note", "own"}
    assert home.split() == ["ann", "hadoop"]
    assert is_whole(machine)


def test_many_processes_at_once_lose_nothing(machine: Path) -> None:
    one = show(machine)

    ended = on(machine, f"for i in 1 2 3 4 5 6 7 8; do {one} & done; wait")

    assert ended.stdout.count("shown") == 8, ended.stderr
    assert is_whole(machine)


def test_an_error_midway_loses_nothing(machine: Path) -> None:
    (machine / "cluster" / "mnt").rmdir()  # so that it cannot be mounted

    ended = on(machine, show(machine))

    assert ended.returncode != 0
    assert "FileNotFoundError" in ended.stderr
    assert is_whole(machine)


HOME_OF_ANN = (
    "import pathlib, subprocess, sys; from emrsim.programs.view import mounts; "
    "mounts._users_home = lambda: '/home/ann'; folder = pathlib.Path(sys.argv[1]); "
    "real = [pathlib.Path('/home/ann/.emrsim/data')]; "
    "mounts.enter_view(mounts.view_below(folder, folder / 'programs', real)); "
    "subprocess.run(['sh', '-c', sys.argv[2]])"
)


def test_the_home_of_the_user_who_runs_emrsim_keeps_its_settings(machine: Path) -> None:
    """Programs find it without HOME: `ssh-keygen`, `~ann`, Java's user.home."""
    ann = machine / "machine" / "home" / "ann"
    for folder in (".ssh", ".config/deep", "project", ".emrsim/data", ".m2"):
        (ann / folder).mkdir(parents=True)
    (ann / ".bashrc").write_text("kept")
    (ann / ".ssh" / "authorized_keys").write_text("kept")
    script = (
        "cd /home/ann; for f in .bashrc .profile .ssh/authorized_keys .config/deep/new .gnupg-new "
        "new .emrsim/data/new project/new .m2/new; do echo x > $f; done; cat .ssh/authorized_keys .profile"
    )

    ended = on(machine, f"'{sys.executable}' -c \"{HOME_OF_ANN}\" {machine / 'cluster'} '{script}'")

    written = {str(path.relative_to(ann)) for path in ann.rglob("new")}
    assert written == {".emrsim/data/new", "project/new", ".m2/new"}, ended.stderr
    assert {path.read_text() for path in (ann / ".bashrc", ann / ".ssh/authorized_keys")} == {"kept"}
    assert not (ann / ".profile").exists()
    assert ended.stdout.splitlines()[-1] == "x"  # what is new is there for the cluster
