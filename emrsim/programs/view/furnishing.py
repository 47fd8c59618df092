"""What is at EMR's places when a cluster starts: emrsim's programs, jars, folders, the user hadoop."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from emrsim.programs.jvm.classes import SPARK_EXAMPLES_JAR
from emrsim.programs.table import BIN
from emrsim.programs.view.places import OWN

_BIN_FOLDERS = ("usr/bin", "usr/sbin", "bin", "sbin")

# Programs of the machine's that jobs call by their path on EMR, wherever the machine has them.
_OF_THE_MACHINE = ("aws", "python3", "java", "jq", "git", "curl", "wget")

# A jar that is there to be found, by `find` and `ls` say; emrsim does what jars of its name do.
NOTE_JAR = "note.jar"
_NOTE = "emrsim does what this jar of EMR's does; it is known by its name, and has no classes.\n"

_HADOOP = ("hadoop", "hdfs", "yarn", "mapred")
_SPARK = (
    "spark-submit",
    "spark-sql",
    "spark-shell",
    "spark-class",
    "run-example",
    "pyspark",
    "sparkR",
    "beeline",
)
_HIVE = ("hive", "beeline", "hcat")


class Kind(NamedTuple):
    """What the machines of a cluster have from the start."""

    is_release: bool  # of a release label, not of an AMI version
    hadoop_version: str


def furnish(kind: Kind, programs: Path, places: Path, mnt: Path, home: Path) -> None:
    """Make what a cluster has at EMR's places, below these folders; what is there already stays."""
    furnish_programs(programs)
    for place in OWN:
        (places / place.lstrip("/")).mkdir(parents=True, exist_ok=True)
    controller = places / "emr" / "instance-controller" / "lib"
    controller.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        (controller / "info").symlink_to(mnt / "var" / "lib" / "info")
    (mnt / "tmp").mkdir(exist_ok=True)
    (places / "usr" / "lib" / "spark" / "jars").mkdir(exist_ok=True)
    top = places if kind.is_release else home
    for folder, names in (_PROGRAMS if kind.is_release else _PROGRAMS_OF_AMIS).items():
        for name in names:
            if (BIN / name).exists():
                _link(_parent(top / folder / name), BIN / name)
    for jar in _jars(kind):
        _note(programs / NOTE_JAR, _parent(top / jar))
    if kind.is_release:
        _link(_parent(places / "usr/lib/spark/examples/jars/spark-examples.jar"), SPARK_EXAMPLES_JAR)
        if pyspark := find_spec("pyspark"):
            own = Path(pyspark.origin or "").parent / "examples" / "src" / "main" / "python"
            _link(_parent(places / "usr/lib/spark/examples/src/main/python"), own)
    _write_profile(home)
    for file, line in _user_hadoop().items():
        _copy_with(Path("/etc", file), places / "etc" / file, line)


_PROGRAMS = {
    "usr/lib/hadoop/bin": _HADOOP,
    "usr/lib/hadoop-hdfs/bin": ("hdfs",),
    "usr/lib/hadoop-mapreduce/bin": ("mapred",),
    "usr/lib/hadoop-yarn/bin": ("yarn",),
    "usr/lib/hive/bin": _HIVE,
    "usr/lib/spark/bin": _SPARK,
}
_PROGRAMS_OF_AMIS = {
    "bin": _HADOOP,
    "hive/bin": ("hive",),
    "pig/bin": ("pig",),
    "spark/bin": _SPARK,
}


def _jars(kind: Kind) -> Iterator[str]:
    """Jars of EMR's own, which jobs look for by `find` or a glob (docs/facts/api.md#steps-and-jars)."""
    version = kind.hadoop_version
    if kind.is_release:
        for name in ("streaming", "mapreduce-examples"):
            yield f"usr/lib/hadoop-mapreduce/hadoop-{name}.jar"
        yield f"usr/lib/hadoop-mapreduce/hadoop-streaming-{version}-amzn-0.jar"
        yield "usr/lib/hadoop/hadoop-streaming.jar"
        yield "usr/share/aws/emr/s3-dist-cp/lib/s3-dist-cp.jar"
        yield "usr/lib/hadoop-mapreduce/hadoop-distcp.jar"
        return
    yield "contrib/streaming/hadoop-streaming.jar"
    yield f"contrib/streaming/hadoop-streaming-{version}.jar"
    yield "lib/emr-s3distcp-1.0.jar"
    yield "hadoop-examples.jar"


def is_note(jar: Path, programs: Path | None) -> bool:
    """Whether a file is one of the jars that are only there to be found."""
    if programs is None or not jar.is_file() or jar.stat().st_size != (programs / NOTE_JAR).stat().st_size:
        return False
    return jar.read_bytes() == (programs / NOTE_JAR).read_bytes()


_furnished: set[Path] = set()  # the folders that this process has made


def furnish_programs(folder: Path) -> None:
    """Make links to emrsim's programs below `folder`, as `usr/bin/NAME` and so on.

    Once for each process, unless somebody has removed the folder since.
    """
    if folder in _furnished and (folder / NOTE_JAR).exists():
        return
    names = {path.name: path for path in BIN.iterdir() if not path.name.startswith(".")}
    for place in _BIN_FOLDERS:
        own = folder / place
        own.mkdir(parents=True, exist_ok=True)
        for name, program in names.items():
            _link(own / name, program)
    for name in _OF_THE_MACHINE:
        found = shutil.which(name)
        if found is not None and not os.path.exists(f"/usr/bin/{name}"):
            _link(folder / "usr" / "bin" / name, Path(found))
    if not (folder / NOTE_JAR).exists():
        import zipfile

        with zipfile.ZipFile(folder / NOTE_JAR, "w") as jar:
            jar.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n\n")
            jar.writestr("README", _NOTE)
    _furnished.add(folder)


def _parent(path: Path) -> Path:
    """`path`, whose folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _link(link: Path, target: Path) -> None:
    try:
        link.symlink_to(target)
    except FileExistsError:
        if link.is_symlink() and link.readlink() != target:
            # Of another installation of emrsim's, or another PATH.
            link.unlink()
            link.symlink_to(target)


def _note(jar: Path, place: Path) -> None:
    """A file, since `find -type f` looks for one: another name of the one jar, or a copy of it."""
    if place.exists():
        return
    try:
        os.link(jar, place)
    except OSError:
        shutil.copyfile(jar, place)


def _write_profile(home: Path) -> None:
    """What login shells read, which set PATH anew before: emrsim's programs first, its stand-ins last."""
    for name in (".bash_profile", ".bashrc"):
        with suppress(FileExistsError), open(home / name, "x", encoding="utf-8") as profile:
            profile.write(_PROFILE)


_PROFILE = """\
case ":$PATH:" in *":$EMRSIM_BIN:"*) ;; *) PATH="$EMRSIM_BIN:$PATH" ;; esac
case ":$PATH:" in *"/stand_ins:"*) ;; *) PATH="$PATH:${EMRSIM_BIN%/*}/stand_ins" ;; esac
"""


def _user_hadoop() -> dict[str, str]:
    """Lines that make hadoop another name of the user and the group there are."""
    user, group = os.geteuid(), os.getegid()
    return {"passwd": f"hadoop:x:{user}:{group}::/home/hadoop:/bin/bash", "group": f"hadoop:x:{group}:"}


def _copy_with(original: Path, copy: Path, line: str) -> None:
    """A copy of a table of users or groups with one more `line`, unless it has one of that name."""
    if copy.exists() or not original.is_file():
        return
    text = original.read_text(encoding="utf-8", errors="surrogateescape")
    if not any(known.startswith("hadoop:") for known in text.splitlines()):
        text = f"{text.rstrip()}\n{line}\n"
    copy.write_text(text, encoding="utf-8", errors="surrogateescape")
