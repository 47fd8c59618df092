"""The control interface below `/_emrsim/`, for people and test programs."""

from __future__ import annotations

from flask import Flask, Response, jsonify

from emrsim.service.bugs import Bugs
from emrsim.service.emulator import EmulatorState
from emrsim.settings import __version__


def add_control(app: Flask, state: EmulatorState, bugs: Bugs) -> None:
    """Let `app` answer below `/_emrsim/`."""

    @app.get("/_emrsim/health")
    def health() -> Response:
        """Whether the emulator answers, which version it is, and how many clusters and bugs it has seen."""
        with state.locked():
            clusters = len(state.clusters)
        return jsonify(status="ok", version=__version__, clusters=clusters, bugs=len(bugs.found))
