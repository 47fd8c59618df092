"""Clients of an emulator, whatever the environment and the user's own AWS configuration say."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from emrsim.client_config import KEY, REGION

if TYPE_CHECKING:
    from emrsim.emulator import Emulator

# botocore's session variables: name in a config file, in the environment, default, conversion.
_NO_PROFILE = (None, None, None, None)
_NO_CONFIG_FILE = (None, None, os.devnull, None)


def emr_connection(emulator: Emulator) -> Any:
    """A boto 2 EmrConnection to the emulator (needs `emrsim[boto2]`)."""
    from emrsim.boto2 import emr_connection as connect

    if not find_spec("boto"):
        raise ModuleNotFoundError("this needs boto 2: pip install 'emrsim[boto2]'", name="boto")
    return connect(emulator.host, emulator.port)


def emr_client(emulator: Emulator) -> Any:
    """A boto3 client of EMR for the emulator (needs `emrsim[pytest]`, or boto3)."""
    return _session().client("emr", endpoint_url=emulator.url)


def s3_client(emulator: Emulator) -> Any:
    """A boto3 client of S3, with path-style addresses, for the emulator."""
    session = _session()
    from botocore.config import Config

    return session.client("s3", endpoint_url=emulator.url, config=Config(s3={"addressing_style": "path"}))


@cache
def _session() -> Any:
    """One session for all clients of this process: reading its models takes longer than an emulator lives."""
    try:
        import boto3
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("this needs boto3: pip install 'emrsim[pytest]'", name="boto3") from error
    from botocore.session import Session

    variables = {
        "profile": _NO_PROFILE,
        "config_file": _NO_CONFIG_FILE,
        "credentials_file": _NO_CONFIG_FILE,
    }
    return boto3.Session(
        aws_access_key_id=KEY,
        aws_secret_access_key=KEY,
        region_name=REGION,
        botocore_session=Session(variables),
    )
