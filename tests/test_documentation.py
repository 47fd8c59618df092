"""What README.md and the pages in docs/ show is so."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from emrsim import Emulator, pytest_plugin
from emrsim.boto2 import emr_connection
from emrsim.cli.commands import emrsim
from emrsim.programs.table import PROGRAMS
from emrsim.web.control.endpoint import CALLS
from tests.support.pages import PAGES, PROJECT, Page
from tools import operations_table, options_table, state_diagram, typical_steps_table
from tools.generated import generated_part

README = next(page for page in PAGES if page.path.name == "README.md")
AWSCLI = os.environ.get("EMRSIM_AWSCLI")

_FILE = re.compile(r"`([a-z_0-9]+/(?:[a-z_0-9]+/)*(?:[a-z_0-9]+\.[a-z]+)?)`")
_IN_PROSE = re.compile(r"`emrsim ([a-z][a-z0-9-]+)")
_IN_CONSOLE = re.compile(r"^emrsim ([a-z][a-z0-9-]+)", re.MULTILINE)


def _pages_with(language: str, beginning: str, *, is_not: bool = False) -> list[Page]:
    return [page for page in PAGES if _blocks(page, language, beginning, is_not=is_not)]


def _blocks(page: Page, language: str, beginning: str, *, is_not: bool = False) -> list[str]:
    return [block for block in page.blocks(language) if block.startswith(beginning) != is_not]


@pytest.mark.parametrize(
    "part", [operations_table, options_table, state_diagram, typical_steps_table], ids=lambda part: part.NAME
)
def test_generated_parts_are_up_to_date(part: object) -> None:
    assert isinstance(part, type(operations_table))

    assert generated_part(part.PAGE, part.NAME) == part.draw(), f"run: python -m {part.__name__}"


@pytest.mark.parametrize("page", _pages_with("python", "# test_", is_not=True), ids=str)
def test_programs_run_as_written(page: Page, tmp_path: Path) -> None:
    """With the port of a running emulator in place of the usual one, and the environment of `emrsim env`."""
    for number, program in enumerate(_blocks(page, "python", "# test_", is_not=True)):
        folder = tmp_path / str(number)
        folder.mkdir()
        with Emulator(folder / "s3", settle_seconds=5.0) as emulator:
            (folder / "s3" / "my-bucket").mkdir()
            (folder / "program.py").write_text(program.replace("4580", str(emulator.port)))

            ended = _run_in_env(f"exec {sys.executable} program.py", emulator, folder)

            assert ended.returncode == 0, ended.stderr
            connection = emr_connection(emulator.host, emulator.port)
            for job_flow in connection.describe_jobflows():
                assert emulator.wait(job_flow.jobflowid) in {"COMPLETED", "TERMINATED"}


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, from the package of that name")
@pytest.mark.parametrize("page", _pages_with("console", "curl"), ids=str)
def test_calls_with_curl_are_answered(page: Page, tmp_path: Path) -> None:
    for number, commands in enumerate(_blocks(page, "console", "curl")):
        with Emulator(tmp_path / str(number)) as emulator:
            for kind in ("rules", "faults"):
                _make_first(kind, commands, emulator)
            job_flow_id = emr_connection(emulator.host, emulator.port).run_jobflow("waits", keep_alive=True)
            lines = commands.replace("curl", "curl -sS --fail-with-body").replace("4580", str(emulator.port))

            ended = _run(f"set -e\n{lines}", tmp_path, {**os.environ, "JOB_FLOW": job_flow_id})

            assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.skipif(AWSCLI is None, reason="needs the AWS CLI: make clients, or EMRSIM_AWSCLI")
@pytest.mark.parametrize("page", [*_pages_with("console", "aws"), *_pages_with("console", "id=")], ids=str)
def test_calls_with_the_aws_cli_succeed(page: Page, tmp_path: Path) -> None:
    folder = Path(str(AWSCLI)).parent
    for commands in [*_blocks(page, "console", "aws"), *_blocks(page, "console", "id=")]:
        with Emulator(tmp_path / "s3", settle_seconds=5.0) as emulator:
            (tmp_path / "s3" / "my-bucket").mkdir(exist_ok=True)
            lines = commands.replace("4580", str(emulator.port))

            ended = _run_in_env(f"set -e; PATH={folder}:$PATH\n{lines}", emulator, tmp_path)

            assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("page", _pages_with("python", "# test_"), ids=str)
def test_tests_pass_as_written(page: Page, tmp_path: Path) -> None:
    tests = _blocks(page, "python", "# test_")
    for number, test in enumerate(tests):
        (tmp_path / f"test_example_{number}.py").write_text(test)
    count = sum(len(re.findall(r"^def test_", test, re.MULTILINE)) for test in tests)

    ended = _run(f"exec {sys.executable} -m pytest -q -p no:cacheprovider", tmp_path, dict(os.environ))

    assert ended.returncode == 0, ended.stdout
    assert f"{count} passed" in ended.stdout


@pytest.mark.parametrize("page", [page for page in PAGES if page.blocks("json")], ids=str)
def test_json_can_be_parsed(page: Page) -> None:
    for block in page.blocks("json"):
        json.loads(block)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Page) -> None:
    assert page.broken_links() == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_commands_that_are_named_exist(page: Page) -> None:
    named = [*_IN_PROSE.findall(page.text), *_IN_CONSOLE.findall("\n".join(page.blocks("console")))]

    assert {*named} <= {*emrsim.commands, *PROGRAMS}


def test_every_call_of_the_control_api_is_documented() -> None:
    text = _page("control-api.md").text

    paths = {path.replace("{id}", "ID") for _, path in CALLS}
    assert [path for path in sorted(paths) if not re.search(rf"/_emrsim/{path}\b", text)] == []


def test_every_command_is_documented() -> None:
    text = _page("cli.md").text

    assert [name for name in sorted(emrsim.commands) if f"emrsim {name}" not in text] == []


def test_every_fixture_is_documented() -> None:
    source = Path(pytest_plugin.__file__).read_text()
    fixtures = re.findall(r"^@pytest\.fixture.*\ndef ([a-z]\w*)\(", source, re.MULTILINE)

    assert len(fixtures) >= 8
    assert [name for name in fixtures if f"`{name}`" not in _page("testing/index.md").text] == []


def test_files_that_the_architecture_names_exist() -> None:
    named = {name for name in _FILE.findall(_page("architecture.md").text) if not name.startswith("ROOT/")}

    assert len(named) > 30
    assert [
        name for name in named if not any((PROJECT / top / name).exists() for top in ("", "emrsim"))
    ] == []


def test_the_readme_is_short() -> None:
    assert len(README.text.splitlines()) <= 150


def test_changes_are_listed_under_unreleased_and_not_under_a_version_that_is_out() -> None:
    _, unreleased, *versions = (PROJECT / "CHANGELOG.md").read_text().split("\n## ")

    assert unreleased.startswith("Unreleased\n")
    assert {text.partition("\n")[0]: text.count("\n- ") for text in versions} == {"0.2.0": 37}


def test_the_license_is_apache() -> None:
    assert "Apache License" in (PROJECT / "LICENSE").read_text()


def _page(name: str) -> Page:
    return next(page for page in PAGES if str(page) == f"docs/{name}")


def _make_first(kind: str, commands: str, emulator: Emulator) -> None:
    """What a block of commands takes for granted: the rule or fault that it names without adding one."""
    if f"/{kind}/" not in commands or f"_emrsim/{kind}\n" in commands.split("DELETE")[0]:
        return
    if kind == "rules":
        emulator.rules.add({"then": {"take": 0}})
    else:
        emulator.faults.add({"fault": "drop", "operation": "ListStudios"})


def _run_in_env(script: str, emulator: Emulator, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script in the environment that `emrsim env` prints."""
    env = f"{sys.executable} -m emrsim env --port {emulator.port}"
    without_aws = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "BOTO"))}
    return _run(f'eval "$({env})"; {script}', folder, without_aws)


def _run(script: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
