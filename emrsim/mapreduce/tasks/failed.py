"""What a failed task leaves behind for its author: input, folder, environment, a script to run it again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.chunks import Chunk
from emrsim.mapreduce.tasks import rerun


def keep_failed(
    folder: Path,
    words: Sequence[str],
    work: Path,
    environment: Mapping[str, str],
    source: Iterable[Chunk],
    reason: str,
) -> None:
    """Fill `folder` with `input`, `work`, `task.json`, `reason` and the script `rerun`."""
    folder.mkdir(parents=True)
    # Damaged input fails here as it did in the task: what could be read is kept.
    with open(folder / "input", "wb") as target, suppress(TaskFailed):
        for chunk in source:
            target.write(bytes(chunk))
    # The files that were links into the job's scratch space, which goes away.
    shutil.copytree(work, folder / "work")
    (folder / "task.json").write_text(json.dumps({"words": list(words), "environment": dict(environment)}))
    (folder / "reason").write_text(reason + "\n")
    shutil.copyfile(rerun.__file__, folder / "rerun")
    (folder / "rerun").chmod(0o755)
