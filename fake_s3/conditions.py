"""If-Match and its kin (source: S3 User Guide, Conditional requests; RFC 9110, 13.2.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from werkzeug.http import parse_date

from fake_s3 import errors
from fake_s3.store import Check, ObjectInfo

Header = Callable[[str], str | None]


class NotModified(Exception):
    """The answer is 304: the client's copy is good."""

    def __init__(self, info: ObjectInfo) -> None:
        super().__init__(info.etag)
        self.info = info


def check_read(header: Header, info: ObjectInfo) -> None:
    """Raises PreconditionFailed or NotModified as the headers of a GET or HEAD ask."""
    _check_match(header, "If-Match", "If-Unmodified-Since", info)
    none_match = header("If-None-Match")
    since = _date(header("If-Modified-Since"))
    if none_match is not None:
        if _names(none_match, info.etag):
            raise NotModified(info)
    elif since is not None and _whole_seconds(info) <= since:
        raise NotModified(info)


def check_copy_source(header: Header, info: ObjectInfo) -> None:
    """The same for the source of a copy, where nothing but PreconditionFailed is an answer."""
    prefix = "x-amz-copy-source-"
    _check_match(header, prefix + "if-match", prefix + "if-unmodified-since", info)
    none_match = header(prefix + "if-none-match")
    since = _date(header(prefix + "if-modified-since"))
    if none_match is not None:
        if _names(none_match, info.etag):
            raise errors.precondition_failed(prefix + "If-None-Match")
    elif since is not None and _whole_seconds(info) <= since:
        raise errors.precondition_failed(prefix + "If-Modified-Since")


def write_check(header: Header, key: str) -> Check | None:
    """What a PUT, a completed upload or a DELETE has to check before it changes `key`, if anything."""
    match, none_match = header("If-Match"), header("If-None-Match")
    if match is None and none_match is None:
        return None

    def check(current: ObjectInfo | None) -> None:
        if current is None:
            if match == "*":
                raise errors.precondition_failed("If-Match")
            if match is not None:
                raise errors.no_such_key(key)
            return
        if none_match is not None and _names(none_match, current.etag):
            raise errors.precondition_failed("If-None-Match")
        if match is not None and not _names(match, current.etag):
            raise errors.precondition_failed("If-Match")

    return check


def _check_match(header: Header, match_name: str, unmodified_name: str, info: ObjectInfo) -> None:
    match = header(match_name)
    until = _date(header(unmodified_name))
    if match is not None:
        if not _names(match, info.etag):
            raise errors.precondition_failed(match_name)
    elif until is not None and _whole_seconds(info) > until:
        raise errors.precondition_failed(unmodified_name)


def _names(header: str, etag: str) -> bool:
    """Whether a list of ETags, quoted or not, has this one; `*` has all."""
    named = {item.strip().removeprefix("W/").strip('"') for item in header.split(",")}
    return "*" in named or etag in named


def _date(value: str | None) -> datetime | None:
    return parse_date(value)


def _whole_seconds(info: ObjectInfo) -> datetime:
    return info.modified.replace(microsecond=0)
