"""`emrsim serve`: an emulator until a signal comes."""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import NoReturn

from emrsim.app import RunningEmulator
from emrsim.settings import Settings, default_slots, settings_for

EXIT_UNUSABLE = 2  # as for an option that click refuses


def serve(
    host: str,
    port: int,
    root: Path,
    data: Path | None,
    boot_seconds: float,
    shutdown_seconds: float,
    slots: int | None,
    strict: bool,
) -> None:
    """Serve until SIGINT or SIGTERM; leaves no process behind. Exits with 2 where it cannot start."""
    settings = settings_for(
        root.absolute(),
        data.absolute() if data else None,
        host=host,
        port=port,
        boot=timedelta(seconds=boot_seconds),
        shutdown=timedelta(seconds=shutdown_seconds),
        slots=slots or default_slots(),
        strict=strict,
    )
    _check_root(settings.root)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    running = _start(settings)
    _greet(running)
    stop.wait()
    running.close()


def _check_root(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _exit(f"the root {root} cannot be made: {error.strerror}")
    if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
        _exit(f"the root {root} cannot be written to")


def _start(settings: Settings) -> RunningEmulator:
    try:
        return RunningEmulator(settings)
    except OSError as error:
        reason = error.strerror or str(error)
        _exit(f"cannot serve on {settings.host}:{settings.port} with data in {settings.data}: {reason}")


def _exit(why: str) -> NoReturn:
    print(f"emrsim: {why}", file=sys.stderr)
    raise SystemExit(EXIT_UNUSABLE)


def _greet(running: RunningEmulator) -> None:
    port = running.port
    print(f"emrsim listening on {running.url}")
    print(f'  boto 2:  eval "$(emrsim env --port {port})", then boto.connect_emr() as ever; or in code:')
    print(f"           EmrConnection('key', 'secret', is_secure=False, port={port},")
    print("                         region=RegionInfo(name='us-east-1', endpoint='127.0.0.1'))")
    print(f"  boto3:   boto3.client('emr', endpoint_url='{running.url}', region_name='us-east-1')")
    print(f"  S3 is the directory {running.settings.root}", flush=True)
