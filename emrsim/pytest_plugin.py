"""Fixtures for tests that use EMR: see docs/testing/index.md."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from emrsim import Emulator
    from emrsim.testing.one_port import OnePort
    from emrsim.testing.session import Session

# Tells the processes of pytest-xdist, which get the options too late, that --emrsim was given.
_SESSION_VARIABLE = "EMRSIM_PYTEST_SESSION"

_SERVER: pytest.StashKey[Emulator] = pytest.StashKey()
_SESSION: pytest.StashKey[Session | None] = pytest.StashKey()
_PORT: pytest.StashKey[OnePort] = pytest.StashKey()
_INI_OPTIONS: pytest.StashKey[dict[str, Any]] = pytest.StashKey()
_HAS_FAILED: pytest.StashKey[bool] = pytest.StashKey()  # of a test


def pytest_addoption(parser: pytest.Parser) -> None:
    from emrsim.options import Entrance, options_of
    from emrsim.options.kinds import NameList

    for option in options_of(Entrance.INI).values():
        kind: Literal["args", "string"] = "args" if isinstance(option.kind, NameList) else "string"
        parser.addini(option.ini_name, f"{option.help} (of the fixtures' emulators)", kind, default=None)
    parser.getgroup("emrsim").addoption(
        "--emrsim",
        action="store_true",
        default=False,
        help="Start one emulator before tests are collected, and lead all boto clients to it.",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before the first module of the user's is imported, which may make clients."""
    if find_spec("boto"):
        import emrsim.boto2  # noqa: F401  boto 2 can be imported on Python 3.12 and later
    _start_session(early_config, early_config.known_args_namespace)


def pytest_configure(config: pytest.Config) -> None:
    from emrsim.options import Entrance, options_of

    _start_session(config, config.option)
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


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With one emulator for the session, a marked test has its own, whatever fixtures it names."""
    if config.stash.get(_SESSION, None) is None:
        return
    for item in items:
        names = getattr(item, "fixturenames", None)
        if names is not None and "emrsim_server" not in names and item.get_closest_marker("emrsim"):
            names.insert(0, "emrsim")


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
    options = {**_ini(request.config), **emrsim_options, **_marker_options(request)}
    root = options.pop("root", tmp_path / "s3")
    if files := options.pop("files", None):
        shutil.copytree(files, root, dirs_exist_ok=True)
    options = {"data": tmp_path / "emrsim-data", **_of_emulator(options)}
    with (
        _port_for(request) as port,
        _started(root, {"port": port, **options}) as emulator,
        _guarded(request, emulator),
    ):
        yield emulator


@pytest.fixture(scope="session")
def emrsim_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Emulator]:
    """One emulator for all tests that ask for it (under pytest-xdist one in each process).

    It is reset after each test, its S3 directory included. A marker does not reach it, an ini file does.
    With `pytest --emrsim` it is the one that all clients are led to.
    """
    from emrsim import Emulator

    if session := request.config.stash.get(_SESSION, None):
        yield session.emulator
        return
    folder = tmp_path_factory.mktemp("emrsim-server")
    options = _of_emulator(_ini(request.config))
    with Emulator(folder / "s3", data=folder / "data", **options) as emulator:
        request.config.stash[_SERVER] = emulator
        yield emulator
        del request.config.stash[_SERVER]


@pytest.fixture
def _emulator(request: pytest.FixtureRequest) -> Emulator:
    """Return the test's emulator: the session's where the test asks for that, otherwise its own."""
    names = request.fixturenames
    has_session = request.config.stash.get(_SESSION, None) is not None
    of_session = ("emrsim_server" in names or has_session) and "emrsim" not in names
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
def aws_env(
    request: pytest.FixtureRequest,
    _emulator: Emulator,
    boto_config: Path,
    emrsim_options: dict[str, Any],
) -> Iterator[dict[str, str]]:
    """Code under test finds the test's emulator by itself, in this process and in those it starts.

    Clients that were made before find it too. Yields the variables. The environment, boto 2's configuration
    and boto3's default session are restored. A call that would leave this machine fails the test.
    """
    from emrsim.testing.environment import aws_environment
    from emrsim.testing.leading import Leak

    try:
        with aws_environment(_emulator, boto_config, _leaks(request, emrsim_options)) as variables:
            yield variables
    except Leak as leak:
        _tell_of(leak, request.node)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the history of the clusters to the report of a test that failed."""
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
        has_failed = item.stash.get(_HAS_FAILED, False)
        if server := item.config.stash.get(_SERVER, None):
            _end_test(server, has_failed)
        if session := item.config.stash.get(_SESSION, None):
            leaks = session.leaks()
            _end_test(session.emulator, has_failed)
            for leak in leaks:
                _tell_of(leak, item)


def _end_test(server: Emulator, has_failed: bool) -> None:
    """Begin anew; what a test's own emulator says when it is closed, this one says now."""
    try:
        server.raise_bugs()
        if not has_failed:
            server.warn_of_unused_rules()
    finally:
        server.reset(empty_root=True)


def _tell_of(leak: AssertionError, item: pytest.Item) -> None:
    """Fail a test whose code has caught the error; one that has failed has shown it."""
    if not item.stash.get(_HAS_FAILED, False):
        pytest.fail(str(leak), pytrace=False)


def _start_session(config: pytest.Config, given: Any) -> None:
    """Start the emulator for all tests, if the user asks for it, in each process that runs tests."""
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    asks = given.emrsim or (is_worker and _SESSION_VARIABLE in os.environ) or _ini(config).get("session")
    if not asks or given.help or given.version or config.stash.get(_SESSION, None):
        return
    if not is_worker and (getattr(given, "numprocesses", None) or getattr(given, "dist", "no") != "no"):
        os.environ[_SESSION_VARIABLE] = "1"
        config.add_cleanup(_forget_session)
        return
    from emrsim.testing.session import Session

    options = _ini(config)
    session = Session(_one_port(config), _of_emulator(options), options.get("leaks", "fail"))
    config.stash[_SESSION] = session
    config.add_cleanup(session.close)


def _forget_session() -> None:
    os.environ.pop(_SESSION_VARIABLE, None)


def _one_port(config: pytest.Config) -> int:
    """The port of this process's emulators, each of which has it for a while."""
    from emrsim.testing.one_port import OnePort

    if _PORT not in config.stash:
        config.stash[_PORT] = OnePort()
        config.add_cleanup(config.stash[_PORT].close)
    return config.stash[_PORT].number


@contextmanager
def _port_for(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a test's own emulator: that of all before it, for the sake of clients that are kept."""
    session = request.config.stash.get(_SESSION, None)
    if session is None:
        yield _one_port(request.config)
    elif "emrsim_server" in request.fixturenames:
        yield 0  # both are used
    else:
        with session.given_way() as port:
            yield port


@contextmanager
def _started(root: Path, options: dict[str, Any]) -> Iterator[Emulator]:
    """An emulator; if its port is taken, then at another."""
    from emrsim import Emulator

    with ExitStack() as stack:
        try:
            emulator = stack.enter_context(Emulator(root, **options))
        except OSError:
            emulator = stack.enter_context(Emulator(root, **{**options, "port": 0}))
        yield emulator


@contextmanager
def _guarded(request: pytest.FixtureRequest, emulator: Emulator) -> Iterator[None]:
    """A call that would leave this machine fails the test; `aws_env` leads such calls besides."""
    from emrsim.testing.leading import Leading, led_clients

    leads = request.config.stash.get(_SESSION, None) is not None
    options = request.getfixturevalue("emrsim_options")
    leading = Leading(emulator.host, emulator.port, leads, _leaks(request, options) == "allow")
    with led_clients(leading, imports_botocore=False):
        yield
    for leak in leading.leaks:
        _tell_of(leak, request.node)


def _leaks(request: pytest.FixtureRequest, options: dict[str, Any]) -> Any:
    known = {**_ini(request.config), **options, **_marker_options(request)}
    return known.get("leaks", "fail")


def _of_emulator(options: dict[str, Any]) -> dict[str, Any]:
    """Without what is of the fixtures alone."""
    return {name: value for name, value in options.items() if name not in {"leaks", "session"}}


def _ini(config: pytest.Config) -> dict[str, Any]:
    if _INI_OPTIONS not in config.stash:
        config.stash[_INI_OPTIONS] = _ini_options(config)
    return config.stash[_INI_OPTIONS]


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
