"""An emulator for a program or a test: `emrsim.Emulator`."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from inspect import Signature
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Unpack
from urllib.parse import urlsplit

from emrsim.app import RunningEmulator
from emrsim.core.ports import Engine
from emrsim.helpers import Helpers
from emrsim.keeping import Seed
from emrsim.options import EmulatorOptions, Entrance, check_options, emulator_signature, settings_of
from emrsim.service.clock import SteeredClock
from emrsim.service.outcomes import Outcomes, UnusedRules


class Emulator(Helpers):
    """An emulator for a program or a test, as a context manager: serves on a free port of 127.0.0.1.

    `root` is the directory that is S3; by default an empty one that is removed at the end. The keywords are
    described in `emrsim.options.table` and docs/options.md; an invalid one raises TypeError or ValueError,
    naming it. What it does for a test besides is in `Helpers`.

    Leaving the block terminates all steps. If emrsim itself has failed, it raises that error.
    """

    __signature__: ClassVar[Signature] = emulator_signature()

    def __init__(self, root: Path | str | None = None, **options: Unpack[EmulatorOptions]) -> None:
        __tracebackhide__ = True  # pytest shows the caller's line instead
        try:
            checked = check_options(options, Entrance.EMULATOR)
        except (TypeError, ValueError) as error:
            raise error.with_traceback(None) from None
        self._temporary = tempfile.TemporaryDirectory(prefix="emrsim-") if root is None else None
        self.root = Path(root or self._temporary.name).absolute()  # type: ignore[union-attr]
        self._settings = settings_of(self.root, checked, Entrance.EMULATOR)
        self._engines: Sequence[Engine] = checked.get("engines", ())
        self._seed: Seed | None = checked.get("seed")
        self._running: RunningEmulator | None = None

    @property
    def running(self) -> RunningEmulator:
        """The emulator behind the port; RuntimeError outside of the `with` block."""
        if self._running is None:
            raise RuntimeError("the emulator is not running: use it in a `with` block, or call start()")
        return self._running

    def __repr__(self) -> str:
        """Where it serves, and its clusters with their states."""
        if self._running is None:
            return f"<Emulator of {self.root}, not running>"
        with self._running.state.locked() as state:
            clusters = ", ".join(f"{one.id} {one.state}" for one in state.clusters.values()) or "no clusters"
        return f"<Emulator at {self.url}: {clusters}>"

    @property
    def is_running(self) -> bool:
        """Whether it serves."""
        return self._running is not None

    @property
    def host(self) -> str:
        """The host of `url`."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return self.running.port

    @property
    def url(self) -> str:
        """The endpoint URL, for boto3's `endpoint_url`."""
        return self.running.url

    @property
    def clock(self) -> SteeredClock:
        """The clock: `emulator.clock.advance("PT1H")`, `emulator.clock.set_pace("60x")`."""
        return self.running.clock

    @property
    def rules(self) -> Outcomes:
        """What is to become of steps and clusters: `emulator.rules.add({"match": …, "then": …})`."""
        return self.running.rules

    def reset(self, empty_root: bool | None = None) -> None:
        """Begin anew: no cluster but those of `seed`, no rule, the clock as at first.

        What is in the S3 directory stays, unless that is emrsim's own or `empty_root` is true.
        """
        self.running.keeper.reset(empty_root)

    def seed(self, seed: Seed) -> list[str]:
        """Add clusters in any state, of plain data or of a file; their ids. Raises PlainError, OSError."""
        return self.running.keeper.seed(seed)

    def export(self) -> dict[str, Any]:
        """All clusters, in the form of a seed."""
        return self.running.keeper.export()

    def snapshot(self, path: Path | str) -> None:
        """Keep the clusters and the S3 directory in the archive `path`, a .tar.gz.

        Raises PlainError, with no archive made, for what could not be brought back.
        """
        partial = Path(f"{path}.partial")
        try:
            with partial.open("wb") as archive:
                self.running.keeper.snapshot(archive)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def restore(self, path: Path | str) -> list[str]:
        """Begin anew with the clusters and the S3 directory of a snapshot; the ids of the clusters.

        Raises PlainError, with nothing changed, for what is no snapshot.
        """
        with open(path, "rb") as archive:
            return self.running.keeper.restore(archive)

    @property
    def data(self) -> Path:
        """Where logs and work folders are."""
        return self._settings.data

    def start(self) -> Emulator:
        """Begin to serve, where a `with` block does not fit; `close` ends it.

        Raises RuntimeError if it serves already.
        """
        if self._running is not None:
            raise RuntimeError(f"the emulator is running already, at {self.url}")
        owns_root = self._temporary is not None
        self._running = RunningEmulator(self._settings, self._engines, self._seed, owns_root)
        return self

    def close(self) -> None:
        """End all steps and stop serving; raises what emrsim itself has failed with, if it has.

        Warns of rules that were not used.
        """
        running = self._end()
        _warn_of(running.rules.unused())

    def raise_bugs(self) -> None:
        """Raise what emrsim itself has failed with since it was last asked, if it has."""
        self.running.bugs.raise_found()

    def warn_of_unused_rules(self) -> None:
        """Warn of rules that have matched nothing so far."""
        _warn_of(self.rules.unused())

    def _end(self) -> RunningEmulator:
        """End it as `close` does, without the warning; what has run."""
        running, self._running = self.running, None
        running.close()
        if self._temporary:
            self._temporary.cleanup()
        running.bugs.raise_found()
        return running

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is None:  # the block has closed it
            return
        if error is None:
            self.close()
        else:
            self._end()  # what the block has failed with says more than rules that it did not get to


def _warn_of(unused: Sequence[Mapping[str, Any]]) -> None:
    if unused:
        listed = ", ".join(f"{rule['id']} ({rule['match']})" for rule in unused)
        warnings.warn(UnusedRules(f"rules that matched nothing: {listed}"), stacklevel=3)
