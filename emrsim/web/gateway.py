"""Whose request is it? One port serves EMR, S3 and emrsim's own control interface.

/_emrsim/…                                       control
X-Amz-Target: ElasticMapReduce.…                 EMR, JSON 1.1
the service in the signature's scope             EMR, S3, or one that is not here
a host of EMR's (boto as HTTP proxy client)      EMR
Action=… in the query string, or a form to `/`   EMR, Query
all else                                         S3
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTROL_PREFIX = "/_emrsim/"

# `Credential=KEY/20261122/us-east-1/elasticmapreduce/aws4_request`, in a header or a query string.
_SCOPE = re.compile(
    r"Credential=[^,/]+(?:/|%2F)\d{8}(?:/|%2F)[^,/]+?(?:/|%2F)([a-z0-9-]+)(?:/|%2F)aws4_request"
)
_EMR_HOST = re.compile(r"(elasticmapreduce\.[a-z0-9-]+|[a-z0-9-]+\.elasticmapreduce)\.amazonaws\.com(:\d+)?")
_EMR_SERVICE = "elasticmapreduce"


class Gateway:
    """The WSGI application of the port."""

    def __init__(
        self,
        emr: WSGIApplication,
        s3: WSGIApplication,
        foreign_page: Callable[[WSGIEnvironment], str | None],
    ) -> None:
        """`foreign_page` says why a request must come from somebody else's web page; S3 asks by itself."""
        self._emr = emr
        self._s3 = s3
        self._foreign_page = foreign_page

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        service = service_of(environ)
        if service != "s3" and (reason := self._foreign_page(environ)):
            return _refusal("403 Forbidden", f"The request was refused: {reason}", start_response)
        if service == "emr":
            return self._emr(environ, start_response)
        if service == "s3":
            return self._s3(environ, start_response)
        text = f"emrsim does not answer for the service {service}: only EMR and S3 are here."
        return _refusal("501 Not Implemented", text, start_response)


def service_of(environ: WSGIEnvironment) -> str:
    """`emr` (the control interface included), `s3`, or the name of a service that is not here."""
    if environ["PATH_INFO"].startswith(CONTROL_PREFIX):
        return "emr"
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return "emr" if target.startswith("ElasticMapReduce.") else str(target.split(".")[0])
    if scope := _SCOPE.search(environ.get("HTTP_AUTHORIZATION", "") or environ.get("QUERY_STRING", "")):
        return "emr" if scope.group(1) == _EMR_SERVICE else scope.group(1)
    if _EMR_HOST.fullmatch(environ.get("HTTP_HOST", "")) or _is_query_call(environ):
        return "emr"
    return "s3"


def _is_query_call(environ: WSGIEnvironment) -> bool:
    """Whether it is a call of a client that signs in the old way, or not at all."""
    if environ["PATH_INFO"] != "/":
        return False
    if "Action" in parse_qs(environ.get("QUERY_STRING", "")):
        return True
    content_type = str(environ.get("CONTENT_TYPE", ""))
    is_form = content_type.startswith(("application/x-www-form-urlencoded", "application/x-amz-json"))
    return is_form and environ["REQUEST_METHOD"] == "POST"


def _refusal(status: str, text: str, start_response: StartResponse) -> list[bytes]:
    body = f"{text}\n".encode()
    start_response(
        status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    )
    return [body]
