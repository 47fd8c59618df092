"""What several operations' answers have in common."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from fake_s3 import xml
from fake_s3.call import Call
from fake_s3.errors import invalid_argument

# There is one user, who owns everything. The id is that of the S3 API Reference's examples.
OWNER_ID = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"
OWNER: list[xml.Node] = [("ID", OWNER_ID), ("DisplayName", "emrsim")]
STORAGE_CLASS = "x-amz-storage-class"


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
    value = call.arg(name)
    if value == "":
        return default
    if not value.isdecimal():
        why = f"Provided {name} not an integer or within integer range"
        raise invalid_argument(name, value, why)
    return min(int(value), most)
