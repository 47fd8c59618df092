"""The programs of a cluster's PATH, as files that call them."""

from __future__ import annotations

import os
import subprocess
import sys

from emrsim.programs.table import BIN, NOT_ON_THE_PATH, PROGRAMS


def test_every_program_of_the_path_has_its_file() -> None:
    names = {path.name for path in BIN.iterdir() if os.access(path, os.X_OK)}

    assert names == set(PROGRAMS) - NOT_ON_THE_PATH


def test_a_file_runs_the_program_of_its_name() -> None:
    environment = {"PATH": f"{BIN}:{os.defpath}", "EMRSIM_PYTHON": sys.executable}

    ended = subprocess.run(
        ["sh", "-c", "hadoop-streaming -info"], env=environment, capture_output=True, text=True, check=True
    )

    assert "-mapper" in ended.stdout
