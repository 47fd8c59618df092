"""`python`, `python2` and `pip2` of shell scripts on a machine that has none of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emrsim import Emulator
from emrsim.interpreters import PYTHON2, STAND_INS
from tests.programs.cluster import TOP, write
from tests.service.test_steps_on_the_master import Run, bootstrap, command, put


def ran(
    tmp_path: Path, script: str, path: str = "/usr/bin:/bin", **more: str
) -> subprocess.CompletedProcess[str]:
    write(tmp_path / "machine/python3", f'#!/bin/sh\nexec {sys.executable} "$@"\n').chmod(0o755)
    write(tmp_path / "two.py", "print 'two'\n")
    write(tmp_path / "three.py", "import sys; print('three', sys.argv[1:])\n")
    environment = {
        "PATH": os.pathsep.join([str(tmp_path / "machine"), path, str(STAND_INS)]),
        "EMRSIM_PYTHON": sys.executable,
        "PYTHONPATH": str(TOP),
        **more,
    }
    return subprocess.run(
        ["/bin/sh", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )


needs_none = pytest.mark.skipif(
    any(os.path.exists(f"{folder}/python") for folder in ("/usr/bin", "/bin")),
    reason="there is a python here",
)


@needs_none
@pytest.mark.parametrize("script", ["python three.py a 'b c'", "env python three.py a 'b c'"])
def test_a_script_that_is_python_3_runs_and_that_is_said(tmp_path: Path, script: str) -> None:
    ended = ran(tmp_path, script)

    assert (ended.returncode, ended.stdout) == (0, "three ['a', 'b c']\n"), ended.stderr
    assert "emrsim: python is not on this machine" in ended.stderr
    assert "which is Python 3" in ended.stderr


@needs_none
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("python two.py", "Python 3 cannot run its script (two.py, line 1"),
        ("python -c 'print 1'", "Python 3 cannot run its script (-c, line 1"),
        ("python2 three.py", "Python 3 is not run in its place"),
        ("python2.7 three.py", "Python 3 is not run in its place"),
        ("pip2 install x", "use pip3"),
    ],
)
def test_nothing_of_another_major_version_runs(tmp_path: Path, script: str, said: str) -> None:
    ended = ran(tmp_path, script)

    assert (ended.returncode, ended.stdout) == (127, "")
    assert said in ended.stderr


@needs_none
def test_the_python_2_that_is_named_runs(tmp_path: Path) -> None:
    python2 = write(tmp_path / "py2", "#!/bin/sh\necho py2 $*\n")
    python2.chmod(0o755)

    ended = ran(tmp_path, "python2.7 two.py; python two.py", **{PYTHON2: str(python2)})

    assert ended.stdout == "py2 two.py\npy2 two.py\n", ended.stderr


def test_a_python_of_the_machines_comes_first(tmp_path: Path) -> None:
    write(tmp_path / "own/python", "#!/bin/sh\necho own\n").chmod(0o755)

    ended = ran(tmp_path, "python three.py", f"{tmp_path}/own:/usr/bin:/bin")

    assert (ended.stdout, ended.stderr) == ("own\n", "")


@needs_none
def test_scripts_of_steps_and_bootstrap_actions_find_them(
    emrsim: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin")
    action = put(emrsim, "action.sh", "#!/bin/bash\necho 'print(1)' > ~/x.py && python ~/x.py > ~/out\n")
    script = "cat ~/out; python ~/x.py; bash -lc 'python ~/x.py'"

    run = Run(emrsim, command("bash", "-c", script), BootstrapActions=[bootstrap(action)])

    assert (run.state, run.wrote()) == ("COMPLETED", "1\n1\n1\n"), run.wrote("stderr")
    assert "emrsim: python is not on this machine" in run.wrote("stderr")
