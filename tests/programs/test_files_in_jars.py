"""What programs on Hadoop's classes see of S3 and HDFS."""

from __future__ import annotations

from pathlib import Path

from tests.programs.cluster import Master, write


def do(master: Master, jar: Path, *things: str) -> list[str]:
    """What came of each of `things`, all in one process."""
    ended = master.run("hadoop", "jar", jar, "Files", *things)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


def test_objects_are_files_and_files_are_objects(master: Master, jar: Path) -> None:
    master.put("b/in/b", "second")
    master.put("b/in/a", "first")
    master.put("b/in/é 100% [x]{y}*", "odd")
    master.put("b/in/sub/c", "")

    assert do(
        master,
        jar,
        "list\ts3n://b/in",
        "list\ts3a://ID:SECRET@b/in/sub",
        "list\ts3://b",
        "list\ts3://b/in/a",
        "glob\ts3://b/i?/{a,b}",
        "read\ts3a://b/in/é 100% [x]{y}*",
        "seek\ts3://b/in/a\t2",
        "write\ts3n://b/new/deep/x y%20z\ttext",
        "new\ts3n://b/new/deep/x y%20z\ttext",
        "write\ts3n://b/in\ttext",
        "append\ts3n://b/in/a\tmore",
        "status\ts3n://b/in/a",
        "context\ts3a://b/in/a",
        "rename\ts3://b/in/a\ts3://b/missing/parent/a",
        "rename\ts3://b/in/nothing\ts3://b/x",
        "rename\ts3://b/in/b\ts3://b/missing/parent",
        "delete-one\ts3://b/missing",
        "delete\ts3://b/missing",
        "delete\ts3://b/missing",
        "delete\ts3://b/",
        "mkdirs\ts3://b/made/of/many",
        "mkdirs\ts3://b/in/sub/c/d",
        "read\ts3://b/in/nothing",
        "read\ts3://b/in/sub",
    ) == [
        "s3n://b/in/a | s3n://b/in/b | s3n://b/in/sub/ | s3n://b/in/é 100% [x]{y}*",
        "s3a://b/in/sub/c",
        "s3://b/in/",
        "s3://b/in/a",
        "s3://b/in/a | s3://b/in/b",
        "odd",
        "rst 5 -1",
        "4",
        "FileAlreadyExistsException: s3n://b/new/deep/x y%20z already exists",
        "FileAlreadyExistsException: s3n://b/in is a directory",
        "UnsupportedOperationException: Append is not supported in S3: s3n://b/in/a",
        "s3n://b/in/a 5 rw-r--r-- hadoop",
        "s3a://b/in/a",
        "true",
        "false",
        "true",
        "PathIsNotEmptyDirectoryException: `s3://b/missing': Directory is not empty",
        "true",
        "false",
        "false",
        "true",
        "ParentNotDirectoryException: Parent path is not a directory: s3://b/in/sub/c/d",
        "FileNotFoundException: File does not exist: s3://b/in/nothing",
        "FileNotFoundException: Path is not a file: s3://b/in/sub",
    ]
    assert (master.root / "b/new/deep/x y%20z").read_text() == "text"
    assert (master.root / "b/made/of/many").is_dir()
    assert not list(master.root.rglob("*.crc"))


def test_nothing_is_reached_outside_of_the_buckets(master: Master, jar: Path, tmp_path: Path) -> None:
    write(tmp_path / "secret", "secret")
    bucket = master.put("b/link/x", "").parent.parent
    (bucket / "out").symlink_to(tmp_path)
    (bucket / "nowhere").symlink_to(tmp_path / "not" / "there")
    (bucket / "inside").symlink_to(bucket / "link")
    master.put(".fake_s3/meta", "own")
    master.put("b/.fake_s3-staged", "own")
    (master.hdfs / "out").symlink_to(tmp_path)

    results = do(
        master,
        jar,
        "read\ts3://b/../../secret",
        "read\ts3://b/link/../../../secret",
        "write\ts3://b/out/x\ttext",
        "read\ts3://b/out/secret",
        "write\ts3://b/nowhere\ttext",
        "rename\ts3://b/link/x\ts3://b/out/x",
        "list\ts3://b",
        "list\ts3://b/inside",
        "read\ts3://.fake_s3/meta",
        "read\ts3://b/.fake_s3-staged",
        "read\ts3://../secret",
        "list\ts3://nobucket/x",
        "write\ts3://nobucket/x\ttext",
        "read\thdfs:///../../secret",
        "read\thdfs:///out/secret",
        f"delete\thdfs:///../{tmp_path}",
        "read\todd://b/x",
        f"write\ts3://b/{'x' * 256}\ttext",
        "write\ts3://elasticmapreduce/x\ttext",
        "delete\ts3://elasticmapreduce/samples",
        "exists\ts3://elasticmapreduce/samples/wordcount/input/0001",
    )

    link = "it would leave the root through a symbolic link"
    own = "names that begin with .fake_s3 are the server's own"
    assert results == [
        "IOException: s3://b/../../secret: a part of the key is '..'",
        "IOException: s3://b/../../secret: a part of the key is '..'",
        f"OutsideException: s3://b/out/x: {link}",
        f"OutsideException: s3://b/out/secret: {link}",
        f"OutsideException: s3://b/nowhere: {link}",
        f"OutsideException: s3://b/out/x: {link}",
        "s3://b/inside/ | s3://b/link/",
        "s3://b/inside/x",
        "IOException: s3://.fake_s3/meta: The specified bucket is not valid.",
        f"IOException: s3://b/.fake_s3-staged: {own}",
        "IOException: s3://../secret: The specified bucket is not valid.",
        "NoSuchBucketException: s3://nobucket/x: The specified bucket does not exist: "
        f"there is no directory {master.root}/nobucket",
        "NoSuchBucketException: s3://nobucket/x: The specified bucket does not exist: "
        f"there is no directory {master.root}/nobucket",
        "FileNotFoundException: File does not exist: hdfs:/secret",
        f"OutsideException: hdfs:/out/secret: {link}",
        "false",
        'UnsupportedFileSystemException: No FileSystem for scheme "odd"',
        f"IOException: s3://b/{'x' * 256}: a directory cannot hold this key",
        "IOException: s3://elasticmapreduce/x: "
        "the bucket elasticmapreduce is built in and cannot be written to",
        "IOException: s3://elasticmapreduce/samples: "
        "the bucket elasticmapreduce is built in and cannot be written to",
        "true",
    ]
    assert (tmp_path / "secret").read_text() == "secret"


def test_plain_paths_are_in_hdfs_and_the_default_file_system_takes_all(master: Master, jar: Path) -> None:
    master.put("b/x", "object")
    master.put("elasticmapreduce/samples/mine", "hides the built-in one")

    assert do(
        master,
        jar,
        "write\t/tmp/plain\ttext",
        "write\trelative\ttext",
        "append\trelative\t+more",
        "read\thdfs://namenode:8020/user/hadoop/relative",
        "chmod\t/tmp\t1733",
        "status\t/tmp",
        "default-read\ts3n://b/x",
        "default-list\ts3://b",
        "default-delete\ts3n://b/x",
        "default-delete\ts3n://b/x",
        "qualify\trelative",
        "list\thdfs:///",
        "list\ts3://elasticmapreduce/samples",
    ) == [
        "4",
        "4",
        "9",
        "text+more",
        "done",
        "hdfs:/tmp 0 rwx-wx-wx hadoop",
        "object",
        "s3://b/x",
        "true",
        "false",
        "hdfs:/user/hadoop/relative",
        "hdfs:/tmp/ | hdfs:/user/",
        "s3://elasticmapreduce/samples/mine",
    ]
    assert (master.hdfs / "tmp/plain").read_text() == "text"
    assert (master.hdfs / "user/hadoop/relative").read_text() == "text+more"
