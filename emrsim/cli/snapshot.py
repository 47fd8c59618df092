"""`emrsim snapshot`, `emrsim restore` and `emrsim reset`: a running emulator as a whole."""

from __future__ import annotations

import base64
import json
import shutil
import sys
from pathlib import Path
from typing import IO, NoReturn
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen


def take(path: Path, endpoint: str) -> None:
    """Write a snapshot of the emulator at `endpoint` to `path`. Exits with 1 where that fails.

    Where keys are asked for, `endpoint` has one: `http://KEY:SECRET@HOST:PORT`.
    """
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with _answer(_request(endpoint)) as answer, open(unfinished, "wb") as archive:
            shutil.copyfileobj(answer, archive)
        unfinished.replace(path)
    except OSError as error:
        _exit(f"{path}: {error.strerror or error}")


def bring_back(path: Path, endpoint: str) -> None:
    """Give the emulator at `endpoint` the snapshot in `path`. Exits with 1 where that fails."""
    with open(path, "rb") as archive:
        request = _request(endpoint, archive)
        request.add_header("Content-Length", str(path.stat().st_size))
        request.add_header("Content-Type", "application/gzip")
        with _answer(request) as answer:
            count = len(json.load(answer)["clusters"])
    print(f"{path} was restored, with {count} clusters.")


def reset(endpoint: str, empty_root: bool) -> None:
    """Reset the emulator at `endpoint`. Exits with 1 where that fails."""
    body = json.dumps({"empty_root": True} if empty_root else {}).encode()
    request = _request(endpoint, body, "reset")
    request.add_header("Content-Type", "application/json")
    with _answer(request):
        print("The emulator was reset" + (", and its S3 directory emptied." if empty_root else "."))


def _request(endpoint: str, body: IO[bytes] | bytes | None = None, call: str = "snapshot") -> Request:
    parts = urlsplit(endpoint)
    user, _, host = parts.netloc.rpartition("@")
    request = Request(f"{parts.scheme}://{host}{parts.path.rstrip('/')}/_emrsim/{call}", body)
    if user:
        request.add_header("Authorization", f"Basic {base64.b64encode(unquote(user).encode()).decode()}")
    return request


def _answer(request: Request) -> IO[bytes]:
    try:
        answer: IO[bytes] = urlopen(request)
        return answer
    except HTTPError as error:
        with error:
            _exit(json.load(error)["error"])
    except URLError as error:
        _exit(f"no emulator answers at {request.full_url}: {error.reason}")


def _exit(why: str) -> NoReturn:
    print(f"emrsim: {why}", file=sys.stderr)
    raise SystemExit(1)
