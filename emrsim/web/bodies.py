"""The body of a request, for those who look at it before the one that answers, and the end of an answer."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

FORM = "application/x-www-form-urlencoded"
BODY_BYTES_MAX = 10 * 1024 * 1024  # of a body that is read whole
FIELDS_MAX = 200_000  # of a form: each takes some hundred bytes of memory


class TooLarge(ValueError):
    """A body, or a form in it, is larger than is read."""


def body_of(environ: WSGIEnvironment, size_bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """The body, which can be read again. Raises TooLarge, with nothing read."""
    size = int(environ.get("CONTENT_LENGTH") or 0)
    if size > size_bytes_max:
        raise TooLarge(f"The request body is larger than {size_bytes_max} bytes.")
    body: bytes = environ["wsgi.input"].read(size)
    environ["wsgi.input"] = BytesIO(body)
    return body


def form_of(environ: WSGIEnvironment, body: bytes) -> dict[str, str]:
    """The form in the body; empty where the body is none. Raises TooLarge."""
    is_form = environ.get("CONTENT_TYPE", "").startswith(FORM)
    return dict(pairs_of(body.decode("utf-8", "replace"))) if is_form else {}


def pairs_of(form: str, errors: str = "replace") -> list[tuple[str, str]]:
    """The fields of a form, or of a query string. Raises TooLarge, and ValueError as `errors` says."""
    if form.count("&") >= FIELDS_MAX:
        raise TooLarge(f"The form has more than {FIELDS_MAX} fields.")
    return parse_qsl(form, keep_blank_values=True, errors=errors)


def close(answer: Iterable[bytes]) -> None:
    """Tell an application that its answer has been read (source: PEP 3333)."""
    if hasattr(answer, "close"):
        answer.close()
