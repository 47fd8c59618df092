"""What the page of test controls does, each a call of `/_emrsim`; and the pages of requests and machine."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from emrsim.web.console import PREFIX
from emrsim.web.console.actions import Rejected, call_control, read_json
from emrsim.web.console.app import Pages
from emrsim.web.console.pages import controls, machine, requests
from emrsim.web.console.site import NotThere


def show_requests(pages: Pages) -> ResponseReturnValue:
    """List the journal."""
    return pages.live(requests, "requests.html")


def show_request(pages: Pages, number: str) -> ResponseReturnValue:
    """Show one request."""
    if not (number.isdecimal() and len(number) < 12):
        raise NotThere(f"There is no request {number}.")
    return pages.render("request.html", **requests.one(pages.site, int(number)))


def show_machine(pages: Pages) -> ResponseReturnValue:
    """Show what runs here."""
    with pages.site.controls.waiting_room.place():  # the first look takes a process
        return pages.render("machine.html", **machine.context(pages.site, request.args))


def show_controls(pages: Pages) -> ResponseReturnValue:
    """Show rules, faults, clock."""
    return pages.live(controls, "controls.html")


def add_rule(pages: Pages) -> ResponseReturnValue:
    """Add a rule."""
    return _change(pages, "POST", "rules", "The rule")


def delete_rule(pages: Pages, id: str) -> ResponseReturnValue:
    """Delete a rule."""
    return _do(pages, "DELETE", f"rules/{id}")


def release_rule(pages: Pages, id: str) -> ResponseReturnValue:
    """Let go what a rule has made hang."""
    return _do(pages, "POST", f"rules/{id}/release")


def add_fault(pages: Pages) -> ResponseReturnValue:
    """Add a fault."""
    return _change(pages, "POST", "faults", "The fault")


def delete_fault(pages: Pages, id: str) -> ResponseReturnValue:
    """Delete a fault."""
    return _do(pages, "DELETE", f"faults/{id}")


def add_seed(pages: Pages) -> ResponseReturnValue:
    """Add clusters in any state."""
    return _change(pages, "POST", "seed", "Clusters")


def set_clock(pages: Pages) -> ResponseReturnValue:
    """Set the pace, and move the clock on."""
    asked: dict[str, Any] = {}
    mode, advance = request.form.get("mode", ""), request.form.get("advance", "").strip()
    if mode and mode != pages.site.controls.clock.pace.name:
        asked["mode"] = mode
    if advance:
        asked["advance"] = _number(advance)
    return _do(pages, "POST", "clock", asked)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def reset(pages: Pages) -> ResponseReturnValue:
    """Begin anew."""
    return _do(pages, "POST", "reset", {"empty_root": True} if "empty_root" in request.form else {})


def restore(pages: Pages) -> ResponseReturnValue:
    """Restore a snapshot."""
    archive = request.files.get("archive")
    if archive is None:
        return _rejected(pages, "Snapshot: no file was chosen")
    try:
        call_control(pages.site, "POST", "snapshot", archive.stream)
    except Rejected as why:
        return _rejected(pages, str(why))
    return redirect(f"{PREFIX}controls", 303)


def _change(pages: Pages, method: str, path: str, place: str) -> ResponseReturnValue:
    try:
        return _do(pages, method, path, read_json(request.form.get("json", ""), place))
    except Rejected as why:
        return _rejected(pages, str(why))


def _do(pages: Pages, method: str, path: str, body: dict[str, Any] | None = None) -> ResponseReturnValue:
    try:
        call_control(pages.site, method, path, body or {})
    except Rejected as why:
        return _rejected(pages, str(why))
    return redirect(f"{PREFIX}controls", 303)


def _rejected(pages: Pages, why: str) -> ResponseReturnValue:
    return pages.render("controls.html", 400, **controls.context(pages.site, {}, why))
