"""`pip`, `pip3` and `python3 -m pip` of a cluster: they install into an environment of the cluster's own.

It is made at the first call. It sees the packages of the Python that runs emrsim, and is the cluster's
`python3` from then on; nothing is ever installed into, or removed from, an environment of the user's.
"""

from __future__ import annotations

import os
import site
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NoReturn

from emrsim.programs.machine.said import rejected, say
from emrsim.programs.surroundings import Surroundings, surroundings

_DEVELOPERS = "emrsim-developer.pth"  # adds the folders of packages that are seen too
# What an environment has no use for: it is the one of its user.
_DROPPED = {"--user", "--break-system-packages"}


def main(arguments: list[str]) -> int:
    """Run pip with these arguments in the cluster's environment."""
    around = surroundings()
    folder = environment_folder(around)
    if folder is None:
        return rejected("pip: this is no program of a cluster: nothing was installed")
    python = folder / "bin" / "python3"
    if not python.exists() and (code := _make(folder)):
        return code
    return _become_pip(python, arguments)


def _become_pip(python: Path, arguments: list[str]) -> NoReturn:
    words = [word for word in arguments if word not in _DROPPED]
    own = {**_plain_environment(), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    sys.stdout.flush()
    os.execve(python, [str(python), "-m", "pip", *words], own)


def environment_folder(around: Surroundings) -> Path | None:
    """The cluster's environment, whether it is there or not; None outside of a cluster."""
    return around.mnt.parent / "python" if around.mnt else None


def cluster_python(around: Surroundings) -> str | None:
    """The Python of the cluster's environment; None if nothing was installed."""
    folder = environment_folder(around)
    python = folder / "bin" / "python3" if folder else None
    return str(python) if python is not None and python.exists() else None


def _make(folder: Path) -> int:
    """Make the environment; an exit code other than 0 if that cannot be."""
    say(f"pip: the cluster gets an environment of its own, with Python {sys.version.split()[0]}")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        return rejected(f"pip: no environment could be made: {made.stderr.strip() or made.stdout.strip()}")
    purelib = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    seen = [path for path in (*site.getsitepackages(), sysconfig.get_path("platlib")) if os.path.isdir(path)]
    (purelib / _DEVELOPERS).write_text(
        "".join(f"import site; site.addsitedir({path!r})\n" for path in dict.fromkeys(seen))
    )
    python = str(folder / "bin" / "python3")
    if _runs([python, "-c", "import pip"]) is None:
        return 0
    why = _runs([python, "-m", "ensurepip"])
    return 0 if why is None else rejected(f"pip: it is not in this Python: {why}")


def _runs(command: list[str]) -> str | None:
    """None if a command succeeds without emrsim's modules in its way, else what it said."""
    ended = subprocess.run(command, env=_plain_environment(), capture_output=True, text=True, check=False)
    return None if ended.returncode == 0 else ended.stderr.strip()


def _plain_environment() -> dict[str, str]:
    dropped = {"PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PIP_REQUIRE_VIRTUALENV"}
    return {name: value for name, value in os.environ.items() if name not in dropped}
