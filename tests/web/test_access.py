"""Signatures, where keys are configured, and no call from somebody else's web page."""

from __future__ import annotations

import hashlib
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from emrsim import Emulator
from emrsim.boto2 import emr_connection
from tests.cli.test_serve import EMRSIM, serving

# isort: split
from boto.emr.connection import EmrConnection
from boto.exception import EmrResponseError
from boto.regioninfo import RegionInfo

RUN = {
    "Action": "RunJobFlow",
    "Name": "evil",
    "Instances.InstanceCount": "1",
    "Instances.KeepJobFlowAliveWhenNoSteps": "true",
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an emulator that asks for the keys `good` and `secret`."""
    tmp_path = tmp_path_factory.mktemp("guarded")
    keys = tmp_path / "keys"
    keys.write_text("[default]\naws_access_key_id = good\naws_secret_access_key = secret\n")
    with serving("--root", str(tmp_path / "s3"), "--require-auth", str(keys)) as (_, lines):
        yield int(lines[0].rsplit(":", 1)[1])


def boto3_client(service: str, port: int, key: str, secret: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )


def boto2_connection(port: int, key: str, secret: str) -> Any:
    region = RegionInfo(name="us-east-1", endpoint="127.0.0.1")
    return EmrConnection(key, secret, is_secure=False, port=port, region=region)


def status_of(request: Request) -> int:
    try:
        with urlopen(request) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def test_the_right_keys_are_let_in_by_both_protocols_and_s3(guarded: int) -> None:
    assert boto2_connection(guarded, "good", "secret").run_jobflow(name="n").startswith("j-")
    assert boto3_client("emr", guarded, "good", "secret").list_clusters()["Clusters"]
    assert "elasticmapreduce" in str(boto3_client("s3", guarded, "good", "secret").list_buckets())


@pytest.mark.parametrize(
    ("key", "secret", "code"),
    [("good", "wrong", "SignatureDoesNotMatch"), ("bad", "secret", "InvalidAccessKeyId")],
)
def test_wrong_keys_are_refused_by_both_protocols(guarded: int, key: str, secret: str, code: str) -> None:
    before = boto3_client("emr", guarded, "good", "secret").list_clusters()["Clusters"]

    with pytest.raises(ClientError) as json_error:
        boto3_client("emr", guarded, key, secret).list_clusters()
    with pytest.raises(EmrResponseError) as query_error:
        boto2_connection(guarded, key, secret).run_jobflow(name="n")

    assert json_error.value.response["Error"]["Code"] == code
    assert json_error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert (query_error.value.status, query_error.value.error_code) == (403, code)
    assert boto3_client("emr", guarded, "good", "secret").list_clusters()["Clusters"] == before


def test_an_unsigned_call_is_refused_unless_allowed(guarded: int, tmp_path: Path) -> None:
    form = urlencode(RUN).encode()
    (tmp_path / "keys").write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b\n")

    assert status_of(Request(f"http://127.0.0.1:{guarded}/", form)) == 403

    options = ("--root", str(tmp_path / "s3"), "--require-auth", str(tmp_path / "keys"), "--allow-anonymous")
    with serving(*options) as (_, lines):
        assert status_of(Request(lines[0].split()[-1], form)) == 200


def test_a_file_without_keys_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("nothing\n")

    ended = subprocess.run(
        [*EMRSIM, "serve", "--port", "0", "--require-auth", "keys"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 2
    assert "keys" in ended.stderr


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Referer": "http://evil.example/page"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://203.0.113.66", "Sec-Fetch-Site": "cross-site"},
        {"Referer": "http://127.0.0.1/page"},
        {"Host": "evil.example"},
    ],
)
def test_a_form_of_a_foreign_page_starts_nothing(emrsim: Emulator, headers: dict[str, str]) -> None:
    form = urlencode(RUN).encode()

    status = status_of(Request(emrsim.url, form, headers))

    assert status == 403
    assert emr_connection(emrsim.host, emrsim.port).describe_jobflows() == []


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "{url}"}, {"Host": "elasticmapreduce.us-east-1.amazonaws.com"}, {}],
)
def test_a_form_of_a_page_of_the_server_is_a_call_like_others(
    emrsim: Emulator, headers: dict[str, str]
) -> None:
    sent = {name: value.format(url=emrsim.url) for name, value in headers.items()}

    assert status_of(Request(emrsim.url, urlencode(RUN).encode(), sent)) == 200


@pytest.mark.parametrize("path", ["/_emrsim/streaming", "/_emrsim/reset", "/moto-api/reset"])
@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://192.168.1.66", "http://[fd00::66]"])
def test_a_page_of_another_port_or_address_reaches_no_control(
    emrsim: Emulator, path: str, origin: str
) -> None:
    headers = {"Origin": origin, "Content-Type": "text/plain"}

    job = b'{"mapper": "touch /nowhere/x", "input": ""}'

    assert status_of(Request(emrsim.url + path, job, headers)) == 403


SIGNED_OLD = "&AWSAccessKeyId=k&Signature=x&SignatureVersion=2"
SIGNED_NEW = "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=x&X-Amz-Credential=k"


@pytest.mark.parametrize(
    "query",
    [
        urlencode(RUN),
        urlencode(RUN) + SIGNED_OLD,
        urlencode(RUN) + SIGNED_NEW,
        "Action=ListClusters&" + urlencode(RUN),
        urlencode(RUN) + "&Action=ListClusters",
        "Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument={}",
        "Action=RunInstances&Version=2016-11-15&ImageId=ami-1&MinCount=1&MaxCount=1",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_image_of_a_page_changes_nothing(emrsim: Emulator, method: str, query: str) -> None:
    """Its request can come without Origin, Referer and Sec-Fetch-Site: to a name of the network by HTTP."""
    assert status_of(Request(f"{emrsim.url}/?{query}", method=method)) == 403
    assert emr_connection(emrsim.host, emrsim.port).describe_jobflows() == []


def test_a_get_that_no_page_can_send_is_a_call_like_others(emrsim: Emulator) -> None:
    """A page cannot set Authorization, nor sign with keys that it does not have."""
    signed = signed_request("GET", f"{emrsim.url}/?{urlencode(RUN)}", b"", {})

    assert status_of(signed) == 200
    assert len(emr_connection(emrsim.host, emrsim.port).describe_jobflows()) == 1


def signed_request(
    method: str, url: str, body: bytes, headers: dict[str, str], key: str = "good", **how: Any
) -> Request:
    """A call of EMR's, signed by botocore in a header, or with `expires=SECONDS` in the URL."""
    service = how.get("service", "elasticmapreduce")
    request = AWSRequest(method, url, headers, body)
    credentials = Credentials(key, "secret")
    if expires := how.get("expires"):
        SigV4QueryAuth(credentials, service, "us-east-1", expires=expires).add_auth(request)
    else:
        SigV4Auth(credentials, service, "us-east-1").add_auth(request)
    return Request(request.url, body or None, dict(request.headers), method=method)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "ElasticMapReduce.ListClusters"}
RUN_FORM = urlencode(RUN).encode()


def captured_calls(url: str) -> dict[str, Request]:
    """Calls with good signatures that only read."""
    lists = "Action=ListClusters&Version=2009-03-31"
    return {  # botocore takes the parameters of a form into a presigned URL
        "form": signed_request("POST", url, lists.encode(), FORM),
        "query": signed_request("POST", f"{url}/?{lists}", b"", {}),
        "json": signed_request("POST", url, b"{}", JSON),
        "presigned": signed_request("GET", f"{url}/?{lists}", b"", {}, expires=60),
    }


CAPTURED = pytest.mark.parametrize("captured", ["form", "query", "json", "presigned"])


@CAPTURED
def test_a_signed_call_is_let_in(guarded: int, captured: str) -> None:
    assert status_of(captured_calls(f"http://127.0.0.1:{guarded}")[captured]) == 200


@CAPTURED
@pytest.mark.parametrize("claims_old_hash", [True, False])
def test_a_captured_signature_carries_no_other_body(
    guarded: int, captured: str, claims_old_hash: bool
) -> None:
    request = captured_calls(f"http://127.0.0.1:{guarded}")[captured]
    before = boto2_connection(guarded, "good", "secret").describe_jobflows()
    old = request.data if isinstance(request.data, bytes) else b""
    request.data, request.method = RUN_FORM, "POST"
    request.headers["Content-type"] = FORM["Content-Type"]
    if claims_old_hash:
        request.headers["X-amz-content-sha256"] = hashlib.sha256(old).hexdigest()

    assert status_of(request) == 403
    assert len(boto2_connection(guarded, "good", "secret").describe_jobflows()) == len(before)


@pytest.mark.parametrize("captured", ["form", "query", "presigned"])
def test_a_captured_signature_carries_no_other_operation(guarded: int, captured: str) -> None:
    request = captured_calls(f"http://127.0.0.1:{guarded}")[captured]
    request.headers["X-amz-target"] = "ElasticMapReduce.RunJobFlow"

    assert status_of(request) == 403


def test_a_captured_signature_is_of_its_service_alone(guarded: int) -> None:
    request = signed_request(
        "POST",
        f"http://127.0.0.1:{guarded}",
        b"Action=GetCallerIdentity&Version=2011-06-15",
        FORM,
        service="sts",
    )
    assert status_of(request) == 200

    request.data = b"Action=AssumeRole&Version=2011-06-15"
    assert status_of(request) == 403


def test_presigned_url_of_a_neighbour_is_let_in_until_it_expires(guarded: int) -> None:
    def presigned(secret: str) -> str:
        client = boto3_client("sts", guarded, "good", secret)
        return str(client.generate_presigned_url("get_caller_identity", HttpMethod="GET"))

    url = presigned("secret")

    assert status_of(Request(url)) == 200
    assert status_of(Request(presigned("wrong"))) == 403
    assert status_of(Request(url.replace("X-Amz-Expires=3600", "X-Amz-Expires=7200"))) == 403


def test_a_presigned_url_may_change_something_where_keys_are_checked(guarded: int) -> None:
    url = f"http://127.0.0.1:{guarded}/?{urlencode(RUN)}"

    assert status_of(signed_request("GET", url, b"", {}, expires=60)) == 200


def test_a_foreign_page_cannot_read_the_control_interface(emrsim: Emulator) -> None:
    request = Request(f"{emrsim.url}/_emrsim/health", headers={"Host": "rebound.example"})

    assert status_of(request) == 403


def test_allow_host_gives_the_server_a_name(tmp_path: Path) -> None:
    with serving("--root", str(tmp_path / "s3"), "--allow-host", "emrsim") as (_, lines):
        url = lines[0].split()[-1]

        assert status_of(Request(f"{url}/_emrsim/health", headers={"Host": "emrsim:4580"})) == 200
        assert status_of(Request(f"{url}/_emrsim/health", headers={"Host": "other:4580"})) == 403


def test_allow_origin_lets_one_page_call(tmp_path: Path) -> None:
    page = "http://localhost:3000"
    with serving("--root", str(tmp_path / "s3"), "--allow-origin", page) as (_, lines):
        url = lines[0].split()[-1]
        sent = [
            Request(f"{url}/bucket", headers={"Origin": page, "Sec-Fetch-Site": "same-site"}, method="PUT"),
            Request(url, urlencode(RUN).encode(), {"Origin": page, "Sec-Fetch-Site": "same-site"}),
            Request(f"{url}/bucket", headers={"Origin": f"{page}1"}, method="DELETE"),
            Request(url, urlencode(RUN).encode(), {"Origin": f"{page}1"}),
        ]

        assert [status_of(request) for request in sent] == [200, 200, 403, 403]


def test_what_is_no_origin_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="allow_origin: invalid origin 'localhost:3000'"):
        Emulator(tmp_path / "s3", allow_origin=["localhost:3000"])


def test_neighbours_ask_for_the_keys_too(guarded: int) -> None:
    boto3_client("sts", guarded, "good", "secret").get_caller_identity()
    boto3_client("ssm", guarded, "good", "secret").describe_parameters()

    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        boto3_client("sts", guarded, "good", "wrong").get_caller_identity()
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        boto3_client("ssm", guarded, "good", "wrong").describe_parameters()
    assert status_of(Request(f"http://127.0.0.1:{guarded}/?Action=ListRoles&Version=2010-05-08")) == 403


def control_status(port: int, path: str, password: str | None = None, method: str = "GET") -> int:
    headers = {} if password is None else {"Authorization": f"Basic {b64encode(password.encode()).decode()}"}
    return status_of(Request(f"http://127.0.0.1:{port}/_emrsim/{path}", headers=headers, method=method))


@pytest.mark.parametrize(
    ("password", "status"),
    [(None, 401), ("good:wrong", 401), ("other:secret", 401), ("", 401), ("good:secret", 200)],
)
def test_control_interface_asks_for_a_key_too(guarded: int, password: str | None, status: int) -> None:
    assert control_status(guarded, "reset", password, "POST") == status
    assert control_status(guarded, "state", password) == status
    assert control_status(guarded, "health", password) == 200


def test_snapshot_is_taken_with_a_key(guarded: int, tmp_path: Path) -> None:
    endpoints = {who: f"http://{who}127.0.0.1:{guarded}" for who in ("", "good:secret@")}

    ended = {
        who: subprocess.run(
            [*EMRSIM, "snapshot", str(tmp_path / "kept"), "--endpoint", url], capture_output=True, check=False
        )
        for who, url in endpoints.items()
    }

    assert (ended[""].returncode, b"a key" in ended[""].stderr) == (1, True)
    assert (ended["good:secret@"].returncode, (tmp_path / "kept").exists()) == (0, True)
