"""`hadoop jar`: jars of the user's on Hadoop's classes."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import zipfile
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from emrsim.programs.jvm import classes as classes_module
from emrsim.programs.jvm.archive import kept_archive, make_archive
from emrsim.programs.jvm.heap import heap_flags
from emrsim.programs.surroundings import surroundings
from emrsim.runtimes.java import find_java
from emrsim.runtimes.missing import Missing
from tests.programs.cluster import STARTED, Master, lines, write
from tests.waiting import wait_until

RECORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.$]+ \([^)]*\): ")


@pytest.fixture
def run(master: Master, jar: Path):  # type: ignore[no-untyped-def]
    """Runs the programs' jar."""

    def run(*words: object, **environment: str) -> CompletedProcess[str]:
        return master.run("hadoop", "jar", jar, *words, **environment)

    return run


def test_jobs_of_both_apis_run_and_are_logged_as_on_a_cluster(master: Master, jar: Path) -> None:
    master.put("my.bucket/jars/count.jar", jar.read_bytes())
    master.put("my.bucket/in/1", "to be or not to be\n")
    master.put("my/in/2", "to do\n")
    write(master.hdfs / "user/hadoop/in/3", "to go\n")

    ended = master.run(
        *("hadoop", "jar", "s3n://my.bucket/jars/count.jar", "Counting"),
        *("old", "s3n://my.bucket/in", "s3n://ID:SECRET@my/out"),
        *("new", "s3a://my/in", "s3a://my/deep/out"),
        *("new", "in", "hdfs:///out"),
    )

    assert ended.returncode == 0, ended.stderr + master.log()
    assert ended.stderr == ""
    assert lines(master.root / "my/out") == ["be\t2", "not\t1", "or\t1", "to\t2"]
    assert lines(master.root / "my/deep/out") == ["do\t1", "to\t1"]
    assert lines(master.hdfs / "out") == ["go\t1", "to\t1"]
    assert sorted(os.listdir(master.root / "my/out")) == ["_SUCCESS", "part-00000"]
    assert sorted(os.listdir(master.root / "my/deep/out")) == ["_SUCCESS", "part-r-00000"]
    log = master.log()
    assert RECORD.match(log)
    assert re.findall(r"INFO org.apache.hadoop.mapreduce.Job \(main\): Running job: (\S+)", log) == [
        f"job_{STARTED}_000{number}" for number in (1, 2, 3)
    ]
    assert f"org.apache.hadoop.mapreduce.Job (main): Job job_{STARTED}_0001 completed successfully" in log
    assert re.search(
        r"Job \(main\): Counters: \d+\n\tFile System Counters\n(\t\t.*\n)+\tMap-Reduce Framework", log
    )
    assert re.search(r"\t\tS3A: Number of bytes written=10\n", log)
    # The old API cuts its 19 bytes for two maps, as on a cluster; LocalJobRunner alone would ask for one.
    assert re.findall(r"number of splits:(\d)", log) == ["3", "1", "1"]
    assert surroundings(master.environment).next_job_id() == f"job_{STARTED}_0004"


def test_arguments_reach_the_program_whole(run, master: Master) -> None:  # type: ignore[no-untyped-def]
    # One word of 128 KiB is more than Linux starts a program with.
    words = ["", "a b", '"q"', "\\", "é\t\n", "@x", "*", "x" * 100_001, *["y" * 10_000] * 20]

    ended = run("Asking", "words", *words)

    assert ended.returncode == 0, ended.stderr
    assert [int(line.split()[0]) for line in ended.stdout.splitlines()] == [len(word) for word in words]


def test_exit_code_and_properties_are_the_programs(run) -> None:  # type: ignore[no-untyped-def]
    assert run("Asking", "exit", "3").returncode == 3

    told = run("Asking", "property", "a.b", "c", HADOOP_CLIENT_OPTS="-Da.b=1 -Dc='two words'")

    assert told.stdout.splitlines() == ["1", "two words"]


@pytest.mark.parametrize(
    ("content", "words", "code", "said"),
    [
        (b"no zip", ["X"], 1, "Error opening job jar"),
        (None, [], 255, "RunJar jarFile [mainClass] args..."),
        (None, ["no.such.Class"], 1, "java.lang.ClassNotFoundException: no.such.Class"),
    ],
)
def test_broken_jar_fails_as_hadoop_says(
    master: Master, jar: Path, content: bytes | None, words: list[str], code: int, said: str
) -> None:
    master.put("b/x.jar", jar.read_bytes() if content is None else content)

    ended = master.run("hadoop", "jar", "s3://b/x.jar", *words)

    assert ended.returncode == code, ended.stderr
    assert said in ended.stderr


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("s3://b/missing.jar", "JAR does not exist or is not a normal file: s3://b/missing.jar"),
        ("s3://b", "JAR does not exist or is not a normal file: s3://b"),
        ("missing.jar", "JAR does not exist or is not a normal file: missing.jar"),
        ("s3://nobucket/x.jar", "s3://nobucket/x.jar: The specified bucket does not exist"),
        ("s3://b/../../x.jar", "s3://b/../../x.jar: "),
        ("ftp://b/x.jar", "No FileSystem for scheme: ftp"),
    ],
)
def test_jar_that_is_not_there_is_named(master: Master, uri: str, said: str) -> None:
    (master.root / "b").mkdir()

    ended = master.run("hadoop", "jar", uri, "words")

    assert ended.returncode == 255
    assert said in ended.stderr


def test_failed_jobs_say_why(run, master: Master) -> None:  # type: ignore[no-untyped-def]
    master.put("b/in/1", "word\n")
    master.put("b/out/kept", "")

    exists = run("Counting", "new", "s3://b/in", "s3://b/out")
    missing = run("Counting", "old", "s3://b/missing", "s3://b/other")
    outside = run("Counting", "new", "s3://b/in", "s3://b/../../out")

    assert [exists.returncode, missing.returncode, outside.returncode] == [1, 1, 1]
    assert "FileAlreadyExistsException: Output directory s3://b/out already exists" in exists.stderr
    assert "Input path does not exist: s3://b/missing" in missing.stderr
    assert "s3://b/../../out: a part of the key is '..'" in outside.stderr
    assert os.listdir(master.root / "b/out") == ["kept"]
    assert sorted(os.listdir(master.root)) == ["b"]


def test_task_without_memory_fails_its_job(run, master: Master) -> None:  # type: ignore[no-untyped-def]
    master.put("b/in/1", "MEMORY\n")

    ended = run(
        *("Counting", "-Dmapreduce.map.java.opts=-Xmx200m", "-Dmapreduce.task.io.sort.mb=10"),
        *("old", "s3://b/in", "s3://b/out"),
    )

    assert ended.returncode == 1
    assert "java.lang.OutOfMemoryError: Java heap space" in master.log()
    assert not (master.root / "b/out/_SUCCESS").exists()


def test_job_that_runs_for_ever_ends_on_a_signal(master: Master, jar: Path) -> None:
    master.put("b/in/1", "FOREVER\n")

    process = master.start("hadoop", "jar", jar, "Counting", "old", "s3://b/in", "s3://b/out")
    assert process.stdout is not None
    assert process.stdout.readline() == "for ever\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)

    assert process.returncode == 128 + signal.SIGTERM
    assert not (master.root / "b/out/_SUCCESS").exists()


def test_job_waits_for_a_task_slot(master: Master, jar: Path, tmp_path: Path) -> None:
    slot = write(tmp_path / "slots/slot-0", "")
    slots = {"EMRSIM_SLOTS": str(slot.parent)}

    with slot.open("r+") as mine:
        fcntl.flock(mine, fcntl.LOCK_EX)
        waiting = master.start("hadoop", "jar", jar, "Asking", "exit", "5", **slots)
        wait_until(lambda: list(master.work.glob("emrsim-conf-*")), "the job is about to ask for a slot")
        # Takes as long as the other would, if that did not wait.
        within = master.run("hadoop", "jar", jar, "Asking", "exit", "4", EMRSIM_HOLDS_SLOT="1", **slots)
        assert waiting.poll() is None
    waiting.communicate(timeout=60)

    assert (within.returncode, waiting.returncode) == (4, 5)


def test_settings_of_the_cluster_reach_the_job(run, master: Master) -> None:  # type: ignore[no-untyped-def]
    master.put("b/in/1", "a b c d\n")
    write(
        master.conf / "mapred-site.xml",
        "<configuration><property><name>mapred.reduce.tasks</name><value>3</value></property></configuration>",
    )

    assert run("Counting", "old", "s3://b/in", "s3://b/out").returncode == 0
    assert len(list((master.root / "b/out").glob("part-*"))) == 3

    write(master.conf / "mapred-site.xml", "<configuration>")
    broken = run("Counting", "old", "s3://b/in", "s3://b/out2")

    assert broken.returncode == 1
    assert f"{master.conf}/mapred-site.xml: " in broken.stderr


def test_archive_that_java_cannot_use_fails_no_job(master: Master, jar: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = master.run("hadoop", "jar", jar, "Asking", "exit", "6", EMRSIM_CACHE=str(cache))
    (archive,) = cache.glob("*.jsa")
    archive.chmod(0o644)
    archive.write_bytes(archive.read_bytes()[:1000])
    broken = master.run("hadoop", "jar", jar, "Asking", "exit", "7", EMRSIM_CACHE=str(cache))
    (tmp_path / "file").touch()
    unusable = master.run("hadoop", "jar", jar, "Asking", "exit", "8", EMRSIM_CACHE=str(tmp_path / "file"))

    assert [ended.returncode for ended in (first, broken, unusable)] == [6, 7, 8]
    assert [ended.stdout + ended.stderr for ended in (first, broken, unusable)] == ["", "", ""]
    assert not list(cache.glob(".making-*"))


def test_own_hadoop_is_used_with_its_configuration(master: Master, tmp_path: Path) -> None:
    home = tmp_path / "hadoop"
    tell = 'echo "$@"; cd "$HADOOP_CONF_DIR"; cat core-site.xml; ls; echo $HADOOP_CLASSPATH'
    write(home / "bin/hadoop", f"#!/bin/sh\n{tell}\n").chmod(0o755)
    setting = "<property><name>fs.defaultFS</name><value>hdfs://own:8020</value></property>"
    write(home / "etc/hadoop/core-site.xml", f"<configuration>{setting}</configuration>")
    write(home / "etc/hadoop/log4j.properties", "")
    jar = master.put("b/x.jar", "")

    ended = master.run("hadoop", "jar", "s3://b/x.jar", "a", EMRSIM_HADOOP_HOME=str(home))

    assert ended.returncode == 0, ended.stderr
    told = ended.stdout.splitlines()
    assert told[0] == f"jar {jar} a"
    settings = dict(re.findall(r"<name>(.*)</name>\s*<value>(.*)</value>", ended.stdout))
    assert settings["fs.defaultFS"] == "hdfs://own:8020"
    assert settings["fs.s3n.impl"] == "emrsim.hadoop.DirectoryFileSystem$S3n"
    assert "fs.hdfs.impl" not in settings
    assert "log4j.properties" in told
    assert told[-1] == str(classes_module.OUR_JAR)

    missing = master.run("hadoop", "jar", "s3://b/x.jar", "a", EMRSIM_HADOOP_HOME=str(tmp_path))
    assert missing.returncode == 1
    assert f"{tmp_path} is no Hadoop installation" in missing.stderr


def test_missing_parts_are_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(tmp_path / "old/bin/java", "#!/bin/sh\n").chmod(0o755)
    write(tmp_path / "old/release", 'JAVA_VERSION="1.8.0_292"\n')
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    monkeypatch.setattr("emrsim.runtimes.java._SYSTEM_JAVAS", tmp_path / "none")
    monkeypatch.setenv("EMRSIM_CACHE", str(tmp_path / "cache"))

    with pytest.raises(Missing, match=r"no Java 17 or later .* \(.*/old/bin/java is 1\.8\.0_292, too old\)"):
        find_java({"JAVA_HOME": str(tmp_path / "old"), "PATH": ""}, oldest=17)
    with pytest.raises(Missing, match=r"pyspark.* is not installed: pip install 'emrsim\[jvm\]'"):
        classes_module.hadoop_jars()


def test_jar_is_a_zip_that_hadoop_opens_before_anything(master: Master, hadoop: None) -> None:
    path = master.root / "b/empty.jar"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w"):
        pass

    ended = master.run("hadoop", "jar", "s3://b/empty.jar", "Main")

    assert ended.returncode == 1
    assert "java.lang.ClassNotFoundException: Main" in ended.stderr


def test_archive_is_made_by_one_process_at_a_time_and_kept_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EMRSIM_CACHE", str(tmp_path / "cache"))

    def make(made: Path, scratch: Path) -> bool:
        assert make_archive("x", make) is None  # it is being made
        return made.write_bytes(b"archive") > 0

    assert make_archive("x", lambda made, scratch: made.write_bytes(b"bad") < 0) is None
    assert sorted(os.listdir(tmp_path / "cache")) == ["x.failed", "x.lock"]
    assert make_archive("x", lambda made, scratch: pytest.fail("it has failed before")) is None
    archive = make_archive("x", make, again=True)
    assert archive == tmp_path / "cache/x-7.jsa"
    assert not (tmp_path / "cache/x.failed").exists()
    assert kept_archive("x") == archive
    assert make_archive("x", lambda made, scratch: pytest.fail("it is there")) == archive
    archive.write_bytes(b"arc")
    assert kept_archive("x") is None


@pytest.mark.parametrize(
    ("arguments", "heapsize", "limit", "flags"),
    [
        ([], "", None, []),
        ([], "1000", None, [f"-Xmx{1000 << 20}"]),
        (["-Dmapreduce.map.java.opts=-Xmx2g", "-D", "mapred.child.java.opts=-Xmx1g -ea"], "100", None,
         [f"-Xmx{2 << 30}"]),
        ([], "", 1 << 30, [f"-Xmx{1 << 29}"]),
        (["-Dmapreduce.map.java.opts=-Xmx100m"], "", 1 << 30, [f"-Xmx{100 << 20}"]),
        (["-Dmapreduce.map.java.opts=-Xmx4g"], "", 1 << 30, [f"-Xmx{1 << 29}"]),
    ],
)  # fmt: skip
def test_heap_is_as_large_as_asked_and_below_the_limit_of_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], heapsize: str, limit: int | None,
    flags: list[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("resource.getrlimit", lambda what: (-1 if limit is None else limit,) * 2)

    assert heap_flags(tmp_path, arguments, {"HADOOP_HEAPSIZE": heapsize}) == flags
