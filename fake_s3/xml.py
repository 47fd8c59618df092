"""S3's XML: answers written from nested tuples, requests read with the standard parser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from fake_s3.errors import malformed_xml

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
CONTENT_TYPE = "application/xml"

# An element: its name (attributes may follow it), and its text or its children.
Node = tuple[str, "str | Sequence[Node]"]

_TO_ESCAPE = re.compile(r"[&<>\"\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def document(name: str, children: Sequence[Node], namespace: str = NAMESPACE) -> bytes:
    """A whole document with the given root."""
    attribute = f' xmlns="{namespace}"' if namespace else ""
    inner = "".join(map(render, children))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}{attribute}>{inner}</{name}>'.encode()


def render(node: Node) -> str:
    """One element as text."""
    name, content = node
    inner = escape(content) if isinstance(content, str) else "".join(map(render, content))
    return f"<{name}>{inner}</{name.partition(' ')[0]}>"


def escape(text: str) -> str:
    """Text for an element. Control characters become references, as S3 writes them and XML 1.0 forbids."""
    return _TO_ESCAPE.sub(lambda match: _NAMED.get(match[0]) or f"&#x{ord(match[0]):x};", text)


def parse(body: bytes, root: str) -> ElementTree.Element:
    """The root element of a request's document, namespaces dropped; MalformedXML unless it is a `root`."""
    if b"<!DOCTYPE" in body:
        raise malformed_xml()  # entities are of no use here, except to blow up the parser
    try:
        # Text, whatever encoding the document claims: in another one a DOCTYPE would look otherwise.
        element = ElementTree.fromstring(body.decode())
    except (ElementTree.ParseError, ValueError) as error:
        raise malformed_xml() from error
    for item in element.iter():
        item.tag = item.tag.rpartition("}")[2]
    if element.tag != root:
        raise malformed_xml()
    return element


def text_of(element: ElementTree.Element, name: str) -> str:
    """The text of a child that has to be there (MalformedXML)."""
    text = element.findtext(name)
    if text is None:
        raise malformed_xml()
    return text
