"""The rooms of the house, and what start-up may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

TOP = Path(__file__).parent.parent
MODULES = sorted([*TOP.glob("emrsim/**/*.py"), *TOP.glob("fake_s3/**/*.py")])
HEAVY = {"moto", "numpy", "pyarrow", "boto", "boto3", "botocore"}


def test_import_contracts_are_kept() -> None:
    ended = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize(
    "module",
    [
        "emrsim",
        "emrsim.app",
        "emrsim.cli.commands",
        "emrsim.programs.streaming",
        "emrsim.pytest_plugin",
        "emrsim.testing",
    ],
)
def test_start_up_loads_nothing_heavy(module: str) -> None:
    program = f"import sys, {module}; print(*sorted(set(sys.modules) & {HEAVY}))"

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert loaded.split() == []


def test_plugin_loads_no_more_of_emrsim_than_itself() -> None:
    """It is loaded by every run of pytest in its environment, tests of emrsim or not."""
    program = (
        "import sys, emrsim.pytest_plugin; print(*sorted(one for one in sys.modules if one[:6] == 'emrsim'))"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert loaded.split() == ["emrsim", "emrsim.pytest_plugin"]


def test_keys_become_paths_without_flask_or_sqlite() -> None:
    program = (
        "import sys, emrsim.storage; print(*sorted(set(sys.modules) & {'flask', 'sqlite3', 'werkzeug'}))"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert loaded.split() == []


def test_files_and_functions_are_small() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in MODULES}
    functions = {
        f"{path.relative_to(TOP)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }

    assert [str(path) for path, length in lengths.items() if length > 400] == []
    assert [name for name, length in functions.items() if length > 60] == []
    assert median(functions.values()) <= 10


def test_only_storage_reads_s3_uris_in_the_rooms_below_it() -> None:
    for path in TOP.glob("emrsim/mapreduce/**/*.py"):
        tree = ast.parse(path.read_text())
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        docs = {
            ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, ast.Module)
        }
        assert not [
            text for text in texts if isinstance(text, str) and text.startswith("s3") and text not in docs
        ]
