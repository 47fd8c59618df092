"""The commands of `emrsim`, as click describes them. What a command needs is imported when it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from emrsim.core.pace import BadPace, Pace, pace
from emrsim.settings import DATA_FOLDER_NAME, DEFAULT_PORT, __version__

Command = TypeVar("Command", bound=Callable[..., Any])

_ROOT_HELP = "The directory that is S3: ROOT/bucket/key."
_DATA_HELP = f"Logs and work folders.  [default: ROOT/{DATA_FOLDER_NAME}]"

root_option = click.option(
    "--root", type=click.Path(path_type=Path), default=Path("s3"), show_default="./s3", help=_ROOT_HELP
)
data_option = click.option("--data", type=click.Path(path_type=Path), default=None, help=_DATA_HELP)


def _pace(ctx: click.Context, param: click.Parameter, value: str) -> Pace:
    try:
        return pace(value)
    except BadPace as error:
        raise click.BadParameter(str(error)) from None


def _size(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    from emrsim.mapreduce.limits import size_bytes

    try:
        return size_bytes(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _wait_option(name: str, typical: str, help_text: str) -> Callable[[Command], Command]:
    """An option for an invented wait, which without a word is none by a real clock."""
    return click.option(
        name,
        type=click.FloatRange(0, 86400),
        default=None,
        help=f"{help_text}  [default: 0; {typical} where the clock is not real]",
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="emrsim")
def emrsim() -> None:
    """A local emulator of Amazon EMR that really runs the steps.

    Start with `emrsim serve`, then `eval "$(emrsim env)"` in the terminal where your program runs:
    boto 2, boto3 and the AWS CLI find the emulator without a change of code.
    """


@emrsim.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="0 picks a free one.",
)
@root_option
@data_option
@click.option(
    "--clock",
    callback=_pace,
    metavar="PACE",
    default="real",
    show_default=True,
    help="How fast time goes: real, 60x, instant (no wait for made-up machines), or manual: by calls of "
    "/_emrsim/clock.",
)
@_wait_option("--boot-seconds", "4 minutes", "To a ready cluster, half STARTING and half BOOTSTRAPPING.")
@_wait_option("--step-seconds", "1 minute", "How long a step is RUNNING before its process begins.")
@_wait_option("--shutdown-seconds", "1 minute", "How long a cluster stays in SHUTTING_DOWN.")
@click.option(
    "--settle",
    type=click.FloatRange(0, 55),
    default=0.0,
    show_default=True,
    metavar="SECONDS",
    help="Hold answers that clients wait for, up to so long, while a better one is near.",
)
@click.option(
    "--seed",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Clusters that are there from the beginning, in any state: .json or .yaml (see the README).",
)
@click.option(
    "--slots",
    type=click.IntRange(1, 4096),
    default=None,
    help="Tasks at once, over all clusters.  [default: the number of cores]",
)
@click.option(
    "--step-memory", callback=_size, metavar="SIZE", help="What each process of a step may have, such as 2g."
)
@click.option(
    "--step-cpu-seconds",
    type=click.IntRange(1),
    default=None,
    help="The CPU time that each process of a step may use.",
)
@click.option(
    "--pass-env", multiple=True, metavar="NAME", help="A variable of this environment that steps may see."
)
@click.option("--keep", is_flag=True, help="Keep the folders of steps and clusters that have ended.")
@click.option(
    "--hadoop",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="HOME",
    help="Run jars with the Hadoop that is installed there.",
)
@click.option("--spark-master", metavar="URL", help="Run Spark on the cluster at spark://HOST:PORT.")
@click.option("--strict", is_flag=True, help="Require roles and a version, as today's EMR does.")
@click.option(
    "--require-auth",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Verify the signatures of EMR and S3 calls, with the keys of FILE (as ~/.aws/credentials).",
)
@click.option("--allow-anonymous", is_flag=True, help="With --require-auth: let unsigned calls pass.")
@click.option(
    "--allow-host", multiple=True, metavar="NAME", help="A name of this server's, beside localhost."
)
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the session to FILE, as a Python program that does the same with boto3.",
)
def serve(**options: Any) -> None:
    """Serve EMR and S3 on one port until SIGINT or SIGTERM.

    Buckets are directories below ROOT: make one with mkdir, put input into it with cp, and read what
    a step has written with cat. Steps run on this machine, as you: serve other addresses than
    127.0.0.1 only to people who may run programs here.
    """
    from emrsim.cli.serve import ServeOptions
    from emrsim.cli.serve import serve as run

    run(ServeOptions(**options))


@emrsim.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the emulator listens.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="Its port."
)
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("emrsim-boto.cfg"),
    show_default="./emrsim-boto.cfg",
    help="The boto config file to write.",
)
def env(host: str, port: int, path: Path) -> None:
    """Write a boto config file, and print the environment that points clients at the emulator.

    Use it as `eval "$(emrsim env)"`. With that, EmrConnection(), boto.connect_emr() and boto.connect_s3()
    of boto 2 reach the emulator, and so do boto3 and the AWS CLI. What each line is for is printed with it.
    """
    from emrsim.cli.env import write_env

    write_env(host, port, path)


@emrsim.command()
@click.argument("cluster_id", metavar="JOBFLOW_ID")
@click.argument("step_id", metavar="[STEP_ID]", required=False)
@root_option
@data_option
def logs(cluster_id: str, step_id: str | None, root: Path, data: Path | None) -> None:
    """Print the logs of a job flow's steps: controller, syslog, stdout and stderr.

    They are read from the data folder, so the emulator need not be running.
    """
    from emrsim.cli.logs import print_logs

    print_logs(data or root / DATA_FOLDER_NAME, cluster_id, step_id)


@emrsim.command()
def doctor() -> None:
    """Tell which kinds of step can run on this machine, and what would enable the others."""
    from emrsim.cli.doctor import print_findings

    print_findings()


@emrsim.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def streaming(arguments: tuple[str, ...]) -> None:
    """Run a Hadoop-streaming job with Hadoop's arguments, without a server.

    `emrsim streaming -input in -output out -mapper cat -reducer 'wc -l'`; s3://, s3n:// and s3a:// URIs
    are below the directory that EMRSIM_ROOT names (./s3 without it), and hdfs:// and plain paths below the
    one that EMRSIM_HDFS names (plain paths are local files without it). -help lists all options.
    """
    from emrsim.programs.table import run

    raise SystemExit(run("streaming", list(arguments)))


endpoint_option = click.option(
    "--endpoint",
    metavar="URL",
    default=f"http://127.0.0.1:{DEFAULT_PORT}",
    show_default=True,
    help="The emulator; with a key where it asks for one: http://KEY:SECRET@HOST:PORT.",
)


@emrsim.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@endpoint_option
def snapshot(path: Path, endpoint: str) -> None:
    """Keep the clusters and the S3 directory of a running emulator in FILE, a .tar.gz."""
    from emrsim.cli.snapshot import take

    take(path, endpoint)


@emrsim.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@endpoint_option
def restore(path: Path, endpoint: str) -> None:
    """Give a running emulator the clusters and the S3 directory of a snapshot, in place of its own.

    What is in its S3 directory is removed. Clusters stand as they were; no process comes back.
    """
    from emrsim.cli.snapshot import bring_back

    bring_back(path, endpoint)


@emrsim.command()
@click.option("--endpoint", metavar="URL", default=None, help="Use the emulator there instead of a new one.")
def demo(endpoint: str | None) -> None:
    """Run the boto EMR tutorial, end to end, with real boto 2.49, and print what happens.

    Starts an emulator of its own on a free port, unless --endpoint names one. Exits with 0 only if
    everything was as the tutorial says.
    """
    from emrsim.cli.demo import run_demo

    raise SystemExit(run_demo(endpoint))
