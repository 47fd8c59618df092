"""Resets, seeds, exports, snapshots."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, Any

from emrsim.core.plain import PlainError, Reader, to_plain
from emrsim.seed_files import Seed, read_seed_file
from emrsim.service.clock import SteeredClock
from emrsim.service.effects import Effects
from emrsim.service.emulator import EmulatorState
from emrsim.service.faults import Faults
from emrsim.service.folders import DataFolder
from emrsim.service.outcomes import Outcomes
from emrsim.service.record.kept import KeptClock, KeptFaults, KeptRules
from emrsim.settings import Settings

if TYPE_CHECKING:
    from emrsim.keeping.swap import Swap


@dataclass(frozen=True)
class _Kept:
    """What a snapshot has beside clusters, accounts and files."""

    rules: KeptRules | None = None
    faults: KeptFaults | None = None
    clock: KeptClock | None = None


class StateManager:
    """Resets, seeds, exports and snapshots of one emulator, one at a time."""

    def __init__(
        self,
        state: EmulatorState,
        clock: SteeredClock,
        rules: Outcomes,
        faults: Faults,
        effects: Effects,
        settings: Settings,
        owns_root: bool,
    ) -> None:
        """`owns_root`: the S3 directory is emrsim's own, so a reset may empty it."""
        self._rules = rules
        self._faults = faults
        self._data = DataFolder(settings.data)
        self._spared = {settings.data, settings.root / ".fake_s3"}
        self._state = state
        self._clock = clock
        self._effects = effects
        self._settings = settings
        self._owns_root = owns_root
        self._turn = Lock()
        self._first_seed: Any = None
        self.on_reset: list[Callable[[], None]] = []  # called under the emulator's lock
        self.after_reset: list[Callable[[], None]] = []  # ... and without it

    def begin_with(self, seed: Seed | None, is_first: bool = True) -> None:
        """Add the clusters of `seed`, now and after every reset. Raises what `seed` raises.

        Where it `is_first` not, the state of an earlier start is there, and `seed` is for resets only.
        """
        if seed is not None:
            self._first_seed = _content(seed)
            if is_first:
                self.seed(self._first_seed)

    def reset(self, empty_root: bool | None = None) -> None:
        """Begin anew: no rule, nothing that runs, clusters, account and clock as at the beginning.

        So are the services beside EMR (`emrsim.neighbours`). The directory that is S3 stays as it is,
        unless it is emrsim's own or `empty_root` is true.
        """
        with self._turn:
            self._reset()
            if self._owns_root if empty_root is None else empty_root:
                self._empty_root()
            if self._first_seed is not None:
                self.seed(self._first_seed)

    def seed(self, seed: Seed) -> list[str]:
        """Add clusters in any state (`api.seeds`), of plain data or of a file; their ids.

        Raises PlainError, with nothing changed and the place named, and OSError.
        """
        from emrsim.api.seeds import seed as add

        return add(self._state, _content(seed))

    def export(self) -> dict[str, Any]:
        """All clusters, in the form of a seed."""
        from emrsim.service.restore import export

        return export(self._state)

    def snapshot(self, archive: IO[bytes]) -> None:
        """Write the state and the S3 directory to `archive`, a .tar.gz. Nothing may write to S3 during that.

        Raises PlainError for what could not be brought back: links out of the directory, pipes, devices.
        """
        from emrsim.keeping.archive import CLUSTER_FOLDERS, KEPT, METADATA, STATE, write_snapshot
        from fake_s3.backup import dump_metadata

        root = self._settings.root
        with self._turn, self._state.locked():
            clusters = [self._data.cluster(one.id).path for one in self._state.clusters.living()]
            documents = {STATE: self.export(), KEPT: self._kept(), METADATA: dump_metadata(root)}
        folders = [path for one in clusters for name in CLUSTER_FOLDERS if (path := one / name).is_dir()]
        with self._turn:
            entries = [path for path in sorted(root.iterdir()) if path not in self._spared]
            write_snapshot(archive, documents, entries, folders)

    def restore(self, archive: IO[bytes]) -> list[str]:
        """Begin anew with the state and the S3 directory of a snapshot; the ids of the clusters.

        Raises PlainError, with nothing changed, for what is no snapshot. If it is interrupted once it has
        begun to change something, the next start finishes it.
        """
        from emrsim.keeping.archive import unpack
        from emrsim.keeping.swap import Swap

        with self._turn:
            swap = Swap(self._settings.root, self._spared)
            stage = swap.make_stage()
            try:
                unpack(archive, stage)
                self._read(stage)
                swap.mark()
            except BaseException:
                swap.end()
                raise
            return self._finish(swap)

    def finish_restore(self) -> bool:
        """Finish a restore that was interrupted, if there is one; whether there was."""
        from emrsim.keeping.swap import STAGE_NAME, Swap

        if not (self._settings.root / STAGE_NAME).exists():
            return False
        swap = Swap(self._settings.root, self._spared)
        if not swap.is_marked:  # nothing had been changed
            swap.end()
            return False
        with self._turn:
            self._finish(swap)
        return True

    def _finish(self, swap: Swap) -> list[str]:
        from emrsim.keeping.archive import CLUSTERS
        from fake_s3.backup import load_metadata

        content, kept, metadata = self._read(swap.stage)
        self._reset()
        swap.go_on()
        load_metadata(self._settings.root, metadata)
        for folder in (swap.stage / CLUSTERS).glob("*/*"):
            target = self._data.cluster(folder.parent.name).path / folder.name
            shutil.rmtree(target, ignore_errors=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder, target)
        ids = self.seed(content)
        self._take_up(kept)
        swap.end()
        return ids

    def _read(self, stage: Path) -> tuple[Any, _Kept, Any]:
        """The documents of a snapshot, checked. Raises PlainError."""
        from emrsim.api.seeds import check_seed
        from emrsim.keeping.archive import KEPT, METADATA, STATE, read_json
        from fake_s3.backup import check_metadata

        content, metadata = read_json(stage / STATE), read_json(stage / METADATA)
        try:
            check_metadata(metadata)
        except ValueError as error:
            raise PlainError(f"snapshot: {METADATA}", str(error)) from None
        check_seed(content, self._clock.now())
        has_kept = (stage / KEPT).exists()  # snapshots before 0.3 have none
        kept = Reader(self._clock.now()).read(_Kept, read_json(stage / KEPT), KEPT) if has_kept else _Kept()
        return content, kept, metadata

    def _kept(self) -> Any:
        return to_plain(_Kept(self._rules.picture(), self._faults.picture(), self._clock.picture()))

    def _take_up(self, kept: _Kept) -> None:
        if kept.rules:
            self._rules.take_up(kept.rules)
        if kept.faults:
            self._faults.take_up(kept.faults)
        if kept.clock:
            self._clock.take_up(kept.clock, None, keep_pace=False)

    def _reset(self) -> None:
        def begin_anew() -> None:
            self._clock.reset()
            for hook in self.on_reset:
                hook()

        self._effects.reset(begin_anew)
        for hook in self.after_reset:
            hook()

    def _empty_root(self) -> None:
        from fake_s3.backup import remove_all

        remove_all(self._settings.root, spared=self._settings.data)


def _content(seed: Seed) -> Any:
    return read_seed_file(Path(seed)) if isinstance(seed, str | Path) else seed
