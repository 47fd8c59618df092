"""`hadoop fs` on a cluster: its HDFS, S3 and this machine."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys

import pytest

from emrsim.mapreduce.formats.sequencefile import PairWriter
from tests.programs.conftest import DEADLINE_SECONDS, Cluster, contents, write

READ_ONLY = "s3://elasticmapreduce/samples/wordcount/wordSplitter.py"


@pytest.mark.parametrize("shell", [("hadoop", "fs"), ("hadoop", "dfs"), ("hdfs", "dfs")])
def test_shell_has_three_names(cluster: Cluster, shell: tuple[str, str]) -> None:
    write(cluster.hdfs / "x", "1")

    assert cluster.run(*shell, "-cat", "/x").out == "1"


def test_other_commands_of_hdfs_are_refused(cluster: Cluster) -> None:
    ended = cluster.run("hdfs", "namenode", "-format")

    assert ended.code == 1
    assert "Usage: hdfs COMMAND" in ended.errors


def test_plain_paths_are_in_the_clusters_hdfs(cluster: Cluster) -> None:
    source = write(cluster.folder / "home" / "local", "1")

    assert cluster.run("hadoop", "fs", "-put", "local", "/there").code == 0
    assert cluster.run("hadoop", "fs", "-put", str(source), "here").code == 0

    assert contents(cluster.hdfs) == {"there": b"1", "user/hadoop/here": b"1"}


def test_files_go_from_s3_to_hdfs_and_to_this_machine(cluster: Cluster) -> None:
    write(cluster.bucket / "in" / "x y", "1")

    assert cluster.run("hadoop", "fs", "-cp", "s3n://b/in", "hdfs:///tmp1").code == 0
    assert cluster.run("hadoop", "fs", "-get", "/tmp1/*", "got").code == 0

    assert (cluster.folder / "home" / "got").read_text() == "1"


def test_listing_has_hadoops_columns_and_the_uris_as_written(cluster: Cluster) -> None:
    write(cluster.bucket / "in" / ".fake_s3-half", "in the making")
    for path in (write(cluster.bucket / "in" / "x", "12345"), cluster.bucket / "in"):
        os.utime(path, (1_600_000_000, 1_600_000_000))

    assert cluster.run("hadoop", "fs", "-ls", "s3://b/in").out == (
        "Found 1 items\n-rw-rw-rw-   1 hadoop hadoop          5 2020-09-13 12:26 s3://b/in/x\n"
    )
    assert cluster.run("hadoop", "fs", "-ls", "-d", "s3a://b/i*").out == (
        "drwxrwxrwx   - hadoop hadoop          0 2020-09-13 12:26 s3a://b/in\n"
    )


def test_recursive_listing_goes_down(cluster: Cluster) -> None:
    write(cluster.hdfs / "d" / "e" / "f", "1")

    ended = cluster.run("hadoop", "fs", "-ls", "-R", "/d")

    assert [line.split()[-1] for line in ended.out.splitlines()] == ["/d/e", "/d/e/f"]
    assert cluster.run("hadoop", "fs", "-lsr", "/d").out == ended.out


def test_text_shows_compressed_and_sequence_files(cluster: Cluster) -> None:
    write(cluster.hdfs / "x.gz", gzip.compress(b"gzip\n"))
    with open(cluster.hdfs / "y", "wb") as file:
        writer = PairWriter(file, None)
        writer.write([(b"key", b"value")])
        writer.close()

    assert cluster.run("hadoop", "fs", "-text", "/x.gz", "/y").out == "gzip\nkey\tvalue\n"


def test_damaged_file_is_an_error(cluster: Cluster) -> None:
    write(cluster.hdfs / "x.gz", gzip.compress(b"gzip\n")[:-4])

    ended = cluster.run("hadoop", "fs", "-text", "/x.gz")

    assert ended.code == 1
    assert ended.errors.startswith("text: java.io.IOException: Unexpected end of input stream")


def test_standard_input_can_be_put(cluster: Cluster) -> None:
    assert cluster.run("hadoop", "fs", "-put", "-", "s3://b/x", stdin=b"\xff\n").code == 0
    assert cluster.run("hadoop", "fs", "-appendToFile", "-", "s3://b/x", stdin=b"2\n").code == 0

    assert contents(cluster.bucket) == {"x": b"\xff\n2\n"}


def test_modes_owners_and_replication_are_accepted_and_logged(cluster: Cluster) -> None:
    write(cluster.hdfs / "x", "1")

    assert cluster.run("hadoop", "fs", "-chmod", "-R", "777", "/x").code == 0
    assert cluster.run("hadoop", "fs", "-chown", "hive:hive", "/x").code == 0
    assert cluster.run("hadoop", "fs", "-setrep", "-w", "3", "/x").out == "Replication 3 set: /x\n"

    assert "-chmod 777 /x is accepted and changes nothing here" in cluster.syslog


def test_tail_shows_the_last_kilobyte(cluster: Cluster) -> None:
    write(cluster.hdfs / "x", "a" * 2000 + "b" * 1000)

    assert cluster.run("hadoop", "fs", "-tail", "/x").out == "a" * 24 + "b" * 1000


def test_moving_keeps_within_a_file_system(cluster: Cluster) -> None:
    write(cluster.bucket / "x", "1")
    (cluster.s3 / "other").mkdir()

    assert cluster.run("hadoop", "fs", "-mv", "s3://b/x", "s3n://b/y").code == 0
    for destination in ("s3://other/y", "hdfs:///y"):
        ended = cluster.run("hadoop", "fs", "-mv", "s3://b/y", destination)
        assert (ended.code, ended.errors) == (1, "mv: `s3://b/y': Does not match target filesystem\n")

    assert contents(cluster.s3) == {"b/y": b"1"}


@pytest.mark.parametrize("top", ["s3://b", "s3://b/", "hdfs:///", "/"])
def test_the_top_of_a_file_system_cannot_be_removed(cluster: Cluster, top: str) -> None:
    write(cluster.bucket / "x", "1")

    ended = cluster.run("hadoop", "fs", "-rm", "-r", top)

    assert (ended.code, ended.errors) == (1, f"rm: `{top}': Input/output error\n")
    assert contents(cluster.bucket) == {"x": b"1"}
    assert (cluster.hdfs / "user" / "hadoop").is_dir()


@pytest.mark.parametrize(
    "arguments",
    [
        ["-rm", READ_ONLY],
        ["-mkdir", "s3://elasticmapreduce/new"],
        ["-touchz", "s3://elasticmapreduce/new"],
        ["-cp", READ_ONLY, "s3://elasticmapreduce/new"],
        ["-mv", READ_ONLY, "s3://elasticmapreduce/new"],
        ["-put", "-", "s3://elasticmapreduce/new"],
    ],
)
def test_built_in_bucket_is_read_only(cluster: Cluster, arguments: list[str]) -> None:
    ended = cluster.run("hadoop", "fs", *arguments)

    assert (ended.code, "built in and cannot be written to" in ended.errors) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-ls", "s3://no-bucket/"], "The specified bucket does not exist"),
        (["-ls", "ftp://x/y"], "No FileSystem for scheme: ftp"),
        (["-cat", "s3://b/../../secret"], "s3://b/../../secret"),
        (["-cat", "s3://b/link"], "it would leave the root through a symbolic link"),
        (["-cat", "hdfs:///link"], "it would leave HDFS through a symbolic link"),
        (["-put", "local", "s3://b/folder/x"], "it would leave the root through a symbolic link"),
        (["-put", "local", "/folder/x"], "it would leave HDFS through a symbolic link"),
    ],
)
def test_bad_words_are_complained_of(cluster: Cluster, arguments: list[str], words: str) -> None:
    secret = write(cluster.folder / "secret" / "key", "secret")
    write(cluster.folder / "home" / "local", "1")
    for place in (cluster.bucket, cluster.hdfs):
        (place / "link").symlink_to(secret)
        (place / "folder").symlink_to(secret.parent)

    ended = cluster.run("hadoop", "fs", *arguments)

    assert (ended.code, ended.out, words in ended.errors) == (1, "", True), ended.errors
    assert contents(secret.parent) == {"key": b"secret"}


def test_links_that_lead_out_are_not_listed_copied_or_followed(cluster: Cluster) -> None:
    secret = write(cluster.folder / "secret" / "key", "secret")
    write(cluster.bucket / "in" / "x", "1")
    (cluster.bucket / "in" / "folder").symlink_to(secret.parent)

    assert cluster.run("hadoop", "fs", "-du", "s3://b/in").out == "1  1  s3://b/in/x\n"
    assert cluster.run("hadoop", "fs", "-cp", "s3://b/in", "/out").code == 0
    assert cluster.run("hadoop", "fs", "-rm", "-r", "s3://b/in").code == 0

    assert contents(cluster.hdfs) == {"out/x": b"1"}
    assert contents(secret.parent) == {"key": b"secret"}


def test_a_copy_that_fails_leaves_the_old_file(cluster: Cluster) -> None:
    write(cluster.hdfs / "x", "old")
    write(cluster.hdfs / "y" / "z", "1")

    ended = cluster.run("hadoop", "fs", "-cp", "-f", "/y", "/x")

    assert (ended.code, ended.errors) == (1, "cp: `/x': Is not a directory\n")
    assert contents(cluster.hdfs) == {"x": b"old", "y/z": b"1"}


def test_a_closed_pipe_ends_quietly(cluster: Cluster) -> None:
    write(cluster.hdfs / "x", b"1\n" * (4 << 20))
    process = cluster.start("hadoop", "fs", "-cat", "/x")
    assert process.stdout is not None
    assert process.stdout.readline() == b"1\n"

    process.stdout.close()
    process.stdout = None
    _, errors = process.communicate(timeout=DEADLINE_SECONDS)

    assert (process.returncode, errors) == (1, b"")


def test_names_that_are_not_utf8_do_not_break_a_local_copy(cluster: Cluster) -> None:
    source = os.fsencode(cluster.folder / "home") + b"/\xff"
    with open(source, "wb") as file:
        file.write(b"1")

    process = subprocess.run(
        [sys.executable, "-m", "emrsim", "hadoop", "fs", "-put", source, "/y"],
        env=cluster.environment,
        check=False,
    )

    assert process.returncode == 0
    assert contents(cluster.hdfs) == {"y": b"1"}


def test_usage_and_help(cluster: Cluster) -> None:
    assert cluster.run("hadoop", "fs", "-usage", "mv").out == (
        "Usage: hadoop fs [generic options] -mv <src> ... <dst>\n"
    )
    assert "-mv <src> ... <dst> :\n  Moves files." in cluster.run("hadoop", "fs", "-help", "mv").out
    assert "\t[-ls [-C]" in cluster.run("hadoop", "fs", "-help").out
    ended = cluster.run("hadoop", "fs")
    assert (ended.code, "\t[-ls [-C]" in ended.errors) == (255, True)
