"""The checksums that S3 clients send and ask for (source: S3 User Guide, Checking object integrity)."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Sequence
from typing import Protocol

from fake_s3.errors import invalid_request
from fake_s3.metadata import Checksum, Part

# The one S3 computes by itself when the client sends none.
DEFAULT = "CRC64NVME"
HEADER_PREFIX = "x-amz-checksum-"
FULL_OBJECT = "FULL_OBJECT"
COMPOSITE = "COMPOSITE"


class Hasher(Protocol):
    """As in hashlib."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class _Crc:
    """A CRC with hashlib's interface; `step(data, crc)` goes on from `crc`."""

    def __init__(self, size_bytes: int, step: Callable[[bytes, int], int]) -> None:
        self._size_bytes = size_bytes
        self._step = step
        self._crc = 0

    def update(self, data: bytes, /) -> None:
        self._crc = self._step(data, self._crc)

    def digest(self) -> bytes:
        return self._crc.to_bytes(self._size_bytes, "big")


def _anycrc(model: str, size_bytes: int) -> Hasher:
    import anycrc

    crc = anycrc.Model(model)
    return _Crc(size_bytes, crc.calc)


def _xxhash(name: str) -> Hasher:
    import xxhash

    hasher: Hasher = getattr(xxhash, name)()
    return hasher


_HASHERS: dict[str, Callable[[], Hasher]] = {
    "CRC32": lambda: _Crc(4, zlib.crc32),
    "CRC32C": lambda: _anycrc("CRC32-ISCSI", 4),
    "CRC64NVME": lambda: _anycrc("CRC64-NVME", 8),
    "SHA1": lambda: hashlib.sha1(usedforsecurity=False),
    "SHA256": hashlib.sha256,
    "SHA512": hashlib.sha512,
    "MD5": lambda: hashlib.md5(usedforsecurity=False),
    "XXHASH64": lambda: _xxhash("xxh64"),
    "XXHASH3": lambda: _xxhash("xxh3_64"),
    "XXHASH128": lambda: _xxhash("xxh3_128"),
}
ALGORITHMS = tuple(_HASHERS)
# Only of a CRC can the whole's be computed from the parts'.
_COMBINABLE = {"CRC32": ("CRC32", 4), "CRC32C": ("CRC32-ISCSI", 4), "CRC64NVME": ("CRC64-NVME", 8)}


def hasher(algorithm: str) -> Hasher:
    """A new hasher of the algorithm, by S3's name for it (S3Error if there is none such)."""
    if algorithm not in _HASHERS:
        raise invalid_request(
            "Checksum algorithm provided is unsupported. Please try again with any of the "
            f"valid types: [{', '.join(ALGORITHMS)}]"
        )
    return _HASHERS[algorithm]()


def encode(digest: bytes) -> str:
    """A digest as S3 writes it."""
    return base64.b64encode(digest).decode()


def header_name(algorithm: str) -> str:
    """The header that carries a checksum of the algorithm, lower case."""
    return HEADER_PREFIX + algorithm.lower()


def element_name(algorithm: str) -> str:
    """The XML element that does."""
    return f"Checksum{algorithm}"


def default_kind(algorithm: str) -> str:
    """Return the checksum type of a multipart object whose request names none."""
    return FULL_OBJECT if algorithm == "CRC64NVME" else COMPOSITE


def refuse_unless_possible(algorithm: str, kind: str) -> None:
    """Refuses kinds of checksum that S3 does not make of a multipart upload (S3Error)."""
    hasher(algorithm)
    possible = {FULL_OBJECT} if algorithm == DEFAULT else {COMPOSITE}
    if algorithm in _COMBINABLE:
        possible.add(FULL_OBJECT)
    if kind not in possible:
        raise invalid_request(
            f"The {kind} checksum type cannot be used with the {algorithm.lower()} checksum algorithm."
        )


def of_parts(algorithm: str, kind: str, parts: Sequence[Part]) -> Checksum:
    """The checksum of an object from those of its parts, all of which have one (S3Error)."""
    digests = [base64.b64decode(part.checksum or "") for part in parts]
    if kind == COMPOSITE:
        whole = hasher(algorithm)
        whole.update(b"".join(digests))
        return Checksum(algorithm, f"{encode(whole.digest())}-{len(parts)}", COMPOSITE)
    import anycrc

    name, size_bytes = _COMBINABLE[algorithm]
    model = anycrc.Model(name)
    crc = int.from_bytes(digests[0], "big")
    for digest, part in zip(digests[1:], parts[1:], strict=True):
        crc = model.combine(crc, int.from_bytes(digest, "big"), part.size_bytes)
    return Checksum(algorithm, encode(crc.to_bytes(size_bytes, "big")), FULL_OBJECT)
