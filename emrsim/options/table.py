"""The table of options: `EmulatorOptions`, and two small ones for what `Emulator` has no keyword for.

How a row is added is told in `emrsim.options`.
"""

# No `from __future__ import annotations`: the annotations are the table.

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Flag, auto
from functools import cache
from inspect import Parameter, Signature
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypedDict, get_args

from emrsim.core.ports import Engine
from emrsim.options.kinds import (
    Choice,
    ClockPace,
    Engines,
    FilePath,
    Keys,
    Kind,
    Names,
    Number,
    Seconds,
    SeedData,
    Size,
    Switch,
    Text,
)
from emrsim.seed_files import Seed
from emrsim.settings import DATA_FOLDER_NAME, DEFAULT_PORT, TESTS_SETTLE_SECONDS

_SECONDS_MAX = 1_000_000_000  # some 30 years: dates end later
_SIZE_MAX = 1 << 62  # setrlimit takes no more than a signed number of 64 bits


class Entrance(Flag):
    """Where an option can be set."""

    EMULATOR = auto()  # a keyword of `Emulator`
    SERVE = auto()  # `emrsim serve`, its environment variables, and [tool.emrsim]
    MARKER = auto()  # a keyword of @pytest.mark.emrsim
    INI = auto()  # a line of pytest's ini file, for all emulators of the fixtures


_TESTS = Entrance.MARKER | Entrance.INI
_ALL = Entrance.EMULATOR | Entrance.SERVE | _TESTS
_NOT_OF_TESTS = Entrance.EMULATOR | Entrance.SERVE


@dataclass(frozen=True)
class Option:
    """A row of the table.

    kind          its type and bounds, see `options.kinds`
    default       its value if none is given; None where emrsim chooses one (`default_text` says which)
    help          what it does, in a sentence or two
    entrances     where it can be set; everywhere, unless said
    setting       the field of `Settings` that it fills: that of its own name, unless said; "" for none
    flag          its name on the command line of `serve`, in the environment and in pyproject.toml, if
                  that is not its own: `settle` for settle_seconds
    defaults      other defaults, of some entrances
    default_text  the default in words, where it is not a constant
    """

    kind: Kind
    default: Any
    help: str
    entrances: Entrance = _ALL
    setting: str | None = None
    flag: str | None = None
    defaults: Mapping[Entrance, Any] = field(default_factory=lambda: MappingProxyType({}))
    default_text: str | None = None
    name: str = ""  # given by the table
    annotation: Any = None  # likewise

    @property
    def serve_name(self) -> str:
        """Its name for `serve`: `step-memory`."""
        return self.flag or self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Its environment variable for `serve`."""
        return f"EMRSIM_SERVE_{self.serve_name.upper().replace('-', '_')}"

    @property
    def ini_name(self) -> str:
        """Its name in pytest's ini file."""
        return f"emrsim_{self.name}"

    def default_of(self, entrance: Entrance) -> Any:
        """The default where it is set by `entrance`."""
        return self.defaults.get(entrance, self.default)


class _RootOption(TypedDict, total=False):
    root: Annotated[
        Path | str | None,
        Option(
            FilePath(),
            None,
            "The directory that is S3: ROOT/bucket/key.",
            entrances=Entrance.SERVE | Entrance.MARKER,
            setting="",
            defaults={Entrance.SERVE: Path("s3")},
            default_text="an empty folder of the emulator's own",
        ),
    ]


class EmulatorOptions(TypedDict, total=False):
    """The keywords of `Emulator`, beside the directory that is S3."""

    data: Annotated[
        Path | str | None,
        Option(
            FilePath(),
            None,
            "Where logs and work folders are.",
            entrances=_NOT_OF_TESTS,
            setting="",
            default_text=f"ROOT/{DATA_FOLDER_NAME}",
        ),
    ]
    host: Annotated[
        str,
        Option(
            Text("an address or a host name of this machine", "ADDRESS"),
            "127.0.0.1",
            "The address to listen on. Whoever reaches it runs programs on this machine.",
            entrances=_NOT_OF_TESTS,
        ),
    ]
    port: Annotated[
        int,
        Option(
            Number(0, 65_535, is_whole=True),
            0,
            "The port to listen on; 0 picks a free one.",
            entrances=_NOT_OF_TESTS,
            defaults={Entrance.SERVE: DEFAULT_PORT},
        ),
    ]
    clock: Annotated[
        str,
        Option(
            ClockPace(),
            "real",
            "How fast time goes: real, a pace such as 60x, instant (no wait for made-up machines), or manual "
            "(time passes by clock.advance and calls of /_emrsim/clock only).",
        ),
    ]
    boot_seconds: Annotated[
        float | None,
        Option(
            Seconds(0, _SECONDS_MAX),
            None,
            "From RunJobFlow to a ready cluster, half STARTING and half BOOTSTRAPPING.",
            setting="boot",
            default_text="0; 4 minutes unless the clock is real",
        ),
    ]
    step_seconds: Annotated[
        float | None,
        Option(
            Seconds(0, _SECONDS_MAX),
            None,
            "How long a step is RUNNING before its process starts.",
            setting="step",
            default_text="0; 1 minute unless the clock is real",
        ),
    ]
    shutdown_seconds: Annotated[
        float | None,
        Option(
            Seconds(0, _SECONDS_MAX),
            None,
            "How long a cluster stays in SHUTTING_DOWN.",
            setting="shutdown",
            default_text="0; 1 minute unless the clock is real",
        ),
    ]
    first_step_seconds: Annotated[
        float,
        Option(
            Seconds(0, _SECONDS_MAX),
            5.0,
            "How long a cluster that terminates after its last step waits for its first.",
            setting="first_step",
        ),
    ]
    settle_seconds: Annotated[
        float,
        Option(
            Seconds(0, 55),
            0.0,
            "Hold an answer that clients poll for, at most this long, while a change of state is near.",
            setting="settle",
            flag="settle",
            defaults={Entrance.MARKER: TESTS_SETTLE_SECONDS, Entrance.INI: TESTS_SETTLE_SECONDS},
        ),
    ]
    region: Annotated[
        str,
        Option(
            Text("a region such as us-east-1", "REGION", r"[a-z0-9]+(-[a-z0-9]+)*"),
            "us-east-1",
            "The region of calls whose signature names none.",
        ),
    ]
    strict: Annotated[bool, Option(Switch(), False, "Require roles and a version, as today's EMR does.")]
    seed: Annotated[
        Seed | None,
        Option(
            SeedData(),
            None,
            "Clusters that exist from the beginning, in any state.",
            setting="",
        ),
    ]
    engines: Annotated[
        Sequence[Engine],
        Option(
            Engines(),
            (),
            "Run kinds of steps of your own; asked before emrsim's engines.",
            entrances=Entrance.EMULATOR | Entrance.MARKER,
            setting="",
        ),
    ]
    slots: Annotated[
        int | None,
        Option(
            Number(1, 4096, is_whole=True),
            None,
            "How many tasks run at once, over all clusters.",
            default_text="the number of cores",
        ),
    ]
    step_memory_bytes: Annotated[
        int | str | None,
        Option(
            Size(_SIZE_MAX),
            None,
            "The memory that each process of a step may use.",
            flag="step-memory",
            default_text="no limit",
        ),
    ]
    step_cpu_seconds: Annotated[
        int | None,
        Option(
            Number(1, _SECONDS_MAX, is_whole=True, metavar="SECONDS"),
            None,
            "The CPU time that each process of a step may use.",
            default_text="no limit",
        ),
    ]
    pass_env: Annotated[
        Sequence[str],
        Option(Names("environment variables"), (), "Variables of this environment that steps see."),
    ]
    missing_packages: Annotated[
        str,
        Option(
            Text("fail or ignore", "fail|ignore", r"fail|ignore"),
            "fail",
            "What `yum install` and the like do in a step where this machine lacks what a package brings.",
        ),
    ]
    keep: Annotated[
        bool, Option(Switch(), False, "Keep the folders of steps and clusters after these have ended.")
    ]
    cache: Annotated[
        Path | str | None,
        Option(
            FilePath(),
            None,
            "The folder for what is made once, such as prepared classes of Spark.",
            default_text="$XDG_CACHE_HOME/emrsim, ~/.cache/emrsim",
        ),
    ]
    hadoop: Annotated[
        Path | str | None,
        Option(
            FilePath(must_exist=True),
            None,
            "Run jars with the Hadoop that is installed there (HADOOP_HOME).",
            setting="hadoop_home",
            default_text="the classes in pyspark",
        ),
    ]
    spark_master: Annotated[
        str | None,
        Option(
            Text("a URL such as spark://HOST:PORT", "URL"),
            None,
            "Run Spark on the cluster at spark://HOST:PORT.",
            default_text="this machine",
        ),
    ]
    require_auth: Annotated[
        Path | str | Mapping[str, str] | None,
        Option(
            Keys(),
            None,
            "Verify the signatures of calls, with the keys of this file (in the form of ~/.aws/credentials).",
            entrances=_NOT_OF_TESTS,
            setting="keys",
            default_text="signatures are not checked",
        ),
    ]
    allow_anonymous: Annotated[
        bool,
        Option(
            Switch(), False, "With keys required: accept calls without a signature.", entrances=_NOT_OF_TESTS
        ),
    ]
    allow_host: Annotated[
        Sequence[str],
        Option(
            Names("host names"),
            (),
            "Names of this server, beside localhost.",
            entrances=_NOT_OF_TESTS,
            setting="allowed_hosts",
        ),
    ]


class _OtherOptions(TypedDict, total=False):
    files: Annotated[
        Path | str | None,
        Option(
            FilePath(must_exist=True),
            None,
            "A folder whose content is copied into the S3 directory first.",
            entrances=Entrance.MARKER,
            setting="",
        ),
    ]
    leaks: Annotated[
        str,
        Option(
            Choice(("fail", "allow")),
            "fail",
            "What happens to a call of a boto client that would leave this machine.",
            entrances=_TESTS,
            setting="",
        ),
    ]
    session: Annotated[
        bool,
        Option(
            Switch(),
            False,
            "Start one emulator before tests are collected, for all of them; as does pytest --emrsim.",
            entrances=Entrance.INI,
            setting="",
        ),
    ]
    record: Annotated[
        Path | str | None,
        Option(
            FilePath("file"),
            None,
            "Write the session to this file, as a Python program that does the same with boto3.",
            entrances=Entrance.SERVE,
            setting="",
        ),
    ]


def _rows(*tables: Any) -> Mapping[str, Option]:
    rows = {}
    for table in tables:
        for name, annotation in table.__annotations__.items():
            kind, option = get_args(annotation)
            rows[name] = _named(option, name, kind)
    return MappingProxyType(rows)


def _named(option: Option, name: str, annotation: Any) -> Option:
    setting = name if option.setting is None else option.setting
    return replace(option, name=name, annotation=annotation, setting=setting)


OPTIONS: Mapping[str, Option] = _rows(_RootOption, EmulatorOptions, _OtherOptions)


@cache
def options_of(entrance: Entrance) -> Mapping[str, Option]:
    """The options that can be set by `entrance`, by name."""
    return MappingProxyType({name: one for name, one in OPTIONS.items() if entrance & one.entrances})


def emulator_signature() -> Signature:
    """The signature of `Emulator`, for `help` and documentation."""
    root = Parameter("root", Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=Path | str | None)
    keywords = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=one.default, annotation=one.annotation)
        for name, one in options_of(Entrance.EMULATOR).items()
    ]
    return Signature([root, *keywords])
