"""The policies of upload forms: what a form may hold (source: S3 API Reference, POST Policy)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fake_s3 import errors
from fake_s3.numbers import whole_number

# Fields that a policy need not mention (source: same page, Condition Matching).
_FREE_FIELDS = {"awsaccesskeyid", "file", "policy", "signature", "x-amz-signature"}
_FREE_PREFIXES = ("x-ignore-", "x-amz-checksum-")
# source: same page, Expiration: ISO 8601 in GMT
_EXPIRATION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]{1,6})?Z")


def check_policy(policy: str, fields: Mapping[str, str], size_bytes: int, now: datetime) -> None:
    """Refuses a form that its policy (base64) does not allow: AccessDenied, EntityTooLarge ... (S3Error)."""
    document = _read(policy)
    if now > _expiration(document):
        raise errors.access_denied("Invalid according to Policy: Policy expired.")
    mentioned = set()
    for condition in _conditions(document):
        mentioned.add(_check_condition(condition, fields, size_bytes))
    allowed = mentioned | _FREE_FIELDS
    for name in fields:
        if name not in allowed and not name.startswith(_FREE_PREFIXES):
            raise errors.access_denied(f"Invalid according to Policy: Extra input fields: {name}")


def _read(policy: str) -> dict[str, Any]:
    try:
        document = json.loads(base64.b64decode(policy))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise errors.invalid_policy_document("it is not JSON in base64") from error
    if not isinstance(document, dict):
        raise errors.invalid_policy_document("it is no JSON object")
    return document


def _expiration(document: Mapping[str, Any]) -> datetime:
    value = document.get("expiration")
    if not isinstance(value, str):
        raise errors.invalid_policy_document("it has no expiration")
    try:
        if not _EXPIRATION.fullmatch(value):
            raise ValueError("not as S3 writes it")
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise errors.invalid_policy_document(f"its expiration is no date: {value[:100]}") from error


def _conditions(document: Mapping[str, Any]) -> list[Any]:
    conditions = document.get("conditions")
    if not isinstance(conditions, list) or not conditions:
        raise errors.invalid_policy_document("it has no conditions")
    # An object of several members is several conditions.
    split: list[Any] = []
    for condition in conditions:
        if condition == {}:
            raise errors.invalid_policy_document("a condition of it is empty")
        if isinstance(condition, dict):
            split += [["eq", f"${name}", value] for name, value in condition.items()]
        else:
            split.append(condition)
    return split


def _check_condition(condition: Any, fields: Mapping[str, str], size_bytes: int) -> str:
    """Checks one condition; gives the name of the field that it is about."""
    if not isinstance(condition, list) or len(condition) != 3:
        raise errors.invalid_policy_document(f"a condition of it has not three members: {condition}")
    operator = str(condition[0]).lower()
    if operator == "content-length-range":
        _check_size(condition, size_bytes)
        return operator
    name = str(condition[1]).removeprefix("$").lower()
    value, expected = fields.get(name, ""), str(condition[2])
    if operator not in {"eq", "starts-with"}:
        raise errors.invalid_policy_document(f"it has an unknown operator: {operator}")
    if not (value == expected if operator == "eq" else value.startswith(expected)):
        why = f"Invalid according to Policy: Policy Condition failed: {json.dumps(condition)}"
        raise errors.access_denied(why)
    if name not in fields:
        raise errors.access_denied(f"Invalid according to Policy: the form has no field {name}")
    return name


def _check_size(condition: list[Any], size_bytes: int) -> None:
    least, most = (whole_number(str(end)) for end in condition[1:])
    if least is None or most is None or most < least:
        raise errors.invalid_policy_document(f"a range of it is no range: {str(condition)[:200]}")
    if size_bytes > most:
        raise errors.entity_too_large(size_bytes, most)
    if size_bytes < least:
        raise errors.post_too_small(size_bytes, least)
