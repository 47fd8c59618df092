"""Uploads by form, their policies and signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPErrorProcessor, Request, build_opener

import pytest

from tests.fake_s3.conftest import Endpoint, serve

KEYS = {"AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
FUTURE = "2100-01-01T00:00:00Z"
CONDITIONS: list[Any] = [
    {"bucket": "bucket"},
    ["starts-with", "$key", "foo"],
    {"acl": "private"},
    ["starts-with", "$Content-Type", "text/plain"],
    ["content-length-range", 2, 10],
]


class _NoRedirect(HTTPErrorProcessor):
    def http_response(self, request: Any, response: Any) -> Any:
        return response


def send(
    endpoint: Endpoint, fields: dict[str, str], file: bytes | None = b"bar", filename: str = "f.txt"
) -> Any:
    """The answer to a form, its status and redirect untouched."""
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value.encode())
        for name, value in fields.items()
    )
    if file is not None:
        disposition = f'form-data; name="file"; filename="{filename}"'.encode()
        body += b"--x\r\nContent-Disposition: %s\r\n\r\n%s\r\n" % (disposition, file)
    request = Request(f"{endpoint.url}/bucket", body + b"--x--\r\n", method="POST")
    request.add_header("Content-Type", "multipart/form-data; boundary=x")
    return build_opener(_NoRedirect).open(request)


def signed(conditions: list[Any] | None = None, expiration: str = FUTURE, **fields: str) -> dict[str, str]:
    """The fields of a form, with a policy that version 2 signs."""
    document = {"expiration": expiration, "conditions": CONDITIONS if conditions is None else conditions}
    policy = base64.b64encode(json.dumps(document).encode())
    digest = hmac.new(KEYS["AKIDEXAMPLE"].encode(), policy, hashlib.sha1).digest()
    return {
        "key": "foo.txt",
        "AWSAccessKeyId": "AKIDEXAMPLE",
        "acl": "private",
        "signature": base64.b64encode(digest).decode(),
        "policy": policy.decode(),
        "Content-Type": "text/plain",
    } | fields


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Endpoint]:
    with serve(tmp_path, keys=KEYS) as endpoint:
        (tmp_path / "bucket").mkdir()
        yield endpoint


def test_form_makes_an_object(s3: Any, endpoint: Endpoint) -> None:
    fields = {"key": "foo.txt", "Content-Type": "text/plain", "x-amz-meta-a_b": "ü", "acl": "public-read"}

    with send(endpoint, fields | {"x-amz-storage-class": "STANDARD_IA"}) as answer:
        assert (answer.status, answer.read()) == (204, b"")

    found = s3.get_object(Bucket="bucket", Key="foo.txt")
    assert found["Body"].read() == b"bar"
    assert (found["ContentType"], found["Metadata"], found["StorageClass"]) == (
        "text/plain",
        {"a_b": "ü"},
        "STANDARD_IA",
    )
    assert len(s3.get_object_acl(Bucket="bucket", Key="foo.txt")["Grants"]) == 2


def test_header_injected_by_a_field_is_refused(s3: Any, endpoint: Endpoint) -> None:
    with send(endpoint, {"key": "k", "x-amz-meta-m": "1\r\nSet-Cookie: a=b"}) as answer:
        assert answer.status == 400

    with send(endpoint, {"key": "a\nb", "success_action_status": "201"}) as answer:
        assert answer.headers["Location"].endswith("/bucket/a%0Ab")


def test_key_may_have_the_file_name_in_it(s3: Any, endpoint: Endpoint) -> None:
    send(endpoint, {"key": "in/${filename}"}, filename="my file.txt").close()

    assert (endpoint.root / "bucket/in/my file.txt").read_bytes() == b"bar"


@pytest.mark.parametrize(("asked", "status"), [("200", 200), ("201", 201), ("204", 204), ("404", 204)])
def test_form_chooses_the_status(s3: Any, endpoint: Endpoint, asked: str, status: int) -> None:
    with send(endpoint, {"key": "k", "success_action_status": asked}) as answer:
        body = answer.read()

    assert answer.status == status
    assert (b"<Key>k</Key>" in body) == (status == 201)


def test_form_may_redirect(s3: Any, endpoint: Endpoint) -> None:
    with send(endpoint, {"key": "k", "success_action_redirect": "http://localhost/done?a=b"}) as answer:
        etag = hashlib.md5(b"bar").hexdigest()

    assert answer.status == 303
    assert answer.headers["Location"] == f"http://localhost/done?a=b&bucket=bucket&key=k&etag=%22{etag}%22"


def test_signed_form_passes(guarded: Endpoint) -> None:
    send(guarded, signed()).close()

    assert (guarded.root / "bucket/foo.txt").read_bytes() == b"bar"


def test_form_of_boto3_passes(guarded: Endpoint) -> None:
    for version in ("s3", "s3v4"):
        s3 = guarded.client("AKIDEXAMPLE", KEYS["AKIDEXAMPLE"], signature_version=version)
        post = s3.generate_presigned_post(
            "bucket", f"{version}/${{filename}}", Conditions=[["content-length-range", 1, 9]]
        )

        send(guarded, post["fields"]).close()

        assert (guarded.root / f"bucket/{version}/f.txt").read_bytes() == b"bar"


PAST = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        (signed(signature="AAAA"), 403),
        (signed(AWSAccessKeyId="nobody"), 403),
        (signed(expiration=PAST), 403),
        (signed(key="other.txt"), 403),
        (signed() | {"Content-Type": "image/png"}, 403),
        (signed() | {"x-amz-meta-extra": "not in the policy"}, 403),
        (signed([*CONDITIONS, ["eq", "$x-amz-meta-m", "1"]]), 403),
        (signed([{"bucket": "other"}, *CONDITIONS[1:]]), 403),
        (signed(CONDITIONS[1:]), 403),
        (signed([*CONDITIONS[:4], ["content-length-range", 4, 10]]), 400),
        (signed([*CONDITIONS[:4], ["content-length-range", 0, 2]]), 400),
        (signed([*CONDITIONS[:4], ["content-length-range", -1, 9]]), 400),
        (signed([*CONDITIONS[:4], ["content-length-range", 0]]), 400),
        (signed([*CONDITIONS, ["matches", "$key", "."]]), 400),
        (signed([]), 400),
        (signed(expiration="some day"), 400),
        (signed(policy="!"), 403),
        ({name: value for name, value in signed().items() if name != "signature"}, 400),
        ({name: value for name, value in signed().items() if name != "key"}, 400),
        ({"key": "foo.txt"}, 403),
    ],
)
def test_form_that_is_refused_stores_nothing(guarded: Endpoint, fields: dict[str, str], status: int) -> None:
    with send(guarded, fields) as answer:
        assert answer.status == status

    assert list((guarded.root / "bucket").iterdir()) == []


def test_ignored_fields_need_no_condition(guarded: Endpoint) -> None:
    with send(guarded, signed() | {"x-ignore-this": "1"}) as answer:
        assert answer.status == 204


def test_form_without_a_file_is_refused(s3: Any, endpoint: Endpoint) -> None:
    with send(endpoint, {"key": "k"}, file=None) as answer:
        assert answer.status == 400


def test_what_is_no_form_is_refused(s3: Any, endpoint: Endpoint) -> None:
    with pytest.raises(HTTPError, match="412"):
        build_opener().open(Request(f"{endpoint.url}/bucket", b"{}", method="POST"))
