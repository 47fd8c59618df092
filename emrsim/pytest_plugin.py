"""Fixtures for tests that use EMR: see "Testing with pytest" in the README."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from emrsim import Emulator

_REGION = "us-east-1"
_KEYS = {"aws_access_key_id": "emrsim", "aws_secret_access_key": "emrsim"}


@pytest.fixture
def emrsim(tmp_path: Path) -> Iterator[Emulator]:
    """A fresh emulator on a free port; its S3 is `emrsim.root`, an empty directory of the test's own."""
    from emrsim import Emulator

    with Emulator(tmp_path / "s3", data=tmp_path / "emrsim-data") as emulator:
        yield emulator


@pytest.fixture
def emr_connection(emrsim: Emulator) -> Any:
    """A boto 2 EmrConnection to the emulator of the fixture `emrsim` (needs `emrsim[boto2]`)."""
    from emrsim.boto2 import emr_connection as connect

    return connect(emrsim.host, emrsim.port)


@pytest.fixture
def emr_client(emrsim: Emulator) -> Any:
    """A boto3 client of EMR for the emulator of the fixture `emrsim`."""
    import boto3

    return boto3.client("emr", endpoint_url=emrsim.url, region_name=_REGION, **_KEYS)


@pytest.fixture
def s3_client(emrsim: Emulator) -> Any:
    """A boto3 client of S3, with path-style addresses, for the emulator of the fixture `emrsim`."""
    import boto3
    from botocore.config import Config

    config = Config(s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=emrsim.url, region_name=_REGION, config=config, **_KEYS)
