"""Web pages of others reach nothing; clients, and pages of this machine, do."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import Any

import pytest

from fake_s3.browser import refuse_foreign
from tests.fake_s3.conftest import Endpoint, keys_of, serve

FORM = (
    b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nplanted\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nevil\r\n--x--\r\n'
)


def post_form(port: int, headers: dict[str, str]) -> int:
    """The status of a form sent to the bucket as a browser sends it."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(
        "POST", "/bucket", FORM, {"Content-Type": "multipart/form-data; boundary=x", **headers}
    )
    with connection.getresponse() as answer:
        answer.read()
    connection.close()
    return answer.status


@pytest.mark.parametrize(
    "headers",
    [
        {
            "Origin": "https://evil.example",
            "Sec-Fetch-Site": "cross-site",
            "Referer": "https://evil.example/",
        },
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Referer": "https://evil.example/page"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example:80"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://bucket.s3.amazonaws.com"},
    ],
)
def test_form_of_a_foreign_page_writes_nothing(s3: Any, endpoint: Endpoint, headers: dict[str, str]) -> None:
    assert post_form(endpoint.port, headers) == 403
    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1", "Referer": "http://127.0.0.1/page"},
        {"Origin": "http://[::1]:80"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_form_of_a_local_page_is_taken(s3: Any, endpoint: Endpoint, headers: dict[str, str]) -> None:
    assert post_form(endpoint.port, headers) == 204
    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["planted"]


@pytest.mark.parametrize("host", ["emrsim:8080", "EMRSIM"])
def test_allowed_names_are_hosts_and_origins(tmp_path: Path, host: str) -> None:
    with serve(tmp_path, allowed_hosts=["emrsim"]) as endpoint:
        (tmp_path / "bucket").mkdir()

        assert post_form(endpoint.port, {"Host": host, "Origin": f"http://{host}"}) == 204


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:80", "a.localhost", "127.0.0.1:80", "[::1]:80", "192.168.1.5",
     "s3.amazonaws.com",
     "bucket.s3.eu-west-1.amazonaws.com", "elasticmapreduce.us-east-1.amazonaws.com"],
)  # fmt: skip
def test_hosts_of_this_machine_and_of_aws_are_fine(host: str) -> None:
    assert refuse_foreign({"HTTP_HOST": host}) is None


def test_reason_names_the_culprit() -> None:
    reason = refuse_foreign({"HTTP_HOST": "localhost", "HTTP_ORIGIN": "https://evil.example"})

    assert reason == "it comes from a page of https://evil.example"
