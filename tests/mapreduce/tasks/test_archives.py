"""Archives that a job ships come out as YARN and Hadoop's tar make them (source: FSDownload.java)."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.mapreduce.jobs import Jobs

TOOL = b"#!/bin/sh\nexec cat\n"


def tar_with(path: Path, kind: str, *members: tuple[str, Any]) -> None:
    """A tar of files (bytes) and links (texts), none of them executable."""
    with tarfile.open(path, mode=f"w:{kind}") as tar:  # type: ignore[call-overload]
        for name, content in members:
            info = tarfile.TarInfo(name)
            if isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))


def mapped(jobs: Jobs, archive: str, command: str) -> bytes:
    """What the task prints whose mapper is this shell command, with the archive at `./v`."""
    (jobs.folder / "say.sh").write_text(f"#!/bin/sh\ncat >/dev/null\n{command}\n")
    ended = jobs.run(
        *("-archives", f"{archive}#v", "-mapper", "sh say.sh", "-file", "say.sh", "-numReduceTasks", "0"),
        lines=b"a\n",
    )
    assert ended.code == 0, ended.said
    return ended.text()


def test_a_virtualenv_with_links_to_the_system_runs(jobs: Jobs) -> None:
    tar_with(
        jobs.folder / "venv.tgz",
        "gz",
        ("bin/python", "/bin/sh"),
        ("lib64", "lib"),
        ("lib/x", b"in lib"),
        ("up", "../../elsewhere"),
    )

    assert mapped(jobs, "venv.tgz", "v/bin/python -c 'cat v/lib64/x'") == b"in lib\t\n"


@pytest.mark.parametrize("kind", ["tgz", "tar.gz", "tar", "zip", "jar"])
def test_files_without_the_executable_bit_run(jobs: Jobs, kind: str) -> None:
    if kind in {"zip", "jar"}:
        with zipfile.ZipFile(jobs.folder / f"a.{kind}", "w") as archive:
            archive.writestr("bin/tool", TOOL)
    else:
        tar_with(jobs.folder / f"a.{kind}", "gz" if "gz" in kind else "", ("bin/tool", TOOL))

    assert mapped(jobs, f"a.{kind}", "echo ran | v/bin/tool; stat -c %a v/bin/tool") == b"ran\t\n555\t\n"


@pytest.mark.parametrize("name", ["genome.fa.gz", "a.tar.bz2", "a.tbz2", "a.rar", "plain"])
def test_a_file_of_another_ending_is_the_file_itself(jobs: Jobs, name: str) -> None:
    (jobs.folder / name).write_bytes(gzip.compress(b"acgt"))

    assert mapped(jobs, name, "test -f v && wc -c < v").strip() == str(len(gzip.compress(b"acgt"))).encode()


@pytest.mark.parametrize("name", ["A.ZIP", "B.Tar.GZ"])
def test_endings_are_read_whatever_their_case(jobs: Jobs, name: str) -> None:
    if name.endswith("ZIP"):
        with zipfile.ZipFile(jobs.folder / name, "w") as archive:
            archive.writestr("f", b"here")
    else:
        tar_with(jobs.folder / name, "gz", ("f", b"here"))

    assert mapped(jobs, name, "cat v/f") == b"here\t\n"


@pytest.mark.parametrize(
    "members",
    [
        [("out", "/OUTSIDE"), ("out/evil", b"x")],
        [("out", ".."), ("out/evil", b"x")],
        [("out/evil", b"x"), ("out", "/OUTSIDE")],
    ],
)
def test_nothing_is_written_through_a_link_of_an_archive(jobs: Jobs, members: list[tuple[str, Any]]) -> None:
    (jobs.folder / "outside").mkdir()
    led = [(name, str(jobs.folder / "outside") if what == "/OUTSIDE" else what) for name, what in members]
    tar_with(jobs.folder / "a.tgz", "gz", *led)

    ended = jobs.run("-archives", "a.tgz#v", "-mapper", "cat", lines=b"a\n")

    assert ended.code == 1
    assert "java.io.IOException: cannot unpack" in ended.said
    assert not list(jobs.folder.rglob("evil"))


def test_what_an_archives_link_leads_to_outlives_the_job(jobs: Jobs) -> None:
    """The job's own files are removed after it; nothing is removed through a link."""
    treasure = jobs.write("treasure/file", "mine")
    tar_with(jobs.folder / "a.tgz", "gz", ("t", str(jobs.folder / "treasure")))

    mapped(jobs, "a.tgz", "cat v/t/file")

    assert treasure.read_text() == "mine"


@pytest.mark.parametrize("name", ["a.tgz", "a.tar", "a.zip", "a.jar"])
def test_a_damaged_archive_fails_the_job(jobs: Jobs, name: str) -> None:
    (jobs.folder / name).write_bytes(b"x" * 3000)

    ended = jobs.run("-archives", f"{name}#v", "-mapper", "cat", lines=b"a\n")

    assert ended.code == 1
    assert f"cannot unpack {jobs.folder / name}" in ended.said
