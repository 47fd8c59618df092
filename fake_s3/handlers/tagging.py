"""The tags of objects, and the TagSet that buckets' tags share with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

from werkzeug.wrappers import Response

from fake_s3 import xml
from fake_s3.call import Call, answer, empty
from fake_s3.headers import checked_tags


def get_object_tagging(call: Call) -> Response:
    """GetObjectTagging."""
    return answer("Tagging", [tag_set(call.store.head(call.bucket, call.key).details.tags)])


def put_object_tagging(call: Call) -> Response:
    """PutObjectTagging."""
    tags = checked_tags(read_tag_set(call))
    call.store.update(call.bucket, call.key, lambda details: replace(details, tags=tags))
    return empty(200)


def delete_object_tagging(call: Call) -> Response:
    """DeleteObjectTagging."""
    call.store.update(call.bucket, call.key, lambda details: replace(details, tags={}))
    return empty()


def tag_set(tags: Mapping[str, str]) -> xml.Node:
    """A TagSet element."""
    return "TagSet", [("Tag", [("Key", key), ("Value", value)]) for key, value in tags.items()]


def read_tag_set(call: Call) -> list[tuple[str, str]]:
    """The pairs of the request's Tagging document (MalformedXML)."""
    return _pairs(call.document("Tagging"))


def tags_in(document: bytes) -> dict[str, str]:
    """The tags of an object in a Tagging document (S3Error)."""
    return checked_tags(_pairs(xml.parse(document, "Tagging")))


def _pairs(tagging: Element) -> list[tuple[str, str]]:
    tags = tagging.findall("TagSet/Tag")
    return [(xml.text_of(tag, "Key"), xml.text_of(tag, "Value")) for tag in tags]
