"""Fixtures for tests that use EMR: see "Testing" in the README."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from emrsim import Emulator

_INI_OPTIONS: pytest.StashKey[dict[str, Any]] = pytest.StashKey()


def _yes_or_no(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError("it is neither true nor false")
    return text.lower() == "true"


def _pace(text: str) -> str:
    from emrsim.core.pace import pace

    return pace(text).name


# Options of Emulator that a marker may set, and an ini file as emrsim_NAME; how they are read there.
_OPTIONS: Mapping[str, Any] = {
    "clock": _pace,
    "boot_seconds": float,
    "step_seconds": float,
    "shutdown_seconds": float,
    "first_step_seconds": float,
    "settle_seconds": float,
    "slots": int,
    "strict": _yes_or_no,
}
# What a marker may set beside them.
_MARKER_ONLY = ("root", "files", "engines")
# What the fixtures set: waiters return at their first look, as long as steps take no longer.
_DEFAULTS: Mapping[str, Any] = {"settle_seconds": 5.0}


def pytest_addoption(parser: pytest.Parser) -> None:
    for name in _OPTIONS:
        parser.addini(
            f"emrsim_{name}", f"{name} of the emulators that the fixtures of emrsim make", default=None
        )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_INI_OPTIONS] = _ini_options(config)
    keywords = ", ".join(f"{name}=…" for name in (*_OPTIONS, *_MARKER_ONLY))
    config.addinivalue_line(
        "markers", f"emrsim({keywords}): how the emulator of the fixture `emrsim` is made"
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("emrsim"):
        if marker.args:
            pytest.fail(f"@pytest.mark.emrsim takes keywords only, not {marker.args[0]!r}", pytrace=False)
        for name in marker.kwargs:
            if name not in {*_OPTIONS, *_MARKER_ONLY}:
                known = ", ".join((*_OPTIONS, *_MARKER_ONLY))
                pytest.fail(f"@pytest.mark.emrsim has no keyword {name}, but {known}", pytrace=False)


@pytest.fixture
def emrsim_options() -> dict[str, Any]:
    """Options of `Emulator` for the fixture `emrsim`, for a conftest.py to override; a marker goes before."""
    return {}


@pytest.fixture
def emrsim(
    request: pytest.FixtureRequest, tmp_path: Path, emrsim_options: dict[str, Any]
) -> Iterator[Emulator]:
    """A fresh emulator on a free port; its S3 is `emrsim.root`, an empty directory of the test's own.

    The marker `emrsim` sets the options of `Emulator`; with `files`, a folder, its content is in the S3 from
    the beginning, and with `root` that directory is the S3 itself. Both are relative to the test's file.
    """
    from emrsim import Emulator

    ini_options = request.config.stash[_INI_OPTIONS]
    options = {"data": tmp_path / "emrsim-data", **ini_options, **emrsim_options, **_marker_options(request)}
    root = options.pop("root", tmp_path / "s3")
    if files := options.pop("files", None):
        shutil.copytree(files, root, dirs_exist_ok=True)
    with Emulator(root, **options) as emulator:
        yield emulator


@pytest.fixture
def emr_connection(emrsim: Emulator) -> Any:
    """A boto 2 EmrConnection to the test's emulator (needs `emrsim[boto2]`)."""
    from emrsim.testing import clients

    return clients.emr_connection(emrsim)


@pytest.fixture
def emr_client(emrsim: Emulator) -> Iterator[Any]:
    """A boto3 client of EMR for the test's emulator."""
    from emrsim.testing import clients

    client = clients.emr_client(emrsim)
    yield client
    client.close()


@pytest.fixture
def s3_client(emrsim: Emulator) -> Iterator[Any]:
    """A boto3 client of S3, with path-style addresses, for the test's emulator."""
    from emrsim.testing import clients

    client = clients.s3_client(emrsim)
    yield client
    client.close()


@pytest.fixture
def boto_config(emrsim: Emulator, tmp_path: Path) -> Path:
    """The path of a boto 2 config file that points at the test's emulator, for BOTO_CONFIG."""
    from emrsim.client_config import boto_config

    path = tmp_path / "emrsim-boto.cfg"
    path.write_text(boto_config(emrsim.host, emrsim.port), encoding="utf-8")
    return path


@pytest.fixture
def aws_env(emrsim: Emulator, boto_config: Path) -> Iterator[dict[str, str]]:
    """Code under test finds the test's emulator by itself, in this process and in those it starts.

    Gives the variables. The environment, boto 2's configuration and boto3's default session are restored.
    """
    from emrsim.testing.environment import aws_environment

    with aws_environment(emrsim, boto_config) as variables:
        yield variables


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What became of the clusters is told with a test that failed."""
    report = yield
    if report.failed:
        for name, emulator in _emulators(item).items():
            if text := emulator.report():
                report.sections.append((f"clusters of {name}", text))
    return report


def _emulators(item: pytest.Item) -> dict[str, Emulator]:
    """The emulators that run for a test, by the names of the fixtures."""
    from emrsim.app import Emulator

    fixtures = getattr(item, "funcargs", {})
    return {name: one for name, one in fixtures.items() if isinstance(one, Emulator) and one.is_running}


def _ini_options(config: pytest.Config) -> dict[str, Any]:
    """What the ini file sets, and the defaults. Raises UsageError, naming the option that cannot be read."""
    options = dict(_DEFAULTS)
    for name, read in _OPTIONS.items():
        text = config.getini(f"emrsim_{name}")
        if text is None:
            continue
        try:
            options[name] = read(text)
        except ValueError as error:
            raise pytest.UsageError(f"emrsim_{name} cannot be {text!r}: {error}") from None
    return options


def _marker_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the test's markers set; of several the nearest to the test counts."""
    options: dict[str, Any] = {}
    for marker in request.node.iter_markers("emrsim"):
        for name, value in marker.kwargs.items():
            options.setdefault(name, request.path.parent / value if name in {"root", "files"} else value)
    return options
