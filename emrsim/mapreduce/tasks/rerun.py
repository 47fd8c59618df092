#!/usr/bin/env python3
"""Run a failed task again, with its input, folder and environment; copied as `rerun` beside them.

./rerun          run the command; its exit code is this one's
./rerun --pdb    run a Python script under the debugger; commands come from the terminal
"""

import json
import os
import sys
from pathlib import Path


def main() -> None:
    """Replace this process by the task's command."""
    here = Path(__file__).resolve().parent
    task = json.loads((here / "task.json").read_text())
    os.chdir(here / "work")
    os.environ.clear()
    os.environ.update(task["environment"], TMPDIR=str(here / "work" / "tmp"))
    if "--pdb" in sys.argv[1:]:
        debug(task["words"], here / "input")
    else:
        os.dup2(os.open(here / "input", os.O_RDONLY), 0)
        program = task["words"][0]
        os.execvp(program if not os.path.exists(program) else os.path.abspath(program), task["words"])


def debug(words: list[str], task_input: Path) -> None:
    """Run the first word that is a Python file under pdb, which keeps the terminal for itself."""
    import pdb
    import traceback

    script = next(word for word in words if _is_python(word))
    debugger = pdb.Pdb(stdin=sys.stdin, stdout=sys.stderr)
    sys.argv = words[words.index(script) :]
    sys.path.insert(0, os.path.dirname(os.path.realpath(script)))
    sys.stdin = task_input.open()
    code = compile(Path(script).read_text(), script, "exec")
    try:
        debugger.run(code, {"__name__": "__main__", "__file__": script})
    except Exception as error:
        traceback.print_exc()
        debugger.reset()
        debugger.interaction(None, error.__traceback__)


def _is_python(word: str) -> bool:
    return os.path.isfile(word) and b"python" in Path(word).read_bytes()[:100]


if __name__ == "__main__":
    main()
