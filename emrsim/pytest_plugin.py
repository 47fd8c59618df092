"""Fixtures for tests that use EMR: see docs/testing/index.md."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from emrsim import Emulator

_SERVER: pytest.StashKey[Emulator] = pytest.StashKey()
_INI_OPTIONS: pytest.StashKey[dict[str, Any]] = pytest.StashKey()
_HAS_FAILED: pytest.StashKey[bool] = pytest.StashKey()  # of a test


def pytest_addoption(parser: pytest.Parser) -> None:
    from emrsim.options import Entrance, options_of
    from emrsim.options.kinds import Names

    for option in options_of(Entrance.INI).values():
        kind: Literal["args", "string"] = "args" if isinstance(option.kind, Names) else "string"
        parser.addini(option.ini_name, f"{option.help} (of the fixtures' emulators)", kind, default=None)


def pytest_configure(config: pytest.Config) -> None:
    from emrsim.options import Entrance, options_of

    config.stash[_INI_OPTIONS] = _ini_options(config)
    keywords = ", ".join(f"{name}=…" for name in options_of(Entrance.MARKER))
    config.addinivalue_line(
        "markers", f"emrsim({keywords}): options of the emulator that the fixture `emrsim` starts"
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    from emrsim.core.suggestions import unknown
    from emrsim.options import Entrance, options_of

    known = options_of(Entrance.MARKER)
    for marker in item.iter_markers("emrsim"):
        if marker.args:
            pytest.fail(
                f"@pytest.mark.emrsim: {marker.args[0]!r} is not a keyword: write NAME=VALUE", pytrace=False
            )
        for name in marker.kwargs:
            if name not in known:
                pytest.fail(f"@pytest.mark.emrsim: {unknown('option', name, known)}", pytrace=False)


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
    the beginning, and with `root` that directory is the S3 itself. Paths are relative to the test's file.
    """
    from emrsim import Emulator

    ini_options = request.config.stash[_INI_OPTIONS]
    options = {"data": tmp_path / "emrsim-data", **ini_options, **emrsim_options, **_marker_options(request)}
    root = options.pop("root", tmp_path / "s3")
    if files := options.pop("files", None):
        shutil.copytree(files, root, dirs_exist_ok=True)
    with Emulator(root, **options) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def emrsim_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Emulator]:
    """One emulator for all tests that ask for it (under pytest-xdist one in each process).

    It is reset after each test, its S3 directory included. A marker does not reach it, an ini file does.
    """
    from emrsim import Emulator

    folder = tmp_path_factory.mktemp("emrsim-server")
    options = request.config.stash[_INI_OPTIONS]
    with Emulator(folder / "s3", data=folder / "data", **options) as emulator:
        request.config.stash[_SERVER] = emulator
        yield emulator
        del request.config.stash[_SERVER]


@pytest.fixture
def _emulator(request: pytest.FixtureRequest) -> Emulator:
    """The test's emulator: the session's where it asks for that one, and not for one of its own."""
    names = request.fixturenames
    of_session = "emrsim_server" in names and "emrsim" not in names
    emulator: Emulator = request.getfixturevalue("emrsim_server" if of_session else "emrsim")
    return emulator


@pytest.fixture
def emr_connection(_emulator: Emulator) -> Any:
    """A boto 2 EmrConnection to the test's emulator (needs `emrsim[boto2]`)."""
    from emrsim.testing import clients

    return clients.emr_connection(_emulator)


@pytest.fixture
def emr_client(_emulator: Emulator) -> Iterator[Any]:
    """A boto3 client of EMR for the test's emulator."""
    from emrsim.testing import clients

    client = clients.emr_client(_emulator)
    yield client
    client.close()


@pytest.fixture
def s3_client(_emulator: Emulator) -> Iterator[Any]:
    """A boto3 client of S3, with path-style addresses, for the test's emulator."""
    from emrsim.testing import clients

    client = clients.s3_client(_emulator)
    yield client
    client.close()


@pytest.fixture
def boto_config(_emulator: Emulator, tmp_path: Path) -> Path:
    """The path of a boto 2 config file that points at the test's emulator, for BOTO_CONFIG."""
    from emrsim.client_config import boto_config

    path = tmp_path / "emrsim-boto.cfg"
    path.write_text(boto_config(_emulator.host, _emulator.port), encoding="utf-8")
    return path


@pytest.fixture
def aws_env(_emulator: Emulator, boto_config: Path) -> Iterator[dict[str, str]]:
    """Code under test finds the test's emulator by itself, in this process and in those it starts.

    Gives the variables. The environment, boto 2's configuration and boto3's default session are restored.
    """
    from emrsim.testing.environment import aws_environment

    with aws_environment(_emulator, boto_config) as variables:
        yield variables


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What became of the clusters is told with a test that failed."""
    report = yield
    if report.failed:
        item.stash[_HAS_FAILED] = True
        for name, emulator in _emulators(item).items():
            if text := emulator.report():
                report.sections.append((f"clusters of {name}", text))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """The next test finds nothing of this one in the emulator of the session, however this one ends.

    Any test may have used it: what `request.getfixturevalue` gives is not among a test's fixtures.
    """
    try:
        yield
    except BaseException:
        item.stash[_HAS_FAILED] = True
        raise
    finally:
        if server := item.config.stash.get(_SERVER, None):
            _end_test(server, item.stash.get(_HAS_FAILED, False))


def _end_test(server: Emulator, has_failed: bool) -> None:
    """Begin anew; what a test's own emulator says when it is closed, this one says now."""
    try:
        server.raise_bugs()
        if not has_failed:
            server.warn_of_unused_rules()
    finally:
        server.reset(empty_root=True)


def _emulators(item: pytest.Item) -> dict[str, Emulator]:
    """The emulators that run for a test, each once, by the names of the fixtures."""
    if "emrsim.emulator" not in sys.modules:  # a test of something else has failed
        return {}
    from emrsim.emulator import Emulator

    found: dict[str, Emulator] = {}
    for name, one in getattr(item, "funcargs", {}).items():
        is_known = any(one is other for other in found.values())
        if isinstance(one, Emulator) and one.is_running and not is_known:
            found["emrsim" if name == "_emulator" else name] = one
    return found


def _ini_options(config: pytest.Config) -> dict[str, Any]:
    """What the ini file sets, and the defaults for tests. Raises UsageError, naming the option."""
    from emrsim.options import Entrance, options_of

    known = options_of(Entrance.INI)
    options = {name: one.default_of(Entrance.INI) for name, one in known.items() if one.defaults}
    folder = config.inipath.parent if config.inipath else config.rootpath
    for name, option in known.items():
        try:
            value = config.getini(option.ini_name)
            if value is None:
                continue
            if isinstance(value, str):
                text = str(folder / value) if option.kind.is_path else value
                options[name] = option.kind.parse(text, option.ini_name)
            else:
                options[name] = option.kind.check(value, option.ini_name)
        except (TypeError, ValueError) as error:
            raise pytest.UsageError(str(error)) from None
    return options


def _marker_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the test's markers set; the nearest to the test counts. Paths are relative to the test's file."""
    from emrsim.options import Entrance, options_of

    known = options_of(Entrance.MARKER)
    options: dict[str, Any] = {}
    for marker in request.node.iter_markers("emrsim"):
        for name, value in marker.kwargs.items():
            is_path = known[name].kind.is_path and isinstance(value, str | Path)
            options.setdefault(name, request.path.parent / value if is_path else value)
    return options
