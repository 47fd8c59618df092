"""`python -m fake_s3 --root DIR --port N`: serves a directory to S3 clients."""

from __future__ import annotations

from pathlib import Path

import click

from fake_s3.app import create_app
from fake_s3.browser import parse_origin
from fake_s3.keyring import UnusableKeys, read_keys
from fake_s3.server import Server
from fake_s3.store import ObjectStore

_PATH = click.Path(path_type=Path)


@click.command()
@click.option("--root", type=_PATH, required=True, help="The directory of the buckets.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=0, help="The port to listen on; 0 takes a free one.")
@click.option("--fsync", is_flag=True, help="Answer a write only when the disk has it.")
@click.option("--require-auth", type=_PATH, metavar="FILE", help="Verify signatures, with the keys of FILE.")
@click.option("--allow-anonymous", is_flag=True, help="With --require-auth: let unsigned requests pass.")
@click.option("--allow-host", multiple=True, help="A host name of this server's, beside localhost.")
@click.option(
    "--allow-origin", multiple=True, metavar="URL", help="A web page that may call: http://HOST:PORT."
)
def main(
    root: Path,
    host: str,
    port: int,
    fsync: bool,
    require_auth: Path | None,
    allow_anonymous: bool,
    allow_host: tuple[str, ...],
    allow_origin: tuple[str, ...],
) -> None:
    """Serve the directory ROOT to S3 clients: its directories are buckets, their files are objects.

    The keys that --require-auth checks signatures with are in the format of ~/.aws/credentials.
    """
    try:
        keys = read_keys(require_auth) if require_auth else None
        origins = [parse_origin(text) for text in allow_origin]
    except (UnusableKeys, ValueError) as error:
        raise click.UsageError(str(error)) from error
    hosts = [name.lower() for name in allow_host]
    app = create_app(ObjectStore(root, fsync=fsync), keys, allow_anonymous, hosts, origins)
    server = Server(app, host, port)
    click.echo(f"fake_s3 listening on http://{host}:{server.port}")
    server.run()


if __name__ == "__main__":
    main(prog_name="python -m fake_s3")
