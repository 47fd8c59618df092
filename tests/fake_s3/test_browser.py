"""Web pages of others reach nothing; clients, and pages of this machine, do."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import Any

import pytest

from fake_s3.browser import parse_origin, refuse_foreign
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
        {"Origin": "http://203.0.113.66", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://[2001:db8::66]"},
        {"Origin": "http://10.0.0.7:{port}"},
        {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://app.localhost:{port}"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "https://127.0.0.1"},
        {"Origin": "http://127.0.0.1:{port}0"},
        {"Origin": "http://localhost:{port}"},
        {"Origin": "http://127.0.0.1:{port}@evil.example"},
        {"Origin": "http://127.0.0.1:{port}, http://evil.example"},
        {"Origin": "file://"},
        {"Referer": "http://127.0.0.1:8000/page"},
        {"Origin": "http://127.0.0.1:{port}", "Referer": "http://127.0.0.1:8000/"},
        {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "Cross-Site"},
    ],
)
def test_form_of_a_page_elsewhere_on_this_machine_or_on_an_address_writes_nothing(
    s3: Any, endpoint: Endpoint, headers: dict[str, str]
) -> None:
    sent = {name: value.format(port=endpoint.port) for name, value in headers.items()}

    assert post_form(endpoint.port, sent) == 403
    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://127.0.0.1:{port}", "Referer": "http://127.0.0.1:{port}/page"},
        {"Origin": "http://[::1]", "Host": "[::1]:80"},
        {"Origin": "http://LOCALHOST:80", "Host": "localhost"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_form_of_this_servers_own_page_is_taken(s3: Any, endpoint: Endpoint, headers: dict[str, str]) -> None:
    sent = {name: value.format(port=endpoint.port) for name, value in headers.items()}

    assert post_form(endpoint.port, sent) == 204
    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["planted"]


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:3000", 204),
        ("http://localhost:3001", 403),
        ("https://localhost:3000", 403),
        ("http://127.0.0.1:3000", 403),
    ],
)
def test_allowed_origin_is_that_page_alone(tmp_path: Path, origin: str, status: int) -> None:
    with serve(tmp_path, allowed_origins=[parse_origin("http://localhost:3000")]) as endpoint:
        (tmp_path / "bucket").mkdir()

        assert post_form(endpoint.port, {"Origin": origin, "Sec-Fetch-Site": "same-site"}) == status


@pytest.mark.parametrize(
    "text",
    [
        "localhost:3000",
        "*",
        "null",
        "http://",
        "ftp://host",
        "http://host/page",
        "http://a@host",
        "http://h:x",
    ],
)
def test_what_is_no_origin_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="invalid origin"):
        parse_origin(text)


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

    assert reason == "it comes from a page of https://evil.example, which --allow-origin does not name"
