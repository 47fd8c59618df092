"""Code under test finds an emulator by itself, in this process and in those that it starts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from emrsim.client_config import CALLING_FORMAT, KEY, boto_config
from emrsim.testing.leading import Leading, endpoint_variables, led_clients

if TYPE_CHECKING:
    from emrsim.emulator import Emulator

_CLIENT_VARIABLES = ("AWS_", "BOTO_")
_SUBDOMAINS = "boto.s3.connection.SubdomainCallingFormat"  # boto's own default


@contextmanager
def aws_environment(
    emulator: Emulator, config: Path, leaks: Literal["fail", "allow"] | Leading = "fail"
) -> Iterator[dict[str, str]]:
    """In the block boto 2, boto3 and the AWS CLI talk to `emulator`, and nobody's real account is in reach.

    That is so for EMR, S3 and, where moto is installed, IAM, STS, EC2, SSM and CloudWatch, and for clients
    that were made before, too. Other services are left to mocks of the caller's own; a call that none of them
    answers goes to emrsim if moto is installed, and else is rejected with a Leak, unless `leaks` is "allow".

    `config` is the boto 2 config file to write. Yields the variables; afterwards all of AWS's and boto's
    variables, boto 2's configuration and boto3's default session are what they were. A leak that nobody has
    seen is raised at the end.
    """
    config.write_text(boto_config(emulator.host, emulator.port), encoding="utf-8")
    variables = _variables(emulator, config)
    leading = leaks
    if not isinstance(leading, Leading):
        leading = Leading(emulator.host, emulator.port, allows_leaks=leaks == "allow")
    # boto 2's files depend on the environment: it is the last to be what it was.
    with _boto2_config(config), _boto3_session(), _environment(variables), led_clients(leading):
        yield variables
    if leading.leaks:
        raise leading.leaks[0]


def _variables(emulator: Emulator, config: Path) -> dict[str, str]:
    """Everything there is to set, so that no file of the user's, and no machine of EC2's, is asked."""
    return {
        "BOTO_CONFIG": str(config),
        **endpoint_variables(emulator.url),
        **_regions(emulator),
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **{name: _with(os.environ.get(name, ""), emulator.host) for name in ("no_proxy", "NO_PROXY")},
    }


def _regions(emulator: Emulator) -> dict[str, str]:
    """The region that is set, in the environment or in the user's profile, else the emulator's."""
    names = ("AWS_DEFAULT_REGION", "AWS_REGION")
    given = [os.environ[name] for name in names if os.environ.get(name)]
    region = given[0] if given else _region_of_profile() or emulator.running.settings.region
    return {name: os.environ.get(name) or region for name in names}


def _region_of_profile() -> str | None:
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None)
    profile = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
    try:
        parser.read(os.path.expanduser(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config"))
    except (Error, UnicodeDecodeError, OSError):
        return None  # what is wrong with it, the clients say
    section = profile if profile == "default" else f"profile {profile}"
    return parser.get(section, "region", fallback=None)


def _with(hosts: str, host: str) -> str:
    """A list of hosts that need no proxy, with one more."""
    return f"{hosts},{host}" if hosts else host


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """The process's environment with `variables` and no other of AWS's."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(_CLIENT_VARIABLES):
            del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in [*variables, *(name for name in os.environ if name.startswith(_CLIENT_VARIABLES))]:
            os.environ.pop(name, None)
        os.environ.update(
            {
                name: value
                for name, value in before.items()
                if name in variables or name.startswith(_CLIENT_VARIABLES)
            }
        )


@contextmanager
def _boto3_session() -> Iterator[None]:
    """No default session of boto3's from before, whose credentials would be others; none for afterwards."""
    before = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    _set_default_session(None)
    try:
        yield
    finally:
        _set_default_session(before)


def _set_default_session(session: Any) -> None:
    boto3: Any = sys.modules.get("boto3")
    if boto3 is not None:
        boto3.DEFAULT_SESSION = session


@contextmanager
def _boto2_config(path: Path) -> Iterator[None]:
    """boto 2's configuration in this process, which it reads once, when it is imported."""
    before, calling_format = _boto2_parser(), _calling_format()
    if before is not None:
        _configure_boto2(_parsed([str(path)]), CALLING_FORMAT)
    try:
        yield
    finally:
        if "boto" in sys.modules:  # where it was imported in the block, it reads what it would have read
            parser = before or _parsed(_usual_boto2_files())
            usual = parser.get("s3", "calling_format", fallback=_SUBDOMAINS)
            _configure_boto2(parser, calling_format or usual)


def _boto2_parser() -> Any:
    """What boto 2 has read, None if it is not imported."""
    return sys.modules["boto"].config._parser if "boto" in sys.modules else None


def _parsed(paths: list[str]) -> Any:
    """What boto 2 makes of config files, of which some need not be there."""
    from boto.pyami.config import Config

    parser = Config(do_load=False)._parser
    parser.read(paths)
    return parser


def _usual_boto2_files() -> list[str]:
    """Where boto 2 looks (source: boto 2.49, boto/pyami/config.py)."""
    if "BOTO_CONFIG" in os.environ:
        return [os.path.expanduser(os.environ["BOTO_CONFIG"])]
    if "BOTO_PATH" in os.environ:
        return [os.path.expanduser(path) for path in os.environ["BOTO_PATH"].split(os.pathsep)]
    return ["/etc/boto.cfg", os.path.expanduser("~/.boto")]


def _configure_boto2(parser: Any, calling_format: str) -> None:
    sys.modules["boto"].config._parser = parser
    connection = _s3_connection()
    if connection is not None:
        # It was read when the class was defined, and kept as the default of an argument.
        old = connection.DefaultCallingFormat
        defaults = connection.__init__.__defaults__
        connection.__init__.__defaults__ = tuple(calling_format if one == old else one for one in defaults)
        connection.DefaultCallingFormat = calling_format


def _calling_format() -> str | None:
    """How boto 2's S3 connections address buckets, None where there are none yet."""
    connection = _s3_connection()
    return connection.DefaultCallingFormat if connection is not None else None


def _s3_connection() -> Any:
    module = sys.modules.get("boto.s3.connection")
    return module.S3Connection if module else None
