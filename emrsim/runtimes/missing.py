"""The error of this room."""

from __future__ import annotations


class Missing(Exception):
    """A part that is not installed here, or not complete; the message says what to install."""
