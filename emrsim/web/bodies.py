"""The body of a request, for those who look at it before the one that answers, and the end of an answer."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

FORM = "application/x-www-form-urlencoded"


def body_of(environ: WSGIEnvironment) -> bytes:
    """The body, which can be read again."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    return body


def form_of(environ: WSGIEnvironment, body: bytes) -> dict[str, str]:
    """The form in the body; empty where the body is none."""
    is_form = environ.get("CONTENT_TYPE", "").startswith(FORM)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)) if is_form else {}


def close(answer: Iterable[bytes]) -> None:
    """Tell an application that its answer has been read (source: PEP 3333)."""
    if hasattr(answer, "close"):
        answer.close()
