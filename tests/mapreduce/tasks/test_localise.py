"""Files that travel with a job, in buckets and out of them."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest

from tests.mapreduce.jobs import Jobs

UPPER = "import sys\nfor line in sys.stdin: print(line.strip().upper())\n"


def test_programs_named_by_s3_uris_are_fetched(jobs: Jobs) -> None:
    jobs.script("s3/code/up.py", UPPER).chmod(0o644)
    jobs.write("s3/data/in/0001", "b\na\n")

    ended = jobs.words(
        *("-D", "mapred.map.tasks=1", "-input", "s3n://data/in", "-output", "s3://data/out"),
        *("-mapper", "s3n://code/up.py", "-reducer", "s3a://code/up.py"),
    )

    assert ended.code == 0, ended.said
    assert (jobs.root / "data/out/part-00000").read_bytes() == b"A\t\nB\t\n"
    assert "Output directory: s3://data/out" in ended.said


@pytest.mark.parametrize("kind", ["zip", "tgz"])
def test_members_that_would_leave_an_archive_are_refused(jobs: Jobs, kind: str) -> None:
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("../evil", "x")
    else:
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            tar.addfile(tarfile.TarInfo("../evil"), io.BytesIO(b""))
    jobs.write(f"a.{kind}", buffer.getvalue())

    ended = jobs.run("-archives", f"a.{kind}#lib", "-mapper", "cat", lines=b"a\n")

    assert ended.code == 1
    assert "evil" in ended.said
    assert not list(jobs.folder.rglob("evil"))


def test_tasks_cannot_change_the_shipped_original(jobs: Jobs) -> None:
    original = jobs.write("side.txt", "mine\n")
    jobs.script("spoil.py", "import sys\nsys.stdin.read()\nopen('side.txt', 'w').write('theirs')\n")

    ended = jobs.run(
        *("-mapper", "spoil.py", "-file", "spoil.py", "-file", "side.txt", "-numReduceTasks", "0"),
        lines=b"a\n",
    )

    assert ended.code == 0
    assert original.read_text() == "mine\n"


def test_side_files_of_a_task_become_output(jobs: Jobs) -> None:
    jobs.script(
        "side.py",
        "import os, sys\nsys.stdin.read()\n"
        "open(os.path.join(os.environ['mapreduce_task_output_dir'], 'extra'), 'w').write('more')\n",
    )

    ended = jobs.run("-mapper", "side.py", "-file", "side.py", "-numReduceTasks", "0", lines=b"a\n")

    assert ended.parts()["extra"] == b"more"


@pytest.mark.parametrize("role", ["-mapper", "-combiner", "-reducer"])
@pytest.mark.parametrize(
    ("shipped", "named"),
    [
        ("scripts/m.sh", "scripts/m.sh"),
        ("scripts/m.sh", "./scripts/m.sh"),
        ("./scripts/m.sh", "scripts/../scripts/m.sh"),
        ("scripts/m.sh", "{folder}/scripts/m.sh"),
        ("{folder}/scripts/m.sh", "scripts/m.sh -x"),
        ("linked/m.sh", "scripts/m.sh"),
    ],
)
def test_a_program_named_by_the_path_of_a_shipped_file_is_the_shipped_copy(
    jobs: Jobs, role: str, shipped: str, named: str
) -> None:
    jobs.write("scripts/m.sh", "cat\n[ -L tmp/../m.sh ] || exit 9\n")  # mode 644; it runs beside its copy
    (jobs.folder / "linked").symlink_to("scripts")
    others = () if role == "-mapper" else ("-mapper", "cat")

    ended = jobs.run(
        *(*others, role, named.format(folder=jobs.folder), "-file", shipped.format(folder=jobs.folder)),
        lines=b"a\n",
    )

    assert ended.code == 0, ended.said
    assert ended.text() == b"a\t\n"


def test_of_a_generic_option_that_is_given_twice_the_first_counts(jobs: Jobs) -> None:
    jobs.write("one", "1\n")
    jobs.write("two", "2\n")

    ended = jobs.run("-files", "one", "-files", "two", "-mapper", "ls", "-numReduceTasks", "0", lines=b"a\n")

    assert b"one" in ended.text()
    assert b"two" not in ended.text()


def test_uris_are_normalised_as_hadoop_does(jobs: Jobs) -> None:
    jobs.write("s3/data/in/0001", "a\n")
    jobs.write("s3/data/tools/m.sh", "cat; ls t.sh c.sh\n")
    (jobs.root / "out").mkdir()

    ended = jobs.words(
        *("-files", "s3://data//x/..//tools/./m.sh#t.sh", "-input", "s3n://data//y/../in//*"),
        *("-cacheFile", "s3://data/tools//m.sh#c.sh", "-output", "s3://out//a/.//b/../c/"),
        *("-mapper", "s3://data//tools/m.sh", "-numReduceTasks", "0"),
    )

    assert ended.code == 0, ended.said
    assert (jobs.root / "out/a/c/part-00000").read_text() == "a\t\nc.sh\t\nt.sh\t\n"


@pytest.mark.parametrize("uri", ["s3://data/../x", "s3://data/a/../../x"])
def test_no_uri_leaves_its_bucket(jobs: Jobs, uri: str) -> None:
    jobs.write("s3/data/a/0001", "a\n")
    jobs.write("x", "secret\n")

    ended = jobs.words("-input", uri, "-output", "out", "-mapper", "cat")

    assert ended.code == 5
