"""The console as a WSGI application: who may look and change, and what has changed since somebody looked.

A page that is open asks for itself once a second or less often, with the tag of what it shows. Where nothing
has changed it gets an empty answer, without anything being rendered; what many pages show is rendered once
(`benchmarks/console.py` measures both).
"""

from __future__ import annotations

import hmac
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from types import ModuleType
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from emrsim.core.ports import StorageError
from emrsim.service.waiting_room import NoRoom
from emrsim.settings import __version__
from emrsim.web.console import HOME, PREFIX
from emrsim.web.console.actions import Rejected
from emrsim.web.console.site import NotThere, Site
from emrsim.web.console.wording import absolute, ago, size_text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

POLL = "X-Emrsim-Poll"
_NOW = "X-Emrsim-Now"
_CACHED_PAGES = 32
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# Of what is in S3, which may be anything: it is nobody's page.
_FILE_POLICY = "default-src 'none'; sandbox"


class Strangers(Exception):
    """A request without a key, where keys are asked for."""


class NotFromAPage(Exception):
    """A change that no page of this server has asked for."""


@dataclass(frozen=True)
class Pages:
    """Renders templates, and keeps what many open pages show."""

    site: Site
    app: Flask
    rendered: OrderedDict[str, tuple[str, str]]

    def render(self, template: str, status: int = 200, **context: Any) -> Response:
        """Return a page."""
        site = self.site
        shared = {
            "token": site.token,
            "now": site.now,
            "rate": site.controls.clock.pace.rate,
            "clock": site.controls.clock.pace.name,
            "version": __version__,
            "home": HOME,
            "base": PREFIX,
            "path": request.path,
            "is_busy": False,
        }
        text = self.app.jinja_env.get_template(template).render({**shared, **context})
        return Response(text, status, content_type="text/html; charset=utf-8")

    def live(self, page: ModuleType, template: str, *ids: str) -> Response:
        """Return a page that asks for itself again, or 304 where what it shows is what there is."""
        query = request.args.to_dict()
        key = request.full_path
        stamp = repr(
            (self.site.token, key, self.site.controls.clock.pace.name, page.version(self.site, query, *ids))
        )
        tag = f'"{blake2b(stamp.encode(), digest_size=12).hexdigest()}"'
        is_poll = POLL in request.headers
        if request.headers.get("If-None-Match") == tag:
            # Nothing, for a script: after a 304 the server would close the connection.
            return Response(headers={"ETag": tag}) if is_poll else Response(status=304)
        if is_poll and (found := self.rendered.get(key)) and found[0] == tag:
            response = Response(found[1], content_type="text/html; charset=utf-8")
        else:
            response = self.render(template, **page.context(self.site, query, *ids))
            if is_poll:
                self._keep(key, tag, response.get_data(as_text=True))
        response.headers["ETag"] = tag
        return response

    def _keep(self, key: str, tag: str, text: str) -> None:
        self.rendered[key] = tag, text
        while len(self.rendered) > _CACHED_PAGES:
            self.rendered.popitem(last=False)


def console_app(site: Site, is_known: Callable[[WSGIEnvironment], bool]) -> Flask:
    """Return the application. Those who are not `is_known` are asked for a key and its secret."""
    from emrsim.web.console import routes

    app = Flask(__name__, static_folder="static", static_url_path=f"{PREFIX}static")
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(ago=ago, absolute=absolute, size=size_text)
    pages = Pages(site, app, OrderedDict())
    app.before_request(lambda: _guard(site, is_known))
    app.after_request(lambda response: _finish(site, response))
    app.register_error_handler(Exception, lambda error: _error(pages, error))
    for rule, methods, view in routes.ROUTES:
        app.add_url_rule(
            rule, endpoint=f"{rule} {methods}", view_func=_bound(view, pages), methods=list(methods)
        )
    return app


def _bound(view: Callable[..., ResponseReturnValue], pages: Pages) -> Callable[..., ResponseReturnValue]:
    def answer(**words: str) -> ResponseReturnValue:
        if request.method != "POST":
            return view(pages, **words)
        with pages.site.controls.waiting_room.place():  # some wait for processes to end
            return view(pages, **words)

    return answer


def _guard(site: Site, is_known: Callable[[WSGIEnvironment], bool]) -> None:
    """Raise for a request that may not look, or for a change that comes from no page here."""
    if not is_known(request.environ):
        raise Strangers
    if request.method in {"GET", "HEAD"}:
        return
    own = f"{request.scheme}://{request.host}"
    if request.headers.get("Origin") != own:
        raise NotFromAPage(f"a change has to come from a page of {own}")
    if not hmac.compare_digest(request.form.get("token", "").encode(), site.token.encode()):
        raise NotFromAPage("the page is older than the server: load it again")


def _finish(site: Site, response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    if not request.path.startswith(f"{PREFIX}static"):
        headers["Cache-Control"] = "no-store"
        headers[_NOW] = now_text(site.now)
    return response


def now_text(now: datetime) -> str:
    """Return the time of the emulator's clock, for scripts."""
    return now.isoformat()


def of_a_file(response: Response) -> Response:
    """Return the answer that has the content of a file, which must not be anybody's page."""
    response.headers["Content-Security-Policy"] = _FILE_POLICY
    return response


def _error(pages: Pages, error: Exception) -> Response:
    if isinstance(error, Strangers):
        response = Response("A key of this emulator and its secret are needed, as user and password.\n", 401)
        response.headers["WWW-Authenticate"] = 'Basic realm="emrsim", charset="UTF-8"'
        return response
    found = _known(error)
    if found is None:
        pages.site.controls.bugs.record(error)
        found = 501, "This is a bug of emrsim's", repr(error)
    status, title, message = found
    return pages.render("error.html", status, title=title, message=message)


def _known(error: Exception) -> tuple[int, str, str] | None:
    """Status, title and message of an error that is no bug."""
    if isinstance(error, NotThere):
        return 404, "Not found", str(error)
    if isinstance(error, Rejected | StorageError):
        return 400, "Rejected", str(error)
    if isinstance(error, NotFromAPage):
        return 403, "Not changed", f"Nothing was changed: {error}."
    if isinstance(error, NoRoom):
        return 503, "Busy", str(error)
    if isinstance(error, HTTPException):
        return error.code or 400, error.name, error.description or ""
    return None


def form_of(form: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a form, without the token."""
    return {name: value for name, value in form.items() if name != "token"}
