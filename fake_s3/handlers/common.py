"""What several operations' answers have in common."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from fake_s3 import numbers
from fake_s3.call import Call
from fake_s3.errors import invalid_argument


def isoformat(moment: datetime) -> str:
    """A time as S3's XML has it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def url_encoder(call: Call) -> bool:
    """Whether names in the answer are to be URL-encoded (InvalidArgument for another encoding)."""
    encoding = call.arg("encoding-type")
    if encoding not in {"", "url"}:
        raise invalid_argument("encoding-type", encoding, "Invalid Encoding Method specified in Request")
    return encoding == "url"


def url_encode(name: str) -> str:
    """A name as `encoding-type=url` asks for it."""
    return quote(name, safe="/")


def whole_number(call: Call, name: str, default: int, most: int) -> int:
    """A count in the query string, at most `most` (InvalidArgument)."""
    return whole_number_of(name, call.arg(name), default, most)


def whole_number_of(name: str, value: str | None, default: int, most: int) -> int:
    """The same for a value from elsewhere."""
    if not value:
        return default
    number = numbers.whole_number(value, len(str(2**31)))
    if number is None:
        why = f"Provided {name} not an integer or within integer range"
        raise invalid_argument(name, value[:200], why)
    return min(number, most)
