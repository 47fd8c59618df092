"""Multipart uploads: parts wait as files in the bookkeeping folder until they are joined to an object."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from fake_s3 import checksums, errors
from fake_s3.keys import BOOKKEEPING, opened_folder
from fake_s3.locks import Locks
from fake_s3.metadata import Checksum, Details, Part
from fake_s3.staging import blocks
from fake_s3.store import Check, ObjectInfo, ObjectStore

PARTS_MAX = 10_000  # source: S3 User Guide, Multipart upload limits
_PART_BYTES_MIN = 5 << 20  # of all parts but the last (same source)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, started REAL NOT NULL,
    algorithm TEXT NOT NULL, kind TEXT NOT NULL, details TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parts (
    upload TEXT, number INTEGER, etag TEXT NOT NULL, size_bytes INTEGER NOT NULL, modified REAL NOT NULL,
    checksum TEXT NOT NULL, PRIMARY KEY (upload, number)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload under way; its object's checksum will be of `algorithm` and `kind`."""

    id: str
    bucket: str
    key: str
    started_at: datetime
    algorithm: str
    kind: str
    details: Details


@dataclass(frozen=True, slots=True)
class UploadedPart:
    """A part that has arrived. `etag` comes without quotes."""

    number: int
    etag: str
    size_bytes: int
    modified: datetime
    checksum: str


@dataclass(frozen=True, slots=True)
class ClaimedPart:
    """A part as the client that completes the upload believes it to be."""

    number: int
    etag: str
    checksum: str | None


class Uploads:
    """The uploads under way in a store."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._directory = store.root / BOOKKEEPING / "uploads"
        self._directory.mkdir(parents=True, exist_ok=True)
        # Not the keys' locks: completing an upload holds one of either kind.
        self._locks = Locks(store.root / BOOKKEEPING / "upload-locks")
        store.metadata.prepare(_SCHEMA)

    def start(self, bucket: str, key: str, algorithm: str, kind: str, details: Details) -> Upload:
        """A new upload; refuses what a PUT of the key would refuse by its name."""
        self._store.writable_path(bucket, key)
        if key.endswith("/"):
            raise errors.unusable_key(key, "a folder is no file, so it cannot come in parts")
        started = time.time()
        # Ids sort as their uploads started, which is the order of a listing.
        upload_id = f"{time.time_ns():016x}{secrets.token_urlsafe(24)}"
        (self._directory / upload_id).mkdir(parents=True)
        row = (upload_id, bucket, key, started, algorithm, kind, details.dump())
        with self._store.metadata.connection() as connection:
            connection.execute("INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return Upload(upload_id, bucket, key, datetime.fromtimestamp(started, UTC), algorithm, kind, details)

    def get(self, bucket: str, key: str, upload_id: str) -> Upload:
        """The upload, which has to be one of this key (NoSuchUpload)."""
        self._store.buckets.path(bucket)
        found = self._select("id = ? AND bucket = ? AND key = ?", (upload_id, bucket, key))
        if not found:
            raise errors.no_such_upload(upload_id)
        return found[0]

    def all(self, bucket: str, prefix: str) -> list[Upload]:
        """The uploads of a bucket whose keys begin with `prefix`, by key and start."""
        self._store.buckets.path(bucket)
        return [upload for upload in self._select("bucket = ?", (bucket,)) if upload.key.startswith(prefix)]

    def parts(self, upload: Upload) -> list[UploadedPart]:
        """The parts that have arrived, by number."""
        query = "SELECT * FROM parts WHERE upload = ? ORDER BY number"
        with self._store.metadata.connection() as connection:
            rows = connection.execute(query, (upload.id,)).fetchall()
        return [
            UploadedPart(number, etag, size, datetime.fromtimestamp(modified, UTC), checksum)
            for _, number, etag, size, modified, checksum in rows
        ]

    def put_part(
        self, upload: Upload, number: int, body: Iterable[bytes], checksum: Callable[[], str]
    ) -> UploadedPart:
        """Stores a part, in the place of an earlier one of its number; `checksum` is asked after the body."""
        folder = self._directory / upload.id
        folder.mkdir(parents=True, exist_ok=True)  # somebody may have emptied the bookkeeping
        with self._store.staging.file(folder) as staged:
            staged.write(body)
            etag, size, modified = staged.md5.hexdigest(), staged.status().st_size, time.time()
            row = (upload.id, number, etag, size, modified, checksum())
            with self._locks.held(upload.id):
                self.get(upload.bucket, upload.key, upload.id)
                path = self._part_path(upload, number)
                with opened_folder(path.parent, self._store.root) as place:
                    staged.move_to(path.name, place)
                with self._store.metadata.connection() as connection:
                    connection.execute("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?)", row)
        return UploadedPart(number, etag, size, datetime.fromtimestamp(modified, UTC), row[5])

    def complete(
        self,
        upload: Upload,
        claimed: Sequence[ClaimedPart],
        verify: Callable[[Checksum, int], None],
        check: Check | None,
    ) -> ObjectInfo:
        """Joins the claimed parts to the object; `verify` sees its checksum and size before it is there."""
        with self._locks.held(upload.id):
            self.get(upload.bucket, upload.key, upload.id)
            chosen = self._choose(upload, claimed)
            parts = tuple(Part(part.number, part.size_bytes, part.checksum) for part in chosen)
            checksum = checksums.of_parts(upload.algorithm, upload.kind, parts)
            verify(checksum, sum(part.size_bytes for part in parts))
            # A client that missed the answer asks again and finds by this that its upload became the object.
            settings = {**upload.details.settings, "upload": upload.id}
            details = replace(upload.details, checksum=checksum, parts=parts, settings=settings)
            info = self._join(upload, chosen, details, check)
            self._remove(upload.id)
        return info

    def abort(self, upload: Upload) -> None:
        """Drops the upload and its parts."""
        with self._locks.held(upload.id):
            self._remove(upload.id)

    def abort_all(self, bucket: str) -> None:
        """Drops the uploads of a bucket that goes."""
        for upload in self._select("bucket = ?", (bucket,)):
            self.abort(upload)

    def _choose(self, upload: Upload, claimed: Sequence[ClaimedPart]) -> list[UploadedPart]:
        numbers = [part.number for part in claimed]
        if numbers != sorted(numbers):
            raise errors.invalid_part_order()
        # Of a part that was sent twice at once a client may name both; the later one counts.
        last = {part.number: part for part in claimed}
        numbers = list(last)
        arrived = {part.number: part for part in self.parts(upload)}
        for claim in last.values():
            part = arrived.get(claim.number)
            if part is None or claim.etag != part.etag or claim.checksum not in {None, part.checksum}:
                raise errors.invalid_part(claim.number)
        chosen = [arrived[number] for number in numbers]
        for part in chosen[:-1]:
            if part.size_bytes < _PART_BYTES_MIN:
                raise errors.entity_too_small(part.size_bytes, _PART_BYTES_MIN, part.number)
        return chosen

    def _join(
        self, upload: Upload, chosen: Sequence[UploadedPart], details: Details, check: Check | None
    ) -> ObjectInfo:
        digests = b"".join(bytes.fromhex(part.etag) for part in chosen)
        etag = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(chosen)}"
        path = self._store.writable_path(upload.bucket, upload.key)
        with self._store.staging.file(self._store.buckets.path(upload.bucket)) as staged:
            for part in chosen:
                try:
                    file = self._part_path(upload, part.number).open("rb")
                except FileNotFoundError:
                    raise errors.invalid_part(part.number) from None
                with file:
                    staged.write_unhashed(blocks(file))
            return self._store.commit(upload.bucket, upload.key, path, staged, etag, details, check)

    def _remove(self, upload_id: str) -> None:
        with self._store.metadata.transaction() as connection:
            connection.execute("DELETE FROM uploads WHERE id = ?", (upload_id,))
            connection.execute("DELETE FROM parts WHERE upload = ?", (upload_id,))
        with suppress(FileNotFoundError):
            shutil.rmtree(self._directory / upload_id)

    def _part_path(self, upload: Upload, number: int) -> Path:
        return self._directory / upload.id / str(number)

    def _select(self, where: str, values: tuple[str, ...]) -> list[Upload]:
        query = f"SELECT * FROM uploads WHERE {where} ORDER BY key, id"
        with self._store.metadata.connection() as connection:
            rows = connection.execute(query, values).fetchall()
        return [
            Upload(
                upload_id,
                bucket,
                key,
                datetime.fromtimestamp(started, UTC),
                algorithm,
                kind,
                Details.load(details),
            )
            for upload_id, bucket, key, started, algorithm, kind, details in rows
        ]
