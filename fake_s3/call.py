"""One request to S3, as its handler sees it, and the makings of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from wsgiref.types import WSGIEnvironment
from xml.etree.ElementTree import Element

from werkzeug.datastructures import EnvironHeaders
from werkzeug.wrappers import Request, Response

from fake_s3 import xml
from fake_s3.body import Body
from fake_s3.multipart import Uploads
from fake_s3.signed_request import Keys
from fake_s3.staging import read_whole
from fake_s3.store import ObjectStore

# Room for the largest documents there are: 10,000 parts to complete, 1,000 keys of 1,024 bytes to delete.
_DOCUMENT_BYTES_MAX = 8 << 20


@dataclass(frozen=True, slots=True)
class Service:
    """What all requests have in common; `keys` None leaves credentials unchecked."""

    store: ObjectStore
    uploads: Uploads
    keys: Keys | None
    allow_anonymous: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A request addressed to `bucket` and `key` ("" for none)."""

    request: Request
    service: Service
    bucket: str
    key: str

    @property
    def store(self) -> ObjectStore:
        """The objects."""
        return self.service.store

    @property
    def uploads(self) -> Uploads:
        """The multipart uploads under way."""
        return self.service.uploads

    @property
    def environ(self) -> WSGIEnvironment:
        """The WSGI form of the request."""
        return self.request.environ

    @property
    def headers(self) -> EnvironHeaders:
        """The headers of the request."""
        return EnvironHeaders(self.request.environ)

    def header(self, name: str) -> str | None:
        """A header of the request."""
        return self.request.headers.get(name)

    def arg(self, name: str, default: str = "") -> str:
        """A parameter of the query string."""
        return self.request.args.get(name, default)

    def text(self, *, checksum_is_its_own: bool = True) -> bytes:
        """A body that is a document, whole."""
        body = Body(self.environ, checksum_is_its_own=checksum_is_its_own)
        return read_whole(body, _DOCUMENT_BYTES_MAX)

    def document(self, root: str) -> Element:
        """The body as an XML document with the given root (MalformedXML)."""
        return xml.parse(self.text(), root)


def answer(root: str, children: Sequence[xml.Node], status: int = 200) -> Response:
    """An XML answer."""
    return Response(xml.document(root, children), status, content_type=xml.CONTENT_TYPE)


def empty(status: int = 204, headers: Mapping[str, str] | None = None) -> Response:
    """An answer without a body, and without the Content-Type that Flask would invent for it."""
    response = Response(status=status)
    response.headers.clear()
    response.headers.update(headers or {})
    if status == 200:
        response.content_length = 0
    return response
