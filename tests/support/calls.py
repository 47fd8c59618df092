"""Calls to EMR in both protocols, written and read by botocore and never repaired or retried on the way.

botocore's serializers and parsers know nothing of emrsim's, so each checks the other; and unlike its
clients they let through what the service has to refuse.
"""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from tests.shapes import violations


class Refused(Exception):
    """An error answer: its HTTP status, and code and message as a client reads them."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Answer:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


@cache
def service_model() -> ServiceModel:
    """botocore's model of EMR, with what it lacks for Query: the name of the element around a result."""
    description = Loader(include_default_search_paths=True).load_service_model("emr", "service-2")
    for name, operation in description["operations"].items():
        if "output" in operation:
            operation["output"]["resultWrapper"] = f"{name}Result"
    return ServiceModel(description, "emr")


def send(
    port: int,
    method: str = "POST",
    target: str = "/",
    body: bytes = b"",
    headers: dict[str, str] | None = None,
) -> Answer:
    """One HTTP request, sent as it is."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, names, response.read())
    finally:
        connection.close()


@dataclass(frozen=True)
class Caller:
    """EMR over one protocol, "query" or "json"."""

    port: int
    protocol: str

    def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """The result, which is checked to be of the model's shape; raises Refused for an error."""
        answer = self.answer(operation, **params)
        model = service_model().operation_model(operation)
        response = {"status_code": answer.status, "headers": answer.headers, "body": answer.body}
        parsed = create_parser(self.protocol).parse(response, model.output_shape)
        if answer.status != 200:
            error = parsed["Error"]
            raise Refused(answer.status, error["Code"], error["Message"])
        if self.protocol == "json":
            found = violations(model, answer.body)
            assert not found, f"{operation}: {found}"
        parsed.pop("ResponseMetadata", None)
        return dict(parsed)

    def answer(self, operation: str, **params: Any) -> Answer:
        """The answer as it came."""
        model = service_model().operation_model(operation)
        serializer = create_serializer(self.protocol, include_validation=False)
        request = serializer.serialize_to_request(params, model)
        body = request["body"]
        if isinstance(body, dict):
            body = urlencode(body)
        if isinstance(body, str):
            body = body.encode()
        return send(self.port, "POST", "/", body, dict(request["headers"]))

    def run(self, **params: Any) -> str:
        """The id of a new cluster: of one machine and kept alive, unless `params` say otherwise."""
        instances = {
            "InstanceCount": 1,
            "MasterInstanceType": "m1.small",
            "KeepJobFlowAliveWhenNoSteps": True,
        }
        return str(
            self.call("RunJobFlow", **{"Name": "a cluster", "Instances": instances, **params})["JobFlowId"]
        )
