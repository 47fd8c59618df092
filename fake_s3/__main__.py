"""`python -m fake_s3 --root DIR --port N`: serves a directory to S3 clients."""

from __future__ import annotations

from pathlib import Path

import click

from fake_s3.app import create_app
from fake_s3.server import Server
from fake_s3.store import ObjectStore


@click.command(help=__doc__)
@click.option("--root", type=click.Path(path_type=Path), required=True, help="The directory of the buckets.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=0, help="The port to listen on; 0 takes a free one.")
@click.option("--fsync", is_flag=True, help="Answer a write only when the disk has it.")
def main(root: Path, host: str, port: int, fsync: bool) -> None:
    """Serves until it is interrupted."""
    server = Server(create_app(ObjectStore(root, fsync=fsync)), host, port)
    click.echo(f"fake_s3 listening on http://{host}:{server.port}")
    server.run()


if __name__ == "__main__":
    main(prog_name="python -m fake_s3")
