"""Archives of strangers write nothing outside of their folder; those of jobs come out as tar makes them."""

from __future__ import annotations

import gzip
import io
import os
import struct
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from emrsim.unpacking import (
    ArchiveError,
    Folder,
    Limits,
    links_anywhere,
    links_within,
    unpack_tar,
    unpack_zip,
)

LIMITS = Limits(10_000_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder to unpack into; beside it is one that no archive may touch."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def member(name: str, **what: Any) -> tuple[tarfile.TarInfo, bytes]:
    """A member: a file with `data`, or a `link`, `hard` link, `folder`, or of another `kind`."""
    info = tarfile.TarInfo(name)
    data = what.get("data", b"x")
    if "link" in what:
        info.type, info.linkname, data = tarfile.SYMTYPE, what["link"], b""
    elif "hard" in what:
        info.type, info.linkname, data = tarfile.LNKTYPE, what["hard"], b""
    elif "folder" in what:
        info.type, data = tarfile.DIRTYPE, b""
    elif "kind" in what:
        info.type, data = what["kind"], b""
    info.size = len(data)
    info.mode = what.get("mode", 0o644)
    info.mtime = what.get("mtime", 1_000_000_000)
    return info, data


def tar_of(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for info, data in members:
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def unpack(
    archive: bytes, folder: Path, check: Callable[..., None] = links_anywhere, limits: Limits = LIMITS
) -> None:
    with Folder(folder, limits, check) as unpacked:
        unpack_tar(io.BytesIO(archive), unpacked, lambda mode: mode, is_gzip=archive[:2] == b"\x1f\x8b")


def all_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_a_tar_of_any_format_comes_out_as_it_was_packed(folder: Path, form: int) -> None:
    long = "/".join(["d" * 60, "ü" * 20])
    archive = tar_of(
        member("a", data=b"1" * 1000, mode=0o750, mtime=1_234_567_890),
        member("b", folder=True),
        member(long, data=b""),
        member("b/link", link="../a"),
        member("b/hard", hard="a"),
        form=form,
    )

    unpack(archive, folder)

    assert (folder / "a").read_bytes() == b"1" * 1000
    assert (folder / "a").stat().st_mode & 0o777 == 0o750
    assert (folder / "a").stat().st_mtime == 1_234_567_890
    assert (folder / long).read_bytes() == b""
    assert os.readlink(folder / "b/link") == "../a"
    assert (folder / "b/hard").samefile(folder / "a")


def test_it_unpacks_what_tar_packed(folder: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    deep = tree / ("x" * 200) / ("y" * 200)
    deep.mkdir(parents=True)
    (deep / "file").write_bytes(os.urandom(300_000))
    (tree / "link").symlink_to("/usr/bin/env")
    (tree / "first").write_text("one")
    os.link(tree / "first", tree / "second")
    packed = subprocess.run(["tar", "-czf", "-", "-C", tree, "."], stdout=subprocess.PIPE, check=True).stdout

    unpack(packed, folder)

    assert subprocess.run(["diff", "-r", "--no-dereference", tree, folder], check=False).returncode == 0


@pytest.mark.parametrize(
    "members",
    [
        [member("../evil")],
        [member("a/../../evil")],
        [member("up", link=".."), member("up/evil")],
        [member("out", link="/OUTSIDE"), member("out/evil")],
        [member("out/evil"), member("out", link="/OUTSIDE")],
        [member("a", link="b"), member("b", link="/OUTSIDE"), member("a/evil")],
        [member("a", link="/OUTSIDE/evil"), member("h", hard="a"), member("h/evil")],
        [member("out", link="/OUTSIDE"), member("h", hard="out/there")],
        [member("h", hard="../outside/there")],
        [member("h", hard="/OUTSIDE/there")],
        [member("h", hard="")],
        [member("h", hard="h")],
        [member("d", folder=True), member("h", hard="d")],
        [member("pipe", kind=tarfile.FIFOTYPE)],
        [member("disk", kind=tarfile.BLKTYPE)],
        [member("tty", kind=tarfile.CHRTYPE)],
        [member("sparse", kind=tarfile.GNUTYPE_SPARSE)],
        [member("a"), member("a/b")],
        [member("a/b"), member("a")],
        [member("a", link="")],
        [member("n" * 256)],
        [member("/".join("d" * 601))],
    ],
)
def test_a_member_that_would_leave_or_is_no_file_is_rejected(
    folder: Path, members: list[tuple[tarfile.TarInfo, bytes]]
) -> None:
    there = folder.parent / "outside/there"
    there.write_text("mine")
    for info, _ in members:
        info.linkname = info.linkname.replace("/OUTSIDE", str(folder.parent / "outside"))

    with pytest.raises(ArchiveError):
        unpack(tar_of(*members), folder)

    assert all_below(folder.parent / "outside") == {"there"}
    assert (there.read_text(), there.stat().st_nlink) == ("mine", 1)
    assert not list(folder.parent.glob("evil"))


def test_a_name_that_begins_with_a_slash_is_below_the_folder(folder: Path) -> None:
    unpack(tar_of(member("/abs/file"), member("./b")), folder)

    assert all_below(folder) == {"abs", "abs/file", "b"}


def test_a_later_member_takes_the_place_of_an_earlier(folder: Path) -> None:
    unpack(
        tar_of(
            *(member("a", link="/nowhere"), member("a", data=b"2")),
            *(member("b", data=b"1"), member("b", link="a")),
            *(member("c", mode=0o444), member("c", data=b"3")),
        ),
        folder,
    )

    assert (folder / "a").read_bytes() == b"2"
    assert os.readlink(folder / "b") == "a"
    assert (folder / "c").read_bytes() == b"3"


@pytest.mark.parametrize(
    ("place", "target"),
    [
        ("root/b/up", "../../x"),
        ("root/up", ".."),
        ("root/b/l", "/etc"),
        ("root/b/p/esc", "l/../../x"),
        ("root/b/p/esc", "./l/.."),
        ("other/l", "x"),
        ("root", "x"),
    ],
)
def test_a_link_that_leaves_the_top_folder_is_rejected_where_it_must_stay(
    folder: Path, place: str, target: str
) -> None:
    with pytest.raises(ArchiveError, match="outside of root"):
        unpack(tar_of(member(place, link=target)), folder, links_within("root"))


def test_links_within_the_top_folder_are_made_where_they_must_stay(folder: Path) -> None:
    unpack(
        tar_of(member("root/b/k"), member("root/b/l", link="k"), member("root/c/d/l", link="../../b/k")),
        folder,
        links_within("root"),
    )

    assert (folder / "root/c/d/l").read_bytes() == (folder / "root/b/l").read_bytes() == b"x"


def test_the_link_maze_of_cve_2025_4517_writes_nothing(folder: Path) -> None:
    outside, deep, steps = folder.parent / "outside", "d" * 247, "abcdefghijklmnop"
    members, path = [], ""
    for step in steps:
        members.append(member(os.path.join(path, deep), folder=True))
        members.append(member(os.path.join(path, step), link=deep))
        path = os.path.join(path, deep)
    maze = os.path.join("/".join(steps), "l" * 254)
    members += [member(maze, link="../" * len(steps)), member("escape", link=maze + "/..")]
    members.append(member("escape/WRITTEN"))

    with pytest.raises(ArchiveError):
        unpack(tar_of(*members), folder)

    assert all_below(outside) == set()


@pytest.mark.parametrize("limits", [Limits(1_000_000), Limits(10_000_000, members=5)])
def test_an_archive_that_is_too_large_stops_early(folder: Path, limits: Limits) -> None:
    archive = gzip.compress(tar_of(*(member(f"f{n}", data=bytes(1_000_000)) for n in range(10))))

    with pytest.raises(ArchiveError, match="more than"):
        unpack(archive, folder, limits=limits)

    assert sum(path.stat().st_size for path in folder.iterdir()) <= 10 * limits.members * 1_000_000


def test_an_endless_tail_is_too_large(folder: Path) -> None:
    archive = gzip.compress(tar_of(member("a")) + bytes(20_000_000))

    with pytest.raises(ArchiveError, match="more than"):
        unpack(archive, folder)


def test_limits_allow_what_text_compresses_to_and_no_bomb(folder: Path) -> None:
    assert Limits.of(10, folder).size_bytes <= 1 << 30
    assert Limits.of(2_000_000, folder).size_bytes < 2_000_000_000


def pax_header(text: bytes, size: int | None = None) -> bytes:
    """A tar whose pax header is this text, or says that it has so many bytes."""
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, len(text) if size is None else size
    return info.tobuf(tarfile.GNU_FORMAT) + text.ljust(-(-len(text) // 512) * 512, b"\0")


GOOD = tar_of(member("a", data=b"x" * 2000))


@pytest.mark.parametrize(
    "archive",
    [
        b"no tar at all",
        b"x" * 5000,
        GOOD[:1000],
        GOOD[:300],
        GOOD[:124] + b"\xff" * 12 + GOOD[136:],
        GOOD[:100] + b"9" * 8 + GOOD[108:],
        gzip.compress(GOOD, mtime=0)[:-5],
        gzip.compress(GOOD, mtime=0)[:60],
        gzip.compress(GOOD, mtime=0)[:-8] + b"\0" * 8,
        pax_header(b"", 8 << 30),
        pax_header(b"99999999999999999999 path=x\n"),
        pax_header(b"0 path=x\n"),
        pax_header(b"9 path=x"),
        pax_header(b"-5 path=x\n"),
        pax_header(b"11 size=-1\n") + GOOD,
        pax_header(b"12 size=1e9\n") + GOOD,
        pax_header(b"25 GNU.sparse.major=1\n\n\n\n\n") + GOOD,
        pax_header(b"21 GNU.sparse.size=9\n") + GOOD,
    ],
    ids=lambda archive: archive[:12].hex(),
)
def test_a_damaged_or_hostile_tar_is_one_clear_error(folder: Path, archive: bytes) -> None:
    with pytest.raises(ArchiveError):
        unpack(archive, folder)


def test_a_file_larger_than_the_archive_is_cut_off(folder: Path) -> None:
    info = tarfile.TarInfo("huge")
    info.size = 1 << 50

    with pytest.raises(ArchiveError, match="cut off"):
        unpack(info.tobuf(tarfile.GNU_FORMAT) + b"x" * 10_000, folder)


def test_every_bit_flipped_in_a_header_is_an_error_or_another_file_of_the_folder(folder: Path) -> None:
    for position in range(512):
        broken = bytearray(GOOD)
        broken[position] ^= 0xFF
        with suppress(ArchiveError):
            unpack(bytes(broken), folder)
    assert not list((folder.parent / "outside").iterdir())


# Zip


def zip_of(
    path: Path, *members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED
) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def unzip(archive: Path, folder: Path, limits: Limits = LIMITS) -> None:
    with Folder(folder, limits, links_anywhere) as unpacked:
        unpack_zip(archive, unpacked, lambda _: 0o555)


def link_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o120777 << 16
    return entry


def test_a_zip_comes_out_with_its_links_as_files(folder: Path, tmp_path: Path) -> None:
    archive = zip_of(
        tmp_path / "a.zip", ("d/", b""), ("d/f", b"1"), ("/abs", b"2"), (link_entry("l"), b"/etc")
    )

    unzip(archive, folder)

    assert all_below(folder) == {"d", "d/f", "abs", "l"}
    assert (folder / "l").read_bytes() == b"/etc"
    assert (folder / "d/f").stat().st_mode & 0o777 == 0o555


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "l/evil"])
def test_a_zip_member_that_would_leave_is_rejected(folder: Path, tmp_path: Path, name: str) -> None:
    archive = zip_of(tmp_path / "a.zip", (link_entry("l"), str(tmp_path / "outside").encode()), (name, b"x"))

    with pytest.raises(ArchiveError):
        unzip(archive, folder)

    assert not list(tmp_path.rglob("evil"))


def test_a_zip_bomb_stops_early(folder: Path, tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "a.zip", ("bomb", bytes(20_000_000)))

    with pytest.raises(ArchiveError, match="more than"):
        unzip(archive, folder)


@pytest.mark.parametrize("damage", ["cut", "crc", "text", "lzma"])
def test_a_damaged_zip_is_one_clear_error(folder: Path, tmp_path: Path, damage: str) -> None:
    method = zipfile.ZIP_LZMA if damage == "lzma" else zipfile.ZIP_STORED
    archive = zip_of(tmp_path / "a.zip", ("a", b"content"), method=method)
    whole = archive.read_bytes()
    kinds = {
        "cut": whole[:-10],
        "crc": whole.replace(b"content", b"CONTENT"),
        "text": b"no zip",
        "lzma": whole,
    }
    archive.write_bytes(kinds[damage])

    with pytest.raises(ArchiveError):
        unzip(archive, folder)


def test_binary_numbers_of_large_files_are_read(folder: Path) -> None:
    header = bytearray(member("big")[0].tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\x80" + struct.pack(">3xQ", 5)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)

    unpack(bytes(header) + b"12345".ljust(512, b"\0"), folder)

    assert (folder / "big").read_bytes() == b"12345"
