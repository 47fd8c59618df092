"""Every command of `emrsim` is listed, and tells of itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emrsim.cli.commands import emrsim
from emrsim.cli.programs import HELP
from emrsim.programs.table import PROGRAMS

EMRSIM = (sys.executable, "-m", "emrsim")


def test_help_lists_every_command_and_program() -> None:
    said = subprocess.run([*EMRSIM, "--help"], capture_output=True, text=True, check=True).stdout

    listed = {line.split()[0] for line in said.splitlines() if line.startswith("  ") and line[2:3].isalpha()}
    assert listed >= {*emrsim.commands, *HELP}
    assert HELP.keys() <= PROGRAMS.keys()
    assert {"hadoop", "hdfs", "spark-submit", "hive-script", "s3-dist-cp", "prepare"} <= HELP.keys()


@pytest.mark.parametrize("name", sorted({*emrsim.commands, "hadoop", "hdfs", "prepare", "spark-submit"}))
def test_help_of_each_exits_with_0_and_does_nothing(name: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [*EMRSIM, name, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Usage: " in ended.stdout
    assert list(tmp_path.iterdir()) == []
