"""What a request asks for, by name, before anybody answers it, or although nobody has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from emrsim.core.errors import EmrError
from emrsim.web.bodies import TooLarge, body_of, form_of, pairs_of
from emrsim.wire import json as json_protocol
from emrsim.wire import query as query_protocol
from emrsim.wire.model import emr_model

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

UNKNOWN = "Unknown"

# S3's name for a request, and what it is addressed to.
S3Naming = Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]]


class OperationNames:
    """The names of the operations of all services."""

    def __init__(
        self, s3_naming: S3Naming, s3_operations: Collection[str], neighbours: Collection[str]
    ) -> None:
        self.s3_naming = s3_naming
        self._s3_operations = s3_operations
        self._neighbours = neighbours

    def known(self) -> Mapping[str, Collection[str] | None]:
        """The operations of each service; None for the neighbours, whose operations moto knows."""
        own = {"emr": emr_model().operations.keys(), "s3": self._s3_operations}
        return {**own, **dict.fromkeys(self._neighbours)}

    def name(self, service: str, environ: WSGIEnvironment) -> tuple[str, dict[str, Any]]:
        """Operation and parameters of a request, the latter as far as they can be read."""
        if service == "s3":
            return self.s3_naming(environ)
        target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
        form = dict(pairs_of(environ.get("QUERY_STRING", "")))
        try:
            body = body_of(environ)
            form.update(form_of(environ, body))
        except TooLarge:  # the service rejects it
            body = b""
        operation = target.rpartition(".")[2] or form.get("Action") or UNKNOWN
        if service != "emr":
            return operation, {name: value for name, value in form.items() if name not in _PROTOCOL}
        return operation, _emr_parameters(operation, body if target else None, form)


_PROTOCOL = frozenset(
    {"Action", "Version", "AWSAccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "Timestamp"}
)


def _emr_parameters(operation: str, body: bytes | None, form: Mapping[str, str]) -> dict[str, Any]:
    """What EMR would read; nothing of what it could not."""
    found = emr_model().operations.get(operation)
    if found is None:
        return {}
    try:
        if body is not None:
            return json_protocol.parse(emr_model(), found, body)
        return query_protocol.parse(emr_model(), found, form)
    except (EmrError, RecursionError):
        return {}
