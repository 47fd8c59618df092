"""`emrsim serve`: an emulator until a signal comes."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, NoReturn

from emrsim.access import UnusableKeys, keys_in
from emrsim.app import RunningEmulator
from emrsim.core.pace import Pace
from emrsim.core.plain import PlainError
from emrsim.settings import Settings, default_slots, optional_seconds, settings_for

if TYPE_CHECKING:
    from emrsim.service.recording import Recording

EXIT_UNUSABLE = 2  # as for an option that click refuses


@dataclass(frozen=True)
class ServeOptions:
    """The options of `emrsim serve`, as click parsed them."""

    host: str
    port: int
    root: Path
    data: Path | None
    clock: Pace
    boot_seconds: float | None
    step_seconds: float | None
    shutdown_seconds: float | None
    settle: float
    seed: Path | None
    slots: int | None
    step_memory: int | None
    step_cpu_seconds: int | None
    pass_env: tuple[str, ...]
    keep: bool
    hadoop: Path | None
    spark_master: str | None
    strict: bool
    require_auth: Path | None
    allow_anonymous: bool
    allow_host: tuple[str, ...]
    record: Path | None


def serve(options: ServeOptions) -> None:
    """Serve until SIGINT or SIGTERM; leaves no process behind. Exits with 2 where it cannot start."""
    settings = _settings(options)
    _check_root(settings.root)
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    running = _start(settings, options.seed)
    recording = _record(running, options.record) if options.record else None
    _greet(running)
    stop.wait()
    running.close()
    if recording:
        recording.close()


def _settings(options: ServeOptions) -> Settings:
    # A key of their own: those of the file are not for steps.
    step_key = ("emrsim", secrets.token_urlsafe())
    return settings_for(
        options.root.absolute(),
        options.data.absolute() if options.data else None,
        host=options.host,
        port=options.port,
        clock=options.clock,
        boot=optional_seconds(options.boot_seconds),
        step=optional_seconds(options.step_seconds),
        shutdown=optional_seconds(options.shutdown_seconds),
        settle=timedelta(seconds=options.settle),
        slots=options.slots or default_slots(),
        step_memory_bytes=options.step_memory,
        step_cpu_seconds=options.step_cpu_seconds,
        pass_env=options.pass_env,
        keep=options.keep,
        hadoop_home=options.hadoop.absolute() if options.hadoop else None,
        spark_master=options.spark_master,
        strict=options.strict,
        keys={**_keys(options.require_auth), **dict([step_key])} if options.require_auth else None,
        step_key=step_key,
        allow_anonymous=options.allow_anonymous,
        allowed_hosts=tuple(name.lower() for name in options.allow_host),
    )


def _keys(path: Path) -> Mapping[str, str]:
    try:
        return keys_in(path)
    except UnusableKeys as error:
        _exit(str(error))


def _check_root(root: Path) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _exit(f"the root {root} cannot be made: {error.strerror}")
    if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
        _exit(f"the root {root} cannot be written to")


def _start(settings: Settings, seed: Path | None) -> RunningEmulator:
    try:
        return RunningEmulator(settings, seed=seed)
    except PlainError as error:
        _exit(f"the seed cannot be used: {error}")
    except OSError as error:
        reason = error.strerror or str(error)
        _exit(f"cannot serve on {settings.host}:{settings.port} with data in {settings.data}: {reason}")


def _record(running: RunningEmulator, path: Path) -> Recording:
    from emrsim.service.recording import Recording

    try:
        return Recording(path, running.journal, running.state, running.settings.root)
    except OSError as error:
        running.close()
        _exit(f"the recording {path} cannot be written: {error.strerror}")


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
