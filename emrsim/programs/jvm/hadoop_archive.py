"""The class-data archive of Hadoop's jobs, which the first of them makes: it takes seconds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from emrsim.programs.jvm.archive import archive_flags, archive_name, ends_well, kept_archive, make_archive
from emrsim.programs.jvm.classes import OUR_JAR
from emrsim.programs.jvm.hadoop_conf import job_conf
from emrsim.programs.jvm.launch import FAST_FLAGS, java_command
from emrsim.programs.jvm.run_jar import run_jar_command
from emrsim.programs.jvm.sites import SITES
from emrsim.programs.surroundings import Surroundings
from emrsim.runtimes.java import Java

_TRAINING = "emrsim.hadoop.Training"


def hadoop_archive_flags(java: Java, jars: Sequence[Path]) -> list[str]:
    """The flags that make Java use the archive for this class path; none where there cannot be one.

    Jobs that come while it is made go without.
    """
    try:
        return archive_flags(hadoop_archive(java, jars))
    except OSError:
        return []  # a cache that cannot be written to, a full disk: jobs only start slower


def hadoop_archive(java: Java, jars: Sequence[Path], again: bool = False) -> Path | None:
    """The archive, made if it is not there, `again` if that has failed before. Raises OSError."""
    name = archive_name("hadoop", java, jars)
    return kept_archive(name) or make_archive(
        name, lambda made, scratch: _make(java, jars, made, scratch), again
    )


def _make(java: Java, jars: Sequence[Path], made: Path, scratch: Path) -> bool:
    """Run two small jobs of ours, keep the classes they needed, and see whether Java takes them."""
    # A folder on the class path would be refused, so the site files are named as arguments.
    conf = job_conf(Surroundings(root=scratch), scratch)
    sites = [word for site in SITES for word in ("-conf", str(conf / site))]
    flags = [*FAST_FLAGS, f"-XX:ArchiveClassesAtExit={made}", "-Xlog:disable", f"-Djava.io.tmpdir={scratch}"]
    words = [str(OUR_JAR), _TRAINING, *sites, str(scratch)]
    checked = [*FAST_FLAGS, f"-XX:SharedArchiveFile={made}", "-Xshare:on"]
    return ends_well(run_jar_command(java, flags, jars, conf, words)) and ends_well(
        java_command(java, checked, jars, "-version", [])
    )
