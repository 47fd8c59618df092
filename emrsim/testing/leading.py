"""Clients that are aimed at AWS are led to an emulator, and none of their calls leaves the machine.

A client that was made when a module was imported has an address of AWS's and the user's own keys, whatever
the environment says afterwards. So the calls themselves are led, of botocore's clients (boto3) and of boto
2's connections, whenever they were made. They keep the `Host` they were signed for, which may name a bucket.

Services that emrsim answers are led before any mock of moto's sees them. All others are led only where no
mock has answered, and moto, through emrsim, knows them. What is still left would leave the machine: a Leak.
"""

from __future__ import annotations

import ipaddress
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from threading import local
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from emrsim.client_config import KEY

_AWS = re.compile(r"(?:.+\.)?(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws)")
# botocore's names of what emrsim answers by itself, and with moto.
OWN_SERVICES = ("emr", "s3")
NEIGHBOURS = ("cloudwatch", "ec2", "iam", "ssm", "sts")
# Other services with a scope of emrsim's own in their signatures: emrsim would take them for these.
_LIKE_OWN_SERVICES = {"elasticmapreduce", "s3"}
_BOTO2_HOST = re.compile(r"(?:.+\.)?(?:elasticmapreduce|s3)[.-].*amazonaws\.com(?:\.cn)?|s3\.amazonaws\.com")


class Leak(AssertionError):
    """A call of a test that would have left this machine; it was not made."""


@dataclass
class Leading:
    """Where clients are led; with `leads` false nowhere. `leaks` are the calls that would have left."""

    host: str
    port: int
    leads: bool = True
    allows_leaks: bool = False
    leaks: list[Leak] = field(default_factory=list)

    def may_lead(self, service: str, scope: str) -> bool:
        """Whether calls of a service, named as botocore does and in a signature's scope, go to emrsim."""
        if service in OWN_SERVICES:
            return self.leads
        return self.leads and has_moto() and scope not in _LIKE_OWN_SERVICES

    def leak(self, what: str, url: str) -> Leak:
        """The error for a call that would leave this machine."""
        leak = Leak(
            f"{what} would leave this machine, to {url}: mock it (with moto's mock_aws, for instance), "
            f"{self._hint()}or allow such calls: @pytest.mark.emrsim(leaks='allow'), emrsim_leaks = allow"
        )
        self.leaks.append(leak)
        return leak

    def _hint(self) -> str:
        if not self.leads:
            return "use the fixture aws_env, which leads clients to emrsim, "
        return "" if has_moto() else "install emrsim[aws], with which emrsim answers for more services, "


_leadings: list[Leading] = []
_call = local()  # `.model`: the operation that a thread is calling with botocore; `.led`: whether it is led


@contextmanager
def led_clients(leading: Leading, imports_botocore: bool = True) -> Iterator[Leading]:
    """In the block clients aimed at AWS are led as `leading` says; blocks may be nested, the inner counts."""
    with ExitStack() as patches:
        if imports_botocore and find_spec("botocore"):
            pass
        if not _leadings:
            for owner, name, wrap in _patches():
                patches.enter_context(_patched(owner, name, wrap))
        _leadings.append(leading)
        try:
            yield leading
        finally:
            _leadings.remove(leading)


def _patches() -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    if "botocore.endpoint" in sys.modules:
        from botocore.endpoint import Endpoint
        from botocore.signers import RequestSigner

        yield Endpoint, "_do_get_response", _leading_own_services
        yield Endpoint, "_send", _leading_the_rest
        yield RequestSigner, "get_auth_instance", _with_some_credentials
    if "boto.connection" in sys.modules:
        from boto.connection import AWSAuthConnection

        yield AWSAuthConnection, "get_http_connection", _leading_boto2
        yield AWSAuthConnection, "new_http_connection", _leading_boto2  # of another try
        yield AWSAuthConnection, "put_http_connection", _not_keeping_led


@contextmanager
def _patched(owner: Any, name: str, wrap: Callable[[Any], Any]) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, wrap(original))
    try:
        yield
    finally:
        setattr(owner, name, original)


def _leading_own_services(original: Any) -> Any:
    def do_get_response(endpoint: Any, request: Any, operation_model: Any, context: Any) -> Any:
        service = operation_model.service_model
        _call.model, _call.led = operation_model, False
        leading = _leadings[-1]
        is_ours = service.service_name in {*OWN_SERVICES, *NEIGHBOURS}
        if is_ours and _is_aws(request.url) and leading.may_lead(service.service_name, service.signing_name):
            _lead(request, leading)
        return original(endpoint, request, operation_model, context)

    return do_get_response


def _leading_the_rest(original: Any) -> Any:
    def send(endpoint: Any, request: Any) -> Any:
        leading, service = _leadings[-1], _call.model.service_model
        if not _call.led and not is_local(urlsplit(request.url).hostname or ""):
            if _is_aws(request.url) and leading.may_lead(service.service_name, service.signing_name):
                _lead(request, leading)
            elif not leading.allows_leaks:
                what = f"{_call.model.name} of a {service.service_name} client"
                raise leading.leak(what, _without_query(request.url))
        # A session of our own: the client's may have a proxy, or certificates.
        return _plain_session().send(request) if _call.led else original(endpoint, request)

    return send


def _with_some_credentials(original: Any) -> Any:
    def get_auth_instance(
        signer: Any,
        signing_name: str,
        region_name: str,
        signature_version: str | None = None,
        request_credentials: Any = None,
        **others: Any,
    ) -> Any:
        """A client that was made where there were no credentials can be led as well."""
        if request_credentials is None and signer._credentials is None and _leadings[-1].leads:
            from botocore.credentials import Credentials

            request_credentials = Credentials(KEY, KEY)
        return original(signer, signing_name, region_name, signature_version, request_credentials, **others)

    return get_auth_instance


def _leading_boto2(original: Any) -> Any:
    """Of a connection that is asked for, from boto's pool or new."""

    def http_connection(connection: Any, host: str | None, port: int, is_secure: bool) -> Any:
        leading = _leadings[-1]
        name = (host or connection.server_name()).partition(":")[0]
        if leading.leads and _BOTO2_HOST.fullmatch(name):
            return _boto2_connection(leading, name)
        if is_local(name) or leading.allows_leaks:
            return original(connection, host, port, is_secure)
        raise leading.leak(f"a call of a boto 2 {type(connection).__name__}", name)

    return http_connection


def _not_keeping_led(original: Any) -> Any:
    def put_http_connection(connection: Any, host: str, port: int, is_secure: bool, used: Any) -> None:
        if not getattr(used, "_emrsim_led", False):  # whose answer has not been read yet
            original(connection, host, port, is_secure, used)

    return put_http_connection


def _boto2_connection(leading: Leading, host: str) -> Any:
    """A connection to emrsim that says it asks `host`, unless the caller says another."""
    from http.client import HTTPConnection

    from boto.connection import HTTPResponse

    led: Any = HTTPConnection(leading.host, leading.port)
    led.response_class = HTTPResponse
    putrequest = led.putrequest

    def put(method: str, url: str, skip_host: bool = False, **others: Any) -> None:
        putrequest(method, url, skip_host=True, **others)
        if not skip_host:
            led.putheader("Host", host)

    led.putrequest = put
    led._emrsim_led = True
    return led


def _lead(request: Any, leading: Leading) -> None:
    parts = urlsplit(request.url)
    request.headers["Host"] = parts.netloc
    request.url = urlunsplit(("http", f"{leading.host}:{leading.port}", parts.path, parts.query, ""))
    _call.led = True


@cache
def _plain_session() -> Any:
    from botocore.httpsession import URLLib3Session

    return URLLib3Session(proxies={})


@cache
def has_moto() -> bool:
    """Whether emrsim can answer for more than EMR and S3."""
    return find_spec("moto") is not None


def is_local(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _is_aws(url: str) -> bool:
    return bool(_AWS.fullmatch(urlsplit(url).hostname or ""))


def _without_query(url: str) -> str:
    return url.partition("?")[0]


def endpoint_variables(url: str) -> Mapping[str, str]:
    """The variables that point boto3 and the AWS CLI at `url`, for those services that it answers."""
    services = [*OWN_SERVICES, *(NEIGHBOURS if has_moto() else ())]
    return {f"AWS_ENDPOINT_URL_{service.upper()}": url for service in services}
