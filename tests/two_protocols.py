"""One test, both protocols: boto3 clients that speak JSON 1.1, or Query as the clients of 2009 did.

Each is botocore's own reading and writing of the protocol, so what emrsim writes is read by another's code.
The fixture `client` runs a test in both, one after the other; a conftest.py imports it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.session import Session

from emrsim import Emulator

_KEYS = {"aws_access_key_id": "emrsim", "aws_secret_access_key": "emrsim"}


class _QueryLoader(Loader):  # type: ignore[misc]  # botocore has no types
    """EMR's model with its first protocol: the results stood in `<Operation>Result` elements."""

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """See `botocore.loaders.Loader.load_service_model`."""
        model = super().load_service_model(service_name, type_name, api_version)
        if service_name != "emr" or type_name != "service-2":
            return model
        model = deepcopy(model)
        model["metadata"].update(protocol="query", protocols=["query"])
        for name, operation in model["operations"].items():
            if "output" in operation:
                operation["output"]["resultWrapper"] = f"{name}Result"
        return model


def json_client(emulator: Emulator) -> Any:
    """A boto3 client of EMR as it is."""
    return boto3.client("emr", endpoint_url=emulator.url, region_name="us-east-1", **_KEYS)


def query_client(emulator: Emulator, region: str = "us-east-1") -> Any:
    """A boto3 client of EMR that speaks Query."""
    session = Session()
    session.register_component("data_loader", _QueryLoader())
    made = boto3.Session(botocore_session=session)
    return made.client("emr", endpoint_url=emulator.url, region_name=region, **_KEYS)


@pytest.fixture(params=["json", "query"])
def client(emrsim: Emulator, request: pytest.FixtureRequest) -> Iterator[Any]:
    """EMR in both protocols, one after the other."""
    made = json_client(emrsim) if request.param == "json" else query_client(emrsim)
    yield made
    made.close()


@contextmanager
def refused(code: str, message: str) -> Iterator[None]:
    """The block ends with an error answer of that code, as JSON names it, and with that message."""
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response["Error"]
    spelt = {"ValidationError": "ValidationException"}.get(error["Code"], error["Code"])
    assert (spelt, error["Message"]) == (code, message)


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what boto3 says of the call itself."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}
