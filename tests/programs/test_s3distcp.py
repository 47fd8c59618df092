"""s3-dist-cp, as steps and scripts run it."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from emrsim.mapreduce.formats.codecs import read_chunks
from tests.programs.conftest import Cluster, Ended, contents, write


def copy(cluster: Cluster, *arguments: str) -> Ended:
    """Run s3-dist-cp; it has to succeed."""
    ended = cluster.run("s3-dist-cp", *arguments)
    assert ended.code == 0, ended.errors + cluster.syslog
    return ended


def lines(path: Path) -> list[dict[str, object]]:
    """The lines of a manifest."""
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


@pytest.fixture
def logs(cluster: Cluster) -> Path:
    """Logs of two hours, plain and compressed."""
    folder = cluster.bucket / "logs"
    for hour, name, text in (("01", "a", "1\n"), ("01", "b", "2\n"), ("02", "a", "3\n")):
        write(folder / hour / f"{name}.log", text)
    return folder


@pytest.mark.parametrize(
    ("source", "destination", "target"),
    [
        (["--src=s3://b/logs"], ["--dest=hdfs:///out"], "hdfs/out"),
        (["--src", "s3n://b/logs/"], ["--dest", "/out/"], "hdfs/out"),
        (["--src==s3a://b/logs"], ["--dest=s3://b/x/y"], "s3/b/x/y"),
        (["--src=s3://b/logs"], ["--dest=hdfs://ip-10-0-0-1.ec2.internal:8020/out"], "hdfs/out"),
    ],
)
def test_all_files_are_copied(
    cluster: Cluster, logs: Path, source: list[str], destination: list[str], target: str
) -> None:
    copy(cluster, *source, *destination)

    assert contents(cluster.folder / target) == contents(logs)
    assert len(contents(logs)) == 3


def test_old_jar_is_the_same_program(cluster: Cluster, logs: Path) -> None:
    jar = "/home/hadoop/lib/emr-s3distcp-1.0.jar"

    ended = cluster.run("hadoop", "jar", jar, "--src", "s3://b/logs", "--dest", "hdfs:///out")

    assert ended.code == 0
    assert contents(cluster.hdfs / "out") == contents(logs)


def test_local_files_are_a_source_too(cluster: Cluster) -> None:
    write(cluster.folder / "local" / "é" / "x y%20z", "1")

    copy(cluster, f"--src=file://{cluster.folder}/local", "--dest=s3://b/out")

    assert contents(cluster.bucket / "out") == {"é/x y%20z": b"1"}


def test_single_file_goes_into_the_destination(cluster: Cluster, logs: Path) -> None:
    copy(cluster, "--src=s3://b/logs/01/a.log", "--dest=hdfs:///out")

    assert contents(cluster.hdfs / "out") == {"a.log": b"1\n"}


@pytest.mark.parametrize("is_there", [False, True])
def test_thousands_of_files_in_one_folder(cluster: Cluster, is_there: bool) -> None:
    for index in range(2500):
        write(cluster.bucket / "in" / "flat" / f"{index:04}", str(index))
    if is_there:
        write(cluster.bucket / "out" / "flat" / "0007", "old")

    copy(cluster, "--src=s3://b/in", "--dest=s3://b/out")

    assert contents(cluster.bucket / "out") == contents(cluster.bucket / "in")


def test_links_to_nothing_are_no_files(cluster: Cluster, logs: Path) -> None:
    (logs / "01" / "a.log").unlink()
    (logs / "01" / "a.log").symlink_to(logs / "01" / "gone")
    write(logs / "01" / "x" / "y", "y")

    copy(cluster, "--src=s3://b/logs", "--dest=s3://b/out")

    assert list(contents(cluster.bucket / "out")) == ["01/b.log", "01/x/y", "02/a.log"]


def test_source_pattern_matches_the_full_path(cluster: Cluster, logs: Path) -> None:
    copy(
        cluster, "--src=s3://b/logs", "--dest=hdfs:///out", r"--srcPattern=s3://b/logs/0[1&&[^2]]/.*\Q.log\E"
    )

    assert list(contents(cluster.hdfs / "out")) == ["01/a.log", "01/b.log"]


def test_groups_are_concatenated_and_bear_their_text(cluster: Cluster, logs: Path) -> None:
    write(logs / "other.txt", "not copied")

    copy(cluster, "--src=s3://b/logs", "--dest=hdfs:///out", r"--groupBy=.*/(\d+)/.*(\.log)")

    assert contents(cluster.hdfs / "out") == {"01/01.log": b"1\n2\n", "02/02.log": b"3\n"}


def test_compressed_files_stay_compressed_in_a_group(cluster: Cluster) -> None:
    for name in "ab":
        write(cluster.bucket / "in" / f"{name}.gz", gzip.compress(name.encode()))

    copy(cluster, "--src=s3://b/in", "--dest=s3://b/out", r"--groupBy=.*/(in)/.*")

    assert gzip.decompress((cluster.bucket / "out" / "in.gz").read_bytes()) == b"ab"


def test_large_groups_are_broken_into_numbered_parts(cluster: Cluster) -> None:
    for name in "abcde":
        write(cluster.bucket / "in" / f"{name}.gz", name.encode() * (600 << 10))

    copy(cluster, "--src=s3://b/in", "--dest=hdfs:///out", r"--groupBy=.*/in/.*(\.gz)", "--targetSize=1")
    copy(cluster, "--src=s3://b/in", "--dest=hdfs:///named", r"--groupBy=.*/(in)/.*", "--targetSize=1")

    sizes = {name: len(data) >> 10 for name, data in contents(cluster.hdfs / "named").items()}
    assert sizes == {"in0.gz": 1200, "in1.gz": 1200, "in2.gz": 600}
    assert list(contents(cluster.hdfs / "out")) == ["0.gz", "1.gz", "2.gz"]


def test_grouping_again_overwrites_nothing(cluster: Cluster, logs: Path) -> None:
    for _ in range(3):
        copy(cluster, "--src=s3://b/logs/02", "--dest=hdfs:///out", r"--groupBy=.*/(\d+)/.*")

    assert contents(cluster.hdfs / "out") == dict.fromkeys(["02", "021", "022"], b"3\n")


def test_append_to_last_file_goes_on_where_the_last_run_ended(cluster: Cluster, logs: Path) -> None:
    grouped = ("--src=s3://b/logs", "--dest=hdfs:///out", r"--groupBy=.*/(\d+)/.*", "--appendToLastFile")

    copy(cluster, *grouped)
    copy(cluster, *grouped)

    assert contents(cluster.hdfs / "out") == {"01/01": b"1\n2\n1\n2\n", "02/02": b"3\n3\n"}


def test_append_respects_the_target_size(cluster: Cluster) -> None:
    write(cluster.bucket / "in" / "a", b"a" * (700 << 10))
    arguments = ("--src=s3://b/in", "--dest=hdfs:///out", "--groupBy=.*/(in)/.*", "--targetSize=1")

    for _ in range(3):
        copy(cluster, *arguments, "--appendToLastFile")

    sizes = {name: len(data) >> 10 for name, data in contents(cluster.hdfs / "out").items()}
    assert sizes == {"in": 700, "in1": 700, "in2": 700}


def test_append_without_groups_appends_to_the_file_of_the_same_name(cluster: Cluster, logs: Path) -> None:
    for _ in range(2):
        copy(cluster, "--src=s3://b/logs", "--dest=hdfs:///out", "--appendToLastFile", "true")

    assert contents(cluster.hdfs / "out")["01/a.log"] == b"1\n1\n"


@pytest.mark.parametrize("codec", ["gzip", "gz", "GZ"])
def test_output_codec_compresses_what_is_plain(cluster: Cluster, logs: Path, codec: str) -> None:
    write(logs / "done.gz", gzip.compress(b"done"))

    copy(cluster, "--src=s3://b/logs", "--dest=hdfs:///out", f"--outputCodec={codec}")

    plain = {name: gzip.decompress(data) for name, data in contents(cluster.hdfs / "out").items()}
    assert plain == {"01/a.log.gz": b"1\n", "01/b.log.gz": b"2\n", "02/a.log.gz": b"3\n", "done.gz": b"done"}


def test_output_codec_none_decompresses(cluster: Cluster) -> None:
    write(cluster.bucket / "in" / "x.log.gz", gzip.compress(b"x"))
    write(cluster.bucket / "in" / "y.gzip", gzip.compress(b"y"))
    write(cluster.bucket / "in" / "z.bz2", b"is no codec of S3DistCp")

    copy(cluster, "--src=s3://b/in", "--dest=hdfs:///out", "--outputCodec=none")

    expected = {"x.log": b"x", "y": b"y", "z.bz2": b"is no codec of S3DistCp"}
    assert contents(cluster.hdfs / "out") == expected


def test_snappy_there_and_back(cluster: Cluster) -> None:
    text = os.urandom(300_000) + b"x" * 300_000
    write(cluster.bucket / "in" / "x", text)

    copy(cluster, "--src=s3://b/in", "--dest=hdfs:///out", "--outputCodec=snappy")
    copy(cluster, "--src=hdfs:///out", "--dest=hdfs:///back", "--outputCodec=none")

    assert b"".join(read_chunks(cluster.hdfs / "out" / "x.snappy")) == text
    assert contents(cluster.hdfs / "back") == {"x": text}


def test_lzo_files_are_copied_as_they_are(cluster: Cluster) -> None:
    write(cluster.bucket / "in" / "x.lzo", b"\x89LZO")

    copy(cluster, "--src=s3://b/in", "--dest=hdfs:///out")

    assert contents(cluster.hdfs / "out") == {"x.lzo": b"\x89LZO"}


def test_delete_on_success_empties_the_source(cluster: Cluster, logs: Path) -> None:
    copy(cluster, "--src=s3://b/logs", "--dest=hdfs:///out", "--srcPattern=.*/a.log", "--deleteOnSuccess")
    assert list(contents(logs)) == ["01/b.log"]
    assert not (logs / "02").exists(), "S3 has no empty folders"

    copy(cluster, "--src=s3://b/logs", "--dest=hdfs:///out", "--deleteOnSuccess")
    assert list(contents(cluster.hdfs / "out")) == ["01/a.log", "01/b.log", "02/a.log"]
    assert list(cluster.bucket.iterdir()) == []


def test_moving_onto_itself_loses_nothing(cluster: Cluster, logs: Path) -> None:
    before = contents(logs)

    copy(cluster, "--src=s3://b/logs", "--dest=s3n://b/logs", "--deleteOnSuccess")

    assert contents(logs) == before


def test_destination_inside_the_source_is_no_endless_copy(cluster: Cluster, logs: Path) -> None:
    before = contents(logs)

    copy(cluster, "--src=s3://b/logs", "--dest=s3://b/logs/copy")

    assert contents(logs / "copy") == before


def test_existing_files_are_overwritten(cluster: Cluster, logs: Path) -> None:
    write(cluster.hdfs / "out" / "01" / "a.log", "old and longer")
    write(cluster.hdfs / "out" / "01" / "kept", "kept")

    copy(cluster, "--src=s3://b/logs", "--dest=hdfs:///out")

    assert contents(cluster.hdfs / "out" / "01") == {"a.log": b"1\n", "b.log": b"2\n", "kept": b"kept"}


def test_outputs_are_numbered(cluster: Cluster, logs: Path) -> None:
    copy(cluster, "--src=s3://b/logs", "--dest=hdfs:///zero", "--numberFiles")
    copy(cluster, "--src=s3://b/logs", "--dest=hdfs:///seven", "--numberFiles", "--startingIndex=7")

    assert list(contents(cluster.hdfs / "zero")) == ["01/0a.log", "01/1b.log", "02/2a.log"]
    assert list(contents(cluster.hdfs / "seven")) == ["01/7a.log", "01/8b.log", "02/9a.log"]


def test_manifest_lists_what_was_copied(cluster: Cluster, logs: Path) -> None:
    copy(cluster, "--src=s3://b/logs/01", "--dest=hdfs:///out", "--outputManifest=manifest-1.gz")

    assert lines(cluster.hdfs / "out" / "manifest-1.gz") == [
        {"path": "hdfs:///out/a.log", "baseName": "a.log", "srcDir": "hdfs:///out", "size": 2},
        {"path": "hdfs:///out/b.log", "baseName": "b.log", "srcDir": "hdfs:///out", "size": 2},
    ]


def test_previous_manifest_leaves_out_what_has_not_changed(cluster: Cluster, logs: Path) -> None:
    copy(cluster, "--src=s3://b/logs/01", "--dest=s3://b/one", "--outputManifest=m1.gz")
    write(logs / "01" / "a.log", "longer\n")
    write(logs / "01" / "new.log", "new\n")

    second = ("--src=s3://b/logs/01", "--dest=s3://b/two", "--outputManifest=m2.gz")
    copy(cluster, *second, "--previousManifest=s3://b/one/m1.gz")

    assert [name for name in contents(cluster.bucket / "two") if name != "m2.gz"] == ["a.log", "new.log"]
    names = [line["baseName"] for line in lines(cluster.bucket / "two" / "m2.gz")]
    assert names == ["a.log", "b.log", "new.log"]


def test_nothing_new_since_the_previous_manifest_is_a_success(cluster: Cluster, logs: Path) -> None:
    copy(cluster, "--src=s3://b/logs", "--dest=s3://b/one", "--outputManifest=m.gz")

    copy(cluster, "--src=s3://b/logs", "--dest=s3://b/two", "--previousManifest=s3://b/one/m.gz")

    assert not (cluster.bucket / "two").exists()


def test_copy_from_manifest_copies_what_it_lists(cluster: Cluster, logs: Path) -> None:
    copy(cluster, "--src=s3://b/logs", "--dest=s3://b/one", "--outputManifest=m.gz")
    write(cluster.bucket / "one" / "later", "not in the manifest")

    arguments = ("--src=s3://b/logs", "--dest=hdfs:///two", "--copyFromManifest")
    copy(cluster, *arguments, "--previousManifest=s3://b/one/m.gz")

    assert contents(cluster.hdfs / "two") == contents(logs)


def test_missing_previous_manifest_fails_unless_told_otherwise(cluster: Cluster, logs: Path) -> None:
    arguments = ("--src=s3://b/logs", "--dest=s3://b/out", "--previousManifest=s3://b/no.gz")

    ended = cluster.run("s3-dist-cp", *arguments)
    assert ended.code == 1
    assert "java.lang.RuntimeException: Failed to load manifest file 's3://b/no.gz'" in ended.errors
    assert not (cluster.bucket / "out").exists()

    copy(cluster, *arguments, "--requirePreviousManifest=false")
    assert contents(cluster.bucket / "out") == contents(logs)


@pytest.mark.parametrize("content", ["no gzip", "no json", '{"path":1}', "[]"])
def test_damaged_manifest_is_refused(cluster: Cluster, logs: Path, content: str) -> None:
    data = content.encode()
    write(cluster.bucket / "m.gz", data if content == "no gzip" else gzip.compress(data))

    ended = cluster.run(
        "s3-dist-cp", "--src=s3://b/logs", "--dest=s3://b/out", "--previousManifest=s3://b/m.gz"
    )

    assert ended.code == 1
    assert "Failed to load manifest file" in ended.errors


def test_prefixes_are_read_from_a_file(cluster: Cluster, logs: Path) -> None:
    write(logs / "010" / "c.log", "4\n")
    write(cluster.bucket / "prefixes", "s3://b/logs/01\ns3://b/logs/02/\n")

    copy(cluster, "--src=s3://b/logs/", "--dest=hdfs:///out", "--srcPrefixesFile=s3://b/prefixes")

    assert contents(cluster.hdfs / "out") == contents(logs)


def test_prefix_outside_of_the_source_is_refused(cluster: Cluster, logs: Path) -> None:
    write(cluster.bucket / "prefixes", "s3://b/other/\n")

    ended = cluster.run(
        "s3-dist-cp", "--src=s3://b/logs/", "--dest=hdfs:///out", "--srcPrefixesFile=s3://b/prefixes"
    )

    assert ended.code == 3
    assert "srcPrefix: s3://b/other/ does not start with src: s3://b/logs/" in ended.errors


def test_options_for_the_service_are_accepted_and_logged(cluster: Cluster, logs: Path) -> None:
    for_s3 = (
        "--s3ServerSideEncryption",
        "--storageClass=STANDARD",
        "--s3Endpoint=s3.eu-west-1.amazonaws.com",
    )

    copy(
        cluster, "-Dmapreduce.job.reduces=30", "-D", "x=y", "--src=s3://b/logs", "--dest=s3://b/out", *for_s3,
        "--disableMultipartUpload", "--multipartUploadChunkSize=32",
    )  # fmt: skip

    assert contents(cluster.bucket / "out") == contents(logs)
    assert "--s3Endpoint=s3.eu-west-1.amazonaws.com is accepted and changes nothing here" in cluster.syslog


def test_log_has_the_form_of_hadoop(cluster: Cluster, logs: Path) -> None:
    copy(cluster, "--src=s3://b/logs", "--dest=s3://b/out")

    first = cluster.syslog.splitlines()[0]
    assert first[24:] == (
        "INFO com.amazon.elasticmapreduce.s3distcp.S3DistCp (main): "
        "Running with args: --src=s3://b/logs --dest=s3://b/out"
    )


# Exit codes and words: public listings of s3-dist-cp 2.
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dest=hdfs:///out"], "expected argument --src"),
        (["--src=s3://b/logs"], "expected argument --dest"),
        (["--src"], "expected argument for --src but no argument was given"),
        ([], "expected argument --src"),
    ],
)
def test_source_and_destination_are_required(cluster: Cluster, arguments: list[str], words: str) -> None:
    ended = cluster.run("s3-dist-cp", *arguments)

    assert (ended.code, f"java.lang.RuntimeException: {words}" in ended.errors) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--wrong=1"], 1, "java.lang.RuntimeException: Argument --wrong=1 doesn't match."),
        (["--src=logs", "--dest=hdfs:///out"], 5, "Source path must be absolute"),
        (["--src=s3://b/logs", "--dest=out"], 4, "Destination path must be absolute"),
        (["--groupBy=.*"], 1, "Group by pattern must contain at least one group"),
        (["--groupBy=[(].*[)]"], 1, "Group by pattern must contain at least one group"),
        (["--groupBy=.*(["], 1, "Group by pattern must contain at least one group"),
        (["--groupBy=.*([)"], 1, "Invalid group by pattern"),
        (["--srcPattern=*.log"], 1, "java.util.regex.PatternSyntaxException: "),
        (["--targetSize=big"], 1, 'java.lang.NumberFormatException: For input string: "big"'),
        (["--targetSize=" + "9" * 5000], 1, "java.lang.NumberFormatException"),
        (["--multipartUploadChunkSize=4"], 2, "Multipart upload part size of 4 MiB is too small."),
        (["--multipartUploadChunkSize=5121"], 2, "Multipart upload part size of 5121 MiB is too large."),
        (["--storageClass=CHEAP"], 1, "java.lang.IllegalArgumentException"),
        (["--outputCodec=rar"], 1, "Unsupported output codec: rar"),
        (["--outputCodec=lzo"], 1, "there is no LZO library here"),
        (["--srcPattern=.*nothing"], 1, "InvalidInputException: Input path does not exist: hdfs:///tmp/"),
        (["--src=s3://b/nothing"], 1, "FileNotFoundException: No such file or directory 's3://b/nothing'"),
        (["--src=hdfs:///nothing"], 1, "FileNotFoundException: File does not exist: hdfs:///nothing"),
        (["--src=s3://no-bucket/x"], 1, "The specified bucket does not exist"),
        (["--src=ftp://x/y"], 1, "No FileSystem for scheme: ftp"),
        (["--dest=s3://no-bucket/x"], 7, "The specified bucket does not exist"),
        (["--dest=s3://elasticmapreduce/x"], 7, "built in and cannot be written to"),
        (["--dest=s3://b/../x"], 7, "s3://b/../x"),
        (["--dest=s3://b/out", "--appendToLastFile", "--groupBy=(.*)"], 1, "is not supported for s3"),
        (["--copyFromManifest", "--previousManifest=/no"], 1, "from previous manifest file '/no'"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(
    cluster: Cluster, logs: Path, arguments: list[str], code: int, words: str
) -> None:
    before = contents(cluster.s3)

    ended = cluster.run("s3-dist-cp", "--src=s3://b/logs", "--dest=/out", *arguments)

    assert (ended.code, words in ended.errors) == (code, True), ended.errors
    assert "Traceback" not in ended.errors
    assert contents(cluster.s3) == before
    assert contents(cluster.hdfs) == {}


def test_file_in_the_place_of_a_folder_fails_and_the_rest_is_copied(cluster: Cluster, logs: Path) -> None:
    write(cluster.hdfs / "out" / "01", "a file")
    (cluster.hdfs / "out" / "02" / "a.log").mkdir(parents=True)
    write(logs / "03" / "x", "x")

    ended = cluster.run("s3-dist-cp", "--src=s3://b/logs", "--dest=hdfs:///out")

    assert ended.code == 1
    assert "java.lang.RuntimeException: 3 files failed to copy" in ended.errors
    assert contents(cluster.hdfs / "out") == {"01": b"a file", "03/x": b"x"}


def test_failed_copy_keeps_its_source(cluster: Cluster, logs: Path) -> None:
    write(logs / "bad.gz", "no gzip")
    arguments = ("--src=s3://b/logs", "--dest=hdfs:///out", "--outputCodec=none", "--deleteOnSuccess")

    ended = cluster.run("s3-dist-cp", *arguments)

    assert ended.code == 1
    assert "not a gzip file" in ended.errors
    assert contents(logs) == {"bad.gz": b"no gzip"}
    assert "bad" not in contents(cluster.hdfs / "out")


def test_two_files_for_one_name_are_refused(cluster: Cluster) -> None:
    write(cluster.bucket / "in" / "x", "plain")
    write(cluster.bucket / "in" / "x.gz", gzip.compress(b"other"))

    ended = cluster.run("s3-dist-cp", "--src=s3://b/in", "--dest=hdfs:///out", "--outputCodec=none")

    assert ended.code == 1
    assert "s3://b/in/x and s3://b/in/x.gz would both become x" in ended.errors
    assert contents(cluster.hdfs) == {}


def test_files_compressed_differently_are_not_put_together(cluster: Cluster) -> None:
    write(cluster.bucket / "in" / "x", "plain")
    write(cluster.bucket / "in" / "x.gz", gzip.compress(b"other"))

    ended = cluster.run("s3-dist-cp", "--src=s3://b/in", "--dest=hdfs:///out", "--groupBy=.*/(in)/.*")

    assert ended.code == 1
    assert "Cannot keep compression scheme" in ended.errors


def test_links_out_of_the_root_are_not_followed(cluster: Cluster, logs: Path) -> None:
    secret = write(cluster.folder / "secret" / "key", "secret")
    (logs / "link").symlink_to(secret)
    (logs / "folder").symlink_to(secret.parent)
    (logs / "inside").symlink_to(logs / "01")
    (logs / "01" / "loop").symlink_to(logs)
    (cluster.bucket / "out").symlink_to(secret.parent)
    (cluster.hdfs / "out").symlink_to(secret.parent)

    for destination, code in (("s3://b/out", 7), ("hdfs:///out/x", 7), ("hdfs:///good", 0)):
        assert cluster.run("s3-dist-cp", "--src=s3://b/logs", f"--dest={destination}").code == code
    ended = cluster.run("s3-dist-cp", "--src=s3://b/logs/folder", "--dest=hdfs:///bad")

    assert ended.code == 1
    assert contents(secret.parent) == {"key": b"secret"}
    assert "Skipping s3://b/logs/link" in cluster.syslog
    copied = contents(cluster.hdfs / "good")
    assert b"secret" not in copied.values()
    assert copied["inside/a.log"] == copied["01/a.log"] == b"1\n"


def test_files_in_the_making_are_no_sources(cluster: Cluster, logs: Path) -> None:
    write(logs / ".fake_s3-0-1", "half")

    copy(cluster, "--src=s3://b/logs", "--dest=hdfs:///out")

    assert len(contents(cluster.hdfs / "out")) == 3


def test_group_text_that_is_no_name_fails(cluster: Cluster) -> None:
    write(cluster.bucket / "in" / "x..y", "1")

    ended = cluster.run("s3-dist-cp", "--src=s3://b/in", "--dest=s3://b/out", r"--groupBy=.*x(\.\.)y")

    assert ended.code != 0
    assert "Traceback" not in ended.errors
    assert [*contents(cluster.s3).values(), *contents(cluster.hdfs).values()] == [b"1"]


def test_help_lists_the_options(cluster: Cluster) -> None:
    ended = cluster.run("s3-dist-cp", "--help")

    assert ended.code == 0
    assert "--groupBy=VALUE   -   Pattern to group input files by" in ended.out
