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
OF_OTHERS = {"click", "difflib", "flask", "msgspec", "sqlite3", "tomllib", "waitress", "werkzeug", "yaml"}
LOADED_BY_SERVE = Path(__file__).with_name("loaded_by_serve.txt")


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


def test_serve_loads_no_more_than_is_listed_before_its_first_request(tmp_path: Path) -> None:
    """What is needed later is imported where it is used; what start-up needs is added to the list."""
    listed = set(LOADED_BY_SERVE.read_text().split())

    loaded = _loaded_by_serve(tmp_path)

    assert "emrsim.app" in loaded
    assert sorted(loaded - listed) == []


def _loaded_by_serve(folder: Path) -> set[str]:
    """The modules of emrsim, and the packages of others, that a server has loaded when it has greeted."""
    log = folder / "imports"
    command = [sys.executable, "-X", "importtime", "-m", "emrsim", "serve", "--port", "0"]
    with log.open("w") as stderr:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, cwd=folder)
        assert server.stdout
        with server:
            greeting = [server.stdout.readline()]
            while greeting[-1] and "State is" not in greeting[-1]:
                greeting.append(server.stdout.readline())
            server.kill()  # what it would import to stop does not count
    assert "State is" in greeting[-1], log.read_text()
    names = {line.rpartition("|")[2].strip() for line in log.read_text().splitlines()}
    own = {name for name in names if name.partition(".")[0] in {"emrsim", "fake_s3"}}
    top = {name.partition(".")[0] for name in names}
    return own | {name for name in HEAVY | OF_OTHERS if name in top}


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
