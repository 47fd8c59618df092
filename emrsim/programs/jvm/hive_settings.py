"""What settings of Hive's mean to Spark SQL, where it does not read them itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

# Where Spark SQL is stricter than Hive, or makes other tables and other files.
AS_HIVE_DOES: Mapping[str, str] = {
    "spark.sql.ansi.enabled": "false",
    "spark.sql.storeAssignmentPolicy": "LEGACY",
    "spark.sql.legacy.createHiveTableByDefault": "true",
    "spark.sql.legacy.consecutiveStringLiterals.enabled": "true",  # 'it''s' is its, also to Spark 4
    "spark.sql.sources.commitProtocolClass": "emrsim.hive.HiveNames",
    "spark.sql.hive.convertMetastoreOrc": "false",
    "spark.sql.hive.convertMetastoreParquet": "false",
    "spark.sql.hive.convertMetastoreInsertDir": "false",
    "spark.hadoop.hive.metastore.filter.hook": "emrsim.hive.TrimmedTables",
    # With Hive 2's own it takes no hook but its own.
    "spark.hadoop.hive.security.authorization.manager": (
        "org.apache.hadoop.hive.ql.security.authorization.DefaultHiveAuthorizationProvider"
    ),
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",  # no file _SUCCESS
    "spark.hadoop.hive.exec.dynamic.partition": "true",
    "spark.hadoop.hive.exec.dynamic.partition.mode": "nonstrict",
}

Settings = Mapping[str, str]


class Meaning(NamedTuple):
    """What to set of Spark's for a setting of Hive's, and whether the setting itself is left out.

    `lost` is what a user should know: what it does in Hive and not here. `rejected` says why a script with it
    cannot run here.
    """

    spark: Settings = {}  # noqa: RUF012 - nobody changes it
    dropped: bool = False
    lost: str | None = None
    rejected: str | None = None


_NOTHING = Meaning()


def meaning(name: str, value: str) -> Meaning:
    """Return what `SET name=value` means to Spark SQL."""
    plain = value.strip().strip("'\"")
    if explain := _KNOWN.get(name.lower()):
        return explain(plain)
    if not name.lower().startswith("hive.") or _WITHOUT_EFFECT_ON_ROWS.match(name):
        return _NOTHING
    if _OF_FILES.match(name):
        return Meaning(lost="the number of output files is Spark's")
    return Meaning(lost="Spark SQL does not read it")


def _as(*names: str) -> Callable[[str], Meaning]:
    """The same value of Spark's own settings."""
    return lambda value: Meaning(dict.fromkeys(names, value))


def _reducers(value: str) -> Meaning:
    """Exactly so many outputs of a shuffle; a number below 1 lets Hive choose, which Spark does anyway."""
    if not value.isdecimal() or int(value) < 1:
        return Meaning(dropped=True)
    return Meaning({"spark.sql.adaptive.coalescePartitions.enabled": "false"})


def _default_partition(value: str) -> Meaning:
    if value == "__HIVE_DEFAULT_PARTITION__":
        return _NOTHING
    return Meaning(rejected="Spark SQL has __HIVE_DEFAULT_PARTITION__ only")


def _ddl_format(value: str) -> Meaning:
    return _NOTHING if value.lower() == "text" else Meaning(rejected="only text is supported")


def _strict(value: str) -> Meaning:
    return (
        _NOTHING if value.lower() in {"nonstrict", "false"} else Meaning(lost="what Hive rejects for it runs")
    )


def _quoted_names(value: str) -> Meaning:
    return Meaning({"spark.sql.parser.quotedRegexColumnNames": str(value.lower() == "none").lower()})


def _orc_codec(value: str) -> Meaning:
    return Meaning(
        {"spark.sql.orc.compression.codec": value.lower(), "spark.hadoop.orc.compress": value.upper()}
    )


_KNOWN: Mapping[str, Callable[[str], Meaning]] = {
    "hive.cli.print.header": _as("spark.sql.cli.print.header"),
    "hive.support.quoted.identifiers": _quoted_names,
    "hive.groupby.position.alias": _as("spark.sql.groupByOrdinal"),
    "hive.orderby.position.alias": _as("spark.sql.orderByOrdinal"),
    "hive.groupby.orderby.position.alias": _as("spark.sql.groupByOrdinal", "spark.sql.orderByOrdinal"),
    "hive.variable.substitute": _as("spark.sql.variable.substitute"),
    "hive.local.time.zone": _as("spark.sql.session.timeZone"),
    "hive.default.fileformat.managed": _as("hive.default.fileformat"),
    "hive.exec.orc.default.compress": _orc_codec,
    "mapred.reduce.tasks": _reducers,
    "mapreduce.job.reduces": _reducers,
    "hive.exec.default.partition.name": _default_partition,
    "hive.ddl.output.format": _ddl_format,
    "hive.mapred.mode": _strict,
    "hive.strict.checks.large.query": _strict,
    "hive.strict.checks.orderby.no.limit": _strict,
    "hive.strict.checks.no.partition.filter": _strict,
    "hive.strict.checks.type.safety": _strict,
    "hive.strict.checks.cartesian.product": _strict,
    "hive.strict.checks.bucketing": _strict,
}

# What Spark SQL reads itself, and what changes how a query is run but not its rows and files.
_WITHOUT_EFFECT_ON_ROWS = re.compile(
    r"""hive\.(?:
    exec\.(?:dynamic|max|compress|stagingdir|scratchdir|local|parallel|reducers|mode|submit|script|counters|orc|
             input|tasklog|job|perf|pre|post|failure|driver|concatenate|show|drop|infer|temporary|copyfile|plan|
             mapjoin|rcfile|schema|query|check|rowoffset|move)
    |default\.fileformat$|default\.serde|output\.file\.extension|lazysimple|serialization
    |auto\.|cbo\.|stats\.|compute\.|optimize\.|vectorized\.|tez\.|llap|map\.|mapjoin\.|join\.|skewjoin\.|fetch\.
    |limit\.|execution\.|input\.format|mapred\.(?:local|reduce|supports|partitioner)|log\.|server2\.|session\.
    |cli\.(?!print\.header)|orc\.|enforce\.|metastore\.|msck\.|s3|emr|mv\.|blobstore\.|load\.|direct|spark\.
    |prewarm|query\.|materializedview\.|privilege\.|security\.|support\.(?:concurrency|sql11)|txn\.|compactor\.
    |lock|zookeeper\.|in\.test|start\.|hashtable\.|plan\.|rewrite\.|groupby\.(?:skew|map|limit|checkinterval)
    |multigroupby|new\.job|smbjoin\.|archive\.|variable\.|merge\.nway|autogen|async|blockmove|cache\.|cluster\.
    |conf\.|count\.|debug|decode|display|downloaded|entity|error\.|explain\.|file\.max|hadoop\.|hbase\.|heartbeat
    |hmshandler|hwi\.|index\.|insert\.|intermediate|io\.|jar|jobname|localize|mapper|max|metadata|parquet|partition
    |querylog|repl|reorder|resultset|rpc|scratch|script|service|ssl|testing|timedout|transform|transpose|typecheck
    |unlock|user|users|warehouse|writeset|exim|driver|druid|aux\.|semantic|ignore
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_OF_FILES = re.compile(r"hive\.merge\.", re.IGNORECASE)
