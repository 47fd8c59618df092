"""The emulator with an engine for plain commands."""

from __future__ import annotations

from tests.support.fixtures import emrsim_options

__all__ = ["emrsim_options"]
