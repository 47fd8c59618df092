"""The console: pages for people below `/_emrsim/`, made on the server, loaded when somebody first looks.

site        what the pages are made of
app         the WSGI application: token, headers, answers to pages that ask whether something has changed
pages/      one module per page: what it shows, as plain data for its template
actions     what the forms do: operations of EMR and calls of `/_emrsim`, as clients make them
timeline    who caused what
logs        ends of logs, in colours
sentences   states and reasons as sentences
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

HOME = "/_emrsim/"
PREFIX = "/_emrsim/console/"

_LOOKS = {"GET", "HEAD"}
# Hosts that name a bucket: `/` is its listing there.
_HOSTS_OF_BUCKETS = (".localhost", ".amazonaws.com", ".amazonaws.com.cn")


def asks_for_console(environ: WSGIEnvironment) -> bool:
    """Return whether a request is the console's: one of its paths, or a browser's for the front page."""
    path: str = environ["PATH_INFO"]
    if path.startswith(PREFIX):
        return True
    if path not in {"/", HOME} or environ["REQUEST_METHOD"] not in _LOOKS:
        return False
    wants_page = "text/html" in environ.get("HTTP_ACCEPT", "")
    return wants_page and (path == HOME or _is_plain(environ))


def _is_plain(environ: WSGIEnvironment) -> bool:
    """Return whether a request of `/` is not signed, asks for nothing more, and names no bucket."""
    host = environ.get("HTTP_HOST", "").lower().partition(":")[0]
    is_signed = "HTTP_AUTHORIZATION" in environ and not environ["HTTP_AUTHORIZATION"].startswith("Basic ")
    return not (is_signed or environ.get("QUERY_STRING") or host.endswith(_HOSTS_OF_BUCKETS))
