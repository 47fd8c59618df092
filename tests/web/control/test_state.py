"""Reset, seed, export and snapshot over HTTP, as curl would ask for them."""

from __future__ import annotations

import io
import json
import os
import tarfile
from typing import Any
from urllib.request import Request, urlopen

import pytest

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.control import control, refused

WAITING = {"clusters": [{"state": "WAITING", "id": "j-SEEDED"}]}


def test_seed_export_reset_and_seed_again(emrsim: Emulator) -> None:
    assert control(emrsim, "POST", "seed", WAITING) == {"clusters": ["j-SEEDED"]}
    exported = control(emrsim, "GET", "state")
    assert control(emrsim, "POST", "reset") == {"status": "ok"}
    assert control(emrsim, "GET", "state") == {"clusters": []}
    control(emrsim, "POST", "seed", exported)

    assert control(emrsim, "GET", "state") == exported


def test_seed_comes_as_yaml_too(emrsim: Emulator) -> None:
    text = b"clusters:\n- {state: FAILED, id: j-YAML}\n"
    request = Request(
        f"{emrsim.url}/_emrsim/seed", data=text, headers={"Content-Type": "application/yaml"}, method="POST"
    )

    with urlopen(request) as answer:
        assert json.load(answer) == {"clusters": ["j-YAML"]}


def test_suite_for_motos_server_can_reset(emrsim: Emulator) -> None:
    Caller(emrsim.port, "json").run()

    with urlopen(Request(f"{emrsim.url}/moto-api/reset", method="POST")) as answer:
        assert json.load(answer) == {"status": "ok"}

    assert control(emrsim, "GET", "state") == {"clusters": []}


def test_reset_empties_the_root_when_it_is_told_to(emrsim: Emulator) -> None:
    (emrsim.root / "bucket").mkdir()

    control(emrsim, "POST", "reset", {})
    assert (emrsim.root / "bucket").exists()
    control(emrsim, "POST", "reset", {"empty_root": True})
    assert not (emrsim.root / "bucket").exists()


def test_snapshot_is_taken_and_brought_back(emrsim: Emulator) -> None:
    control(emrsim, "POST", "seed", WAITING)
    (emrsim.root / "bucket").mkdir()
    (emrsim.root / "bucket" / "key").write_text("text")
    with urlopen(f"{emrsim.url}/_emrsim/snapshot") as answer:
        assert answer.headers["Content-Type"] == "application/gzip"
        archive = answer.read()
    control(emrsim, "POST", "reset", {"empty_root": True})

    assert control(emrsim, "POST", "snapshot", archive) == {"clusters": ["j-SEEDED"]}

    assert (emrsim.root / "bucket" / "key").read_text() == "text"


def test_snapshot_that_could_not_be_brought_back_is_refused(emrsim: Emulator) -> None:
    (emrsim.root / "linked").symlink_to("/")

    status, said = refused(emrsim, "GET", "snapshot")

    words = f"snapshot: {emrsim.root}/linked is a link to /, outside of the S3 directory"
    assert (status, said) == (400, words)


def snapshot_of(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for entry, content in entries:
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def link(name: str, target: str) -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, target
    return entry, b""


@pytest.mark.parametrize(
    "entries",
    [
        [link("root/b/up", "../../x")],
        [link("root/b/out", "/etc")],
        [link("out", ".."), (tarfile.TarInfo("out/evil"), b"x")],
        [(tarfile.TarInfo("root/" + "d/" * 3000), b"")],
        [(tarfile.TarInfo("root/zeros"), bytes(1 << 20)) for _ in range(1100)],
    ],
)
def test_a_snapshot_of_a_stranger_changes_nothing(
    emrsim: Emulator, entries: list[tuple[tarfile.TarInfo, bytes]]
) -> None:
    control(emrsim, "POST", "seed", WAITING)
    (emrsim.root / "bucket").mkdir()

    status, said = refused(emrsim, "POST", "snapshot", snapshot_of(*entries))

    assert (status, said[:33]) == (400, "snapshot: it cannot be unpacked: ")
    assert len(control(emrsim, "GET", "state")["clusters"]) == 1
    assert [path.name for path in emrsim.root.iterdir() if path.name[0] != "."] == ["bucket"]


def test_deepest_key_and_times_come_back_with_a_snapshot(emrsim: Emulator) -> None:
    deep = emrsim.root / "bucket" / "/".join("d" * 500)
    deep.parent.mkdir(parents=True)
    deep.write_text("deep")
    os.utime(deep, ns=(10**18, 10**18 + 1000))
    with urlopen(f"{emrsim.url}/_emrsim/snapshot") as answer:
        archive = answer.read()
    control(emrsim, "POST", "reset", {"empty_root": True})

    control(emrsim, "POST", "snapshot", archive)

    assert deep.read_text() == "deep"
    assert abs(deep.stat().st_mtime_ns - 10**18) < 10**6


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        (
            "seed",
            {"clusters": [{"state": "DONE"}]},
            "clusters[0].state: unknown state 'DONE'",
        ),
        ("seed", {}, "clusters: required"),
        ("reset", {"empty_root": "yes"}, "empty_root: 'yes' is not true or false"),
        ("reset", {"empty_root": []}, "empty_root: [] is not true or false"),
        ("reset", {"empty_root": 1}, "empty_root: 1 is not true or false"),
        ("reset", {"root": True}, "root: unknown: expected 'empty_root'"),
        ("snapshot", b"no archive", "snapshot: it cannot be unpacked"),
    ],
)
def test_bad_call_is_refused_naming_the_place(emrsim: Emulator, path: str, content: Any, words: str) -> None:
    control(emrsim, "POST", "seed", WAITING)

    status, said = refused(emrsim, "POST", path, content)

    assert (status, said[: len(words)]) == (400, words)
    assert len(control(emrsim, "GET", "state")["clusters"]) == 1
