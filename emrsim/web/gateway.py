"""Whose request is it? One port serves EMR, S3, their neighbours and emrsim's own control interface.

/_emrsim/console/…, / and /_emrsim/ in a browser the console
/_emrsim/…, POST /moto-api/reset                 control
X-Amz-Target: ElasticMapReduce.…                 EMR, JSON 1.1
the service in the signature's scope             EMR, S3, or a neighbour of theirs
X-Amz-Target: …                                  a neighbour, one that is not here
a host of EMR's (boto as HTTP proxy client)      EMR
Action=… in the query string, or a form to `/`   EMR, Query, if its Version is not a neighbour's
all else                                         S3
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from emrsim.web.console import asks_for_console
from emrsim.web.control import MOTO_RESET, PREFIX

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from emrsim.web.journal import Answer


# `Credential=KEY/20261122/us-east-1/elasticmapreduce/aws4_request`, in a header or a query string.
_CREDENTIAL = "Credential="
_CREDENTIAL_END = re.compile("[,&\\s]")
_SCOPE_END = "aws4_request"
_SERVICE_NAME = re.compile("[a-z0-9-]{1,100}")
_EMR_HOST = re.compile(r"(elasticmapreduce\.[a-z0-9-]+|[a-z0-9-]+\.elasticmapreduce)\.amazonaws\.com(:\d+)?")
_EMR_SERVICE = "elasticmapreduce"
_EMR_TARGET = "ElasticMapReduce."

# Services of the Query protocol by the version of their API, which a call has even where it has no scope:
# one signed in the old way, or not at all (AssumeRoleWithWebIdentity). Source: boto 2.49 and botocore.
_SERVICES_BY_VERSION: Mapping[str, str] = {
    "2010-05-08": "iam",
    "2010-03-31": "sns",
    "2010-08-01": "monitoring",
    "2011-06-15": "sts",
    "2012-11-05": "sqs",
    "2014-10-01": "ec2",
    "2016-11-15": "ec2",
}

# The same for services of the JSON protocol, by what stands before the dot of X-Amz-Target.
_SERVICES_BY_TARGET: Mapping[str, str] = {
    "AWSEvents": "events",
    "AmazonSQS": "sqs",
    "AmazonSSM": "ssm",
    "GraniteServiceVersion20100801": "monitoring",
    "Logs_20140328": "logs",
}
_VERSION = re.compile(rb"(?:^|&)Version=([0-9-]+)(?:&|$)")
_FORM = "application/x-www-form-urlencoded"
_FORM_BYTES_MAX = 1 << 20  # of a form that may be a neighbour's; EMR's may be larger


class Gateway:
    """The WSGI application of the port."""

    def __init__(
        self,
        control: WSGIApplication,
        emr: WSGIApplication,
        s3: WSGIApplication,
        neighbours: Callable[[str, WSGIEnvironment, StartResponse], Iterable[bytes]],
        foreign_page: Callable[[WSGIEnvironment], str | None],
        other_user: Callable[[WSGIEnvironment], str | None],
        answer: Answer,
        console: WSGIApplication,
    ) -> None:
        """`neighbours` answers for a service by its name in a signature's scope.

        `answer` gets each request of these three, with the name of its service and whose it is.
        `foreign_page` says why a request must come from somebody else's web page; S3 asks by itself.
        `other_user` says why a request is another user's.
        """
        self._control = control
        self._emr = emr
        self._s3 = s3
        self._neighbours = neighbours
        self._foreign_page = foreign_page
        self._other_user = other_user
        self._answer = answer
        self._console = console

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if reason := self._other_user(environ):
            return _refusal("403 Forbidden", f"The request was rejected: {reason}", start_response)
        service = service_of(environ)
        if service != "s3" and (reason := self._foreign_page(environ)):
            return _refusal("403 Forbidden", f"The request was rejected: {reason}", start_response)
        if service == "control":
            return self._control(environ, start_response)
        if service == "console":
            return self._console(environ, start_response)
        return self._answer(service, self._owner(service), environ, start_response)

    def _owner(self, service: str) -> WSGIApplication:
        if service == "emr":
            return self._emr
        return self._s3 if service == "s3" else partial(self._neighbours, service)


def service_of(environ: WSGIEnvironment) -> str:
    """`console`, `control`, `emr`, `s3`, or another service's name in a signature's scope."""
    if asks_for_console(environ):
        return "console"
    if environ["PATH_INFO"].startswith(PREFIX) or _is_moto_reset(environ):
        return "control"
    target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
    if target.startswith(_EMR_TARGET):
        return "emr"
    if service := _service_of_scope(environ.get("HTTP_AUTHORIZATION", "") or environ.get("QUERY_STRING", "")):
        return "emr" if service == _EMR_SERVICE else service
    if target:
        name = target.split(".")[0]
        return _SERVICES_BY_TARGET.get(name, name)
    if _EMR_HOST.fullmatch(environ.get("HTTP_HOST", "")):
        return "emr"
    return _service_of_version(environ) if _is_query_call(environ) else "s3"


def _service_of_scope(text: str) -> str | None:
    """The service in the scope of the first credential in a header or query string, if there is one.

    Without a regular expression over the whole: text of a stranger's must not be read more than once.
    """
    _, found, rest = text.partition(_CREDENTIAL)
    if not found:
        return None
    parts = unquote(_CREDENTIAL_END.split(rest, maxsplit=1)[0]).rsplit("/", 4)
    if len(parts) != 5 or parts[4] != _SCOPE_END or not _SERVICE_NAME.fullmatch(parts[3]):
        return None
    return parts[3]


def _is_moto_reset(environ: WSGIEnvironment) -> bool:
    """A POST without a query string is nothing that S3 knows of an object."""
    is_post = environ["REQUEST_METHOD"] == "POST" and not environ.get("QUERY_STRING")
    return is_post and environ["PATH_INFO"] == MOTO_RESET


def _service_of_version(environ: WSGIEnvironment) -> str:
    """`emr`, unless the call names the version of another service's API."""
    for text in (environ.get("QUERY_STRING", "").encode(), _form(environ)):
        if version := _VERSION.search(text):
            return _SERVICES_BY_VERSION.get(version.group(1).decode(), "emr")
    return "emr"


def _form(environ: WSGIEnvironment) -> bytes:
    """The form in the body, which can be read again; empty where it is too large to be read twice."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not environ.get("CONTENT_TYPE", "").startswith(_FORM) or length > _FORM_BYTES_MAX:
        return b""
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = BytesIO(body)
    return body


def _is_query_call(environ: WSGIEnvironment) -> bool:
    """Whether it is a call of a client that signs in the old way, or not at all."""
    if environ["PATH_INFO"] != "/":
        return False
    if "Action" in parse_qs(environ.get("QUERY_STRING", "")):
        return True
    content_type = str(environ.get("CONTENT_TYPE", ""))
    is_form = content_type.startswith((_FORM, "application/x-amz-json"))
    return is_form and environ["REQUEST_METHOD"] == "POST"


def _refusal(status: str, text: str, start_response: StartResponse) -> list[bytes]:
    body = f"{text}\n".encode()
    start_response(
        status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    )
    return [body]
