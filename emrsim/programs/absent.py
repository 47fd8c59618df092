"""Programs of applications that emrsim has not: the machine's own, if it has one, else what is missing."""

from __future__ import annotations

from typing import NamedTuple

from emrsim.programs.machine.said import become_the_machines, of_the_machine, rejected


class _Absent(NamedTuple):
    application: str
    also: tuple[str, ...] = ()  # names that the program has elsewhere
    instead: str = ""


_ABSENT = {
    "presto-cli": _Absent("Presto", ("presto",), "; Spark SQL reads the same tables: spark-sql"),
    "trino-cli": _Absent("Trino", ("trino",), "; Spark SQL reads the same tables: spark-sql"),
    "flink": _Absent("Flink"),
    "flink-yarn-session": _Absent("Flink", ("yarn-session.sh",)),
    "sqoop": _Absent("Sqoop", (), "; Spark reads databases: spark.read.jdbc"),
    "oozie": _Absent("Oozie"),
    "hbase": _Absent("HBase"),
    "phoenix-sqlline": _Absent("Phoenix", ("sqlline.py",)),
    "hudi-cli": _Absent("Hudi", ("hudi-cli.sh",)),
    "mahout": _Absent("Mahout"),
    "pig": _Absent("Pig", (), ": install Apache Pig"),
}


def main(arguments: list[str], name: str) -> int:
    """Become the machine's own program of that name, or of another that it has; 1 without one."""
    absent = _ABSENT[name]
    for own in (name, *absent.also):
        if of_the_machine(own):
            return become_the_machines(own, arguments)
    return rejected(
        f"cannot run {name}: there is no {absent.application}, and no "
        f"{' or '.join((name, *absent.also))} on this machine's PATH{absent.instead}"
    )
