"""What the control interface says of calls that it does not know."""

from __future__ import annotations

from emrsim import Emulator
from tests.support.calls import send
from tests.support.control import control, refused


def test_health_tells_version_and_clusters(emrsim: Emulator) -> None:
    health = control(emrsim, "GET", "health")

    assert (health["status"], health["clusters"], health["bugs"]) == ("ok", 0, 0)


def test_unknown_path_is_named(emrsim: Emulator) -> None:
    assert refused(emrsim, "GET", "no/such") == (404, "/_emrsim/no/such: not found")


def test_wrong_method_is_told_the_right_ones(emrsim: Emulator) -> None:
    assert refused(emrsim, "POST", "health", {}) == (405, "POST /_emrsim/health: expected GET")


def test_head_has_the_headers_of_get_and_no_body(emrsim: Emulator) -> None:
    answer = send(emrsim.port, "HEAD", "/_emrsim/health")

    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 2


def test_path_of_motos_reset_is_s3s_for_other_calls(emrsim: Emulator) -> None:
    (emrsim.root / "moto-api").mkdir()
    (emrsim.root / "moto-api" / "reset").write_text("an object")

    assert send(emrsim.port, "GET", "/moto-api/reset").body == b"an object"
    assert b"InitiateMultipartUploadResult" in send(emrsim.port, "POST", "/moto-api/reset?uploads").body
