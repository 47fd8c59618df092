"""Applications that are made when somebody first asks them something."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def first_when_needed(make: Callable[[], WSGIApplication]) -> WSGIApplication:
    """The application that `make` makes, made at the first request: start-up does not pay for it."""
    made: list[WSGIApplication] = []
    lock = Lock()

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with lock:
            if not made:
                made.append(make())
        return made[0](environ, start_response)

    return app
