"""Objects of S3 sent, uploaded and deleted. The directory is the truth: a file in it is an object."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from emrsim.core.ports import StorageError
from emrsim.storage import temporary_beside
from emrsim.web.console import PREFIX
from emrsim.web.console.app import Pages, of_a_file
from emrsim.web.console.pages import s3
from emrsim.web.console.previews import picture_type
from emrsim.web.console.site import NotThere

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

_BLOCK_BYTES = 1 << 16
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\"\\]")


def show_s3(pages: Pages) -> ResponseReturnValue:
    """Show buckets, a folder or a file."""
    return pages.render("s3.html", **s3.context(pages.site, request.args))


def send_file(pages: Pages) -> ResponseReturnValue:
    """Send an object: as a picture where it is one and `look` is asked, else to be kept."""
    uri = request.args.get("uri", "")
    path = s3.path_of(pages.site, uri, request.args.get("cluster", ""))
    if not path.is_file():
        raise NotThere(f"There is nothing at {uri}.")
    file = open(path, "rb")  # noqa: SIM115  whoever sends it closes it
    picture = picture_type(path.name) if "look" in request.args else None
    answer = Response(
        request.environ["wsgi.file_wrapper"](file, _BLOCK_BYTES),
        content_type=picture or "application/octet-stream",
        direct_passthrough=True,
    )
    answer.headers["Content-Length"] = str(os.fstat(file.fileno()).st_size)
    if picture is None:
        name = _NOT_IN_NAMES.sub("_", path.name)
        answer.headers.set("Content-Disposition", "attachment", filename=name)
    return of_a_file(answer)


def upload(pages: Pages) -> ResponseReturnValue:
    """Put files into a folder; each is there whole, or not at all."""
    uri = request.form.get("uri", "")
    files = [one for one in request.files.getlist("files") if one.filename]
    if not files:
        raise StorageError("no file was chosen")
    for one in files:
        _put(pages, f"{uri.rstrip('/')}/{os.path.basename(one.filename or '')}", one)
    return redirect(_url(uri), 303)


def _put(pages: Pages, uri: str, file: FileStorage) -> None:
    path = s3.path_of(pages.site, uri, "", to_write=True)
    staged = temporary_beside(str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(staged, "wb") as target:
            shutil.copyfileobj(file.stream, target)
        os.replace(staged, path)
    except OSError as error:
        raise StorageError(f"{uri} cannot be written: {error.strerror}") from None
    finally:
        if os.path.exists(staged):
            os.unlink(staged)


def delete(pages: Pages) -> ResponseReturnValue:
    """Delete an object."""
    uri = request.form.get("uri", "")
    path = s3.path_of(pages.site, uri, "", to_write=True)
    if not path.is_file():
        raise NotThere(f"There is nothing at {uri}.")
    try:
        path.unlink()
    except OSError as error:
        raise StorageError(f"{uri} cannot be deleted: {error.strerror}") from None
    return redirect(_url(f"{uri.rpartition('/')[0]}/"), 303)


def _url(uri: str) -> str:
    return f"{PREFIX}s3?{urlencode({'uri': uri})}"
