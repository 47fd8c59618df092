"""The store against a dictionary: random puts, copies, edits by hand, deletes and listings.

Short by default; with FAKE_S3_MODEL_SECONDS=1800 in the environment it goes on for half an hour.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fake_s3 import ObjectStore
from fake_s3.errors import S3Error
from fake_s3.listing import Page, Query
from fake_s3.metadata import Details
from tests.fake_s3.test_listing import plain_listing

# Few names, so that keys meet: as file and folder, beside each other, one the prefix of the other.
NAMES = st.sampled_from(["a", "b", "a.b", "a-", "ab", " ", "é", "\U0001f600"])
KEYS = st.builds(
    lambda names, slash: "/".join(names) + "/" * slash, st.lists(NAMES, min_size=1, max_size=3), st.booleans()
)
BODIES = st.binary(max_size=20)


class StoreModel(RuleBasedStateMachine):
    """`objects` is what has to be there: body and metadata by key."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="fake-s3-model-"))
        self.objects: dict[str, tuple[bytes, str | None]] = {}

    @initialize()
    def start(self) -> None:
        self.store = ObjectStore(self.root)
        self.bucket = self.root / "bucket"
        self.bucket.mkdir()

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.root)

    def conflict(self, key: str) -> str | None:
        """The code that a directory's own rule refuses a new key with."""
        parts = key.removesuffix("/").split("/")
        above = {"/".join(parts[:end]) for end in range(1, len(parts) + key.endswith("/"))}
        if above & self.objects.keys():
            return "ObjectParentIsFile"
        below = any(other.startswith(f"{key}/") for other in self.objects)
        return "ExistingObjectIsDirectory" if below and not key.endswith("/") else None

    @rule(key=KEYS, body=BODIES, note=st.text("xyz", max_size=2))
    def put(self, key: str, body: bytes, note: str) -> None:
        details = Details({"x-amz-meta-note": note})
        code = self.conflict(key)
        if code is not None:
            with pytest.raises(S3Error) as caught:
                self.store.put("bucket", key, [body], lambda: details)
            assert caught.value.code == code
            return
        info = self.store.put("bucket", key, [body], lambda: details)
        assert info.etag == hashlib.md5(body).hexdigest()
        self.objects[key] = (body, note)

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        self.store.delete("bucket", key)
        self.objects.pop(key, None)

    @rule(key=KEYS.filter(lambda key: not key.endswith("/")), body=BODIES)
    def write_by_hand(self, key: str, body: bytes) -> None:
        if self.conflict(key) is None and not (self.bucket / key).is_dir():
            path = self.bucket / key
            path.parent.mkdir(parents=True, exist_ok=True)
            changed = self.objects.get(key, (None, None))[0] != body
            path.write_bytes(body)
            # Writes within one tick of the file system's clock cannot be told apart by anybody.
            os.utime(path, ns=(time.time_ns(), time.time_ns()))
            if changed or key not in self.objects or self.objects[key][1] is not None:
                self.objects[key] = (body, None)

    @rule(key=KEYS)
    def remove_by_hand(self, key: str) -> None:
        if key in self.objects and not key.endswith("/"):
            (self.bucket / key).unlink()
            del self.objects[key]

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = ObjectStore(self.root)

    @rule(key=KEYS)
    def get(self, key: str) -> None:
        info = self.store.find("bucket", key)
        if key not in self.objects:
            assert info is None
            return
        body, note = self.objects[key]
        file, info = self.store.open("bucket", key)
        with file:
            assert file.read() == body
        assert info.details.headers.get("x-amz-meta-note") == note
        assert info.etag == hashlib.md5(body).hexdigest()

    @rule(
        prefix=st.one_of(st.just(""), KEYS, KEYS.map(lambda key: key[:1])),
        delimiter=st.sampled_from(["", "/", "b", "a/"]),
        after=st.one_of(st.just(""), KEYS),
        limit=st.integers(1, 5),
    )
    def list_page(self, prefix: str, delimiter: str, after: str, limit: int) -> None:
        query = Query(prefix, delimiter, after, limit)
        listed = self.store.list_page("bucket", query)
        expected: Page = plain_listing(sorted(self.objects), query)
        assert listed.page == expected
        for info in listed.objects:
            assert info.etag == hashlib.md5(self.objects[info.key][0]).hexdigest()
            assert info.size_bytes == len(self.objects[info.key][0])

    @invariant()
    def files_are_the_objects(self) -> None:
        files = {str(path.relative_to(self.bucket)) for path in self.bucket.rglob("*") if path.is_file()}
        assert files == {key for key in self.objects if not key.endswith("/")}


@pytest.mark.parametrize("seconds", [float(os.environ.get("FAKE_S3_MODEL_SECONDS", "0"))])
def test_store_is_like_a_dictionary(seconds: float) -> None:
    """At least one round; further ones, each with new random numbers, until the time is up."""
    until = time.monotonic() + seconds
    examples = 200 if seconds else 30
    checks = list(HealthCheck)
    while True:
        run_state_machine_as_test(
            StoreModel,
            settings=settings(
                max_examples=examples, stateful_step_count=30, deadline=None, suppress_health_check=checks
            ),
        )
        if time.monotonic() >= until:
            return
