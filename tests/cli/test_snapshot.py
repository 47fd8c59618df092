"""`emrsim snapshot`, `emrsim restore` and `serve --seed`, as processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from emrsim import Emulator
from tests.cli.test_serve import refused, serving
from tests.support.calls import Caller

EMRSIM = (sys.executable, "-m", "emrsim")
SEED = '{"clusters": [{"state": "FAILED", "name": "seeded"}]}'


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*EMRSIM, *arguments], cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )


def test_snapshot_is_taken_and_brought_back(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3") as emulator:
        emulator.seed({"clusters": [{"state": "WAITING", "id": "j-KEPT"}]})
        (emulator.root / "bucket").mkdir()
        (emulator.root / "bucket" / "key").write_text("text")

        taken = run("snapshot", "kept.tar.gz", "--endpoint", emulator.url, cwd=tmp_path)
        emulator.reset(empty_root=True)
        brought = run("restore", "kept.tar.gz", "--endpoint", emulator.url, cwd=tmp_path)

        assert (taken.returncode, brought.returncode) == (0, 0), taken.stderr + brought.stderr
        assert brought.stdout == "kept.tar.gz was restored, with 1 clusters.\n"
        assert [one["id"] for one in emulator.export()["clusters"]] == ["j-KEPT"]
        assert (emulator.root / "bucket" / "key").read_text() == "text"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.tar.gz", "s3"]


def test_what_is_no_snapshot_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "bad").write_text("no archive")

    with Emulator(tmp_path / "s3") as emulator:
        ended = run("restore", "bad", "--endpoint", emulator.url, cwd=tmp_path)

    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith("emrsim: snapshot: it cannot be unpacked")


def test_no_emulator_is_one_clear_line(tmp_path: Path) -> None:
    ended = run("snapshot", "kept.tar.gz", "--endpoint", "http://127.0.0.1:9", cwd=tmp_path)

    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "no emulator answers at http://127.0.0.1:9" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_seed_is_served(tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text(SEED)

    with serving("--root", str(tmp_path / "s3"), "--seed", str(tmp_path / "seed.json")) as (_, lines):
        emr = Caller(int(lines[0].rpartition(":")[2]), "json")

        assert [one["Name"] for one in emr.call("ListClusters")["Clusters"]] == ["seeded"]


def test_bad_seed_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text(SEED.replace("FAILED", "BROKEN"))

    said = refused("--root", "s3", "--port", "0", "--seed", "seed.json", cwd=tmp_path)

    assert said.startswith("emrsim: the seed cannot be used: clusters[0].state: unknown state 'BROKEN': ")
    assert said.count("\n") == 1


def test_bad_pace_is_said(tmp_path: Path) -> None:
    said = refused("--clock", "fast", cwd=tmp_path)

    assert "invalid --clock 'fast': use real, instant, manual or a pace such as 60x" in said
