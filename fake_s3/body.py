"""The bytes of a request: decoded from aws-chunked, and verified against all that the client said of them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import string
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import BinaryIO, Protocol
from wsgiref.types import WSGIEnvironment

from werkzeug.datastructures import EnvironHeaders
from werkzeug.wsgi import get_input_stream

from fake_s3 import checksums, errors
from fake_s3.checksums import Hasher
from fake_s3.numbers import whole_number
from fake_s3.staging import BLOCK_BYTES, blocks

# Where the check of a request's signature leaves what verifies the signatures of its chunks.
CHUNK_VERIFIER = "fake_s3.chunk_verifier"
_OBJECT_BYTES_MAX = 5 << 30  # source: S3 API Reference, PutObject
_CHUNK_HEADER_BYTES_MAX = 1024
_CHUNK_SIZE_DIGITS_MAX = 16
_TRAILERS_MAX = 32
_ALGORITHMS = {checksums.header_name(algorithm): algorithm for algorithm in checksums.ALGORITHMS}


class ChunkVerifier(Protocol):
    """Verifies the signatures inside a `STREAMING-AWS4-HMAC-SHA256-PAYLOAD` body (S3Error)."""

    def chunk(self, digest: str, signature: str) -> None:
        """A chunk, given the SHA-256 of its bytes in hex."""

    def trailer(self, lines: Mapping[str, str], signature: str) -> None:
        """The trailing headers."""


class Body:
    """Iterate it once for the bytes; then `checksums` has the one that the client sent, if any, and `also`.

    `also` names algorithms to compute whether the client sent theirs or not. Anything that does not match
    is raised at the end of the iteration (S3Error), so whoever stores the bytes must not make them visible
    before. With `checksum_is_its_own` false the client's checksum is of something else than the body.
    """

    def __init__(
        self, environ: WSGIEnvironment, also: Collection[str] = (), *, checksum_is_its_own: bool = True
    ) -> None:
        self._headers = EnvironHeaders(environ)
        self._input: BinaryIO = get_input_stream(environ)  # type: ignore[assignment]
        self._verifier: ChunkVerifier | None = environ.get(CHUNK_VERIFIER)
        self._length = _content_length(environ)
        self._is_chunked = is_aws_chunked(self._headers)
        self._trailers: dict[str, str] = {}
        self.announced = announced_algorithm(self._headers) if checksum_is_its_own else None
        self._also = also
        self.checksums: dict[str, str] = {}

    def __iter__(self) -> Iterator[bytes]:
        checks: list[tuple[Hasher, Callable[[bytes], None]]] = []
        if expected := _content_md5(self._headers):
            checks.append((hashlib.md5(usedforsecurity=False), partial(_match_md5, expected=expected)))
        if sha256 := _payload_sha256(self._headers):
            checks.append((hashlib.sha256(), partial(_match_payload, expected=sha256)))
        announced = {self.announced} if self.announced else set()
        for algorithm in announced.union(self._also):
            checks.append((checksums.hasher(algorithm), partial(self._keep_checksum, algorithm)))
        received = 0
        for block in self._decoded():
            received += len(block)
            for hasher, _ in checks:
                hasher.update(block)
            yield block
        if received != self._expected_length():
            raise errors.incomplete_body()
        for hasher, verify in checks:
            verify(hasher.digest())

    def _decoded(self) -> Iterator[bytes]:
        if self._is_chunked:
            return self._chunks()
        return blocks(self._input, self._length)

    def _expected_length(self) -> int:
        if self._is_chunked:
            return decoded_length(self._headers)
        return self._length

    def _keep_checksum(self, algorithm: str, digest: bytes) -> None:
        value = checksums.encode(digest)
        if algorithm == self.announced:
            name = checksums.header_name(algorithm)
            sent = self._headers.get(name) or self._trailers.get(name)
            if sent is None:
                raise errors.malformed_trailer()
            if sent != value:
                raise errors.bad_checksum(algorithm, sent)
        self.checksums[algorithm] = value

    # aws-chunked (source: S3 API Reference, Signature Calculations ... Multiple Chunks, Trailing Headers)

    def _chunks(self) -> Iterator[bytes]:
        while True:
            size, signature = self._chunk_header()
            digest = hashlib.sha256() if self._verifier else None
            left = size
            while left:
                block = self._input.read(min(left, BLOCK_BYTES))
                if not block:
                    raise errors.incomplete_body()
                left -= len(block)
                if digest:
                    digest.update(block)
                yield block
            if self._verifier and digest:
                self._verifier.chunk(digest.hexdigest(), signature)
            if size == 0:
                self._read_trailers()
                return
            if self._input.readline(3) != b"\r\n":
                raise errors.incomplete_body()

    def _chunk_header(self) -> tuple[int, str]:
        line = self._input.readline(_CHUNK_HEADER_BYTES_MAX)
        if not line.endswith(b"\r\n"):
            raise errors.incomplete_body()
        size, _, extension = line.removesuffix(b"\r\n").partition(b";")
        # Digits alone: `int` takes `0x3`, `+3`, ` 3` and `1_0` too.
        if not 0 < len(size) <= _CHUNK_SIZE_DIGITS_MAX or size.strip(string.hexdigits.encode()):
            raise errors.incomplete_body()
        return int(size, 16), extension.decode("latin-1").removeprefix("chunk-signature=")

    def _read_trailers(self) -> None:
        for line in islice(iter(lambda: self._input.readline(_CHUNK_HEADER_BYTES_MAX), b""), _TRAILERS_MAX):
            if line.strip():
                name, _, value = line.decode("latin-1").partition(":")
                self._trailers[name.strip().lower()] = value.strip()
        signature = self._trailers.pop("x-amz-trailer-signature", "")
        if self._verifier and self._headers.get("x-amz-trailer"):
            self._verifier.trailer(self._trailers, signature)


def require_length(environ: WSGIEnvironment) -> None:
    """Refuses an upload that does not say how long it is: it may have been cut off (MissingContentLength)."""
    if "CONTENT_LENGTH" not in environ:
        raise errors.missing_content_length()


def is_aws_chunked(headers: EnvironHeaders) -> bool:
    """Whether the body is in S3's own chunks inside the HTTP body."""
    # Not by Content-Encoding: clients that never chunk may send aws-chunked there.
    streaming = headers.get("x-amz-content-sha256", "").startswith("STREAMING-")
    return streaming or "x-amz-decoded-content-length" in headers


def decoded_length(headers: EnvironHeaders) -> int:
    """Return how long a body in chunks says that it is without them (S3Error)."""
    name = "x-amz-decoded-content-length"
    value = headers.get(name)
    if not value:
        raise errors.missing_content_length()
    length = whole_number(value)
    if length is None:
        raise errors.invalid_argument(name, value[:200], f"The value of {name} is no whole number of bytes")
    if length > _OBJECT_BYTES_MAX:
        raise errors.entity_too_large(length, _OBJECT_BYTES_MAX)
    return length


def _content_length(environ: WSGIEnvironment) -> int:
    given = environ.get("CONTENT_LENGTH") or "0"
    length = whole_number(given)
    if length is None:
        raise errors.invalid_argument(
            "Content-Length", given[:200], "Content-Length is no whole number of bytes"
        )
    if length > _OBJECT_BYTES_MAX:
        raise errors.entity_too_large(length, _OBJECT_BYTES_MAX)
    return length


def announced_algorithm(headers: EnvironHeaders) -> str | None:
    """The algorithm whose checksum comes in a header or trailer; more than one is refused."""
    names = {name.strip() for name in headers.get("x-amz-trailer", "").lower().split(",")}
    names.update(name.lower() for name, _ in headers if name.startswith("X-Amz-Checksum-"))
    announced = [_ALGORITHMS[name] for name in _ALGORITHMS.keys() & names]
    if len(announced) > 1:
        raise errors.invalid_request(
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
        )
    return announced[0] if announced else None


def _content_md5(headers: EnvironHeaders) -> bytes | None:
    value = headers.get("content-md5")
    if value is None:
        return None
    try:
        digest = base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise errors.invalid_digest(value) from error
    if len(digest) != hashlib.md5(usedforsecurity=False).digest_size:
        raise errors.invalid_digest(value)
    return digest


def _payload_sha256(headers: EnvironHeaders) -> str | None:
    value = headers.get("x-amz-content-sha256", "")
    return value.lower() if len(value) == 64 else None


def _match_md5(digest: bytes, expected: bytes) -> None:
    if digest != expected:
        raise errors.bad_digest()


def _match_payload(digest: bytes, expected: str) -> None:
    if digest.hex() != expected:
        raise errors.payload_mismatch(expected, digest.hex())
