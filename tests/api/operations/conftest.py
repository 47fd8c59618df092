"""EMR in both protocols, as boto3 clients."""

from __future__ import annotations

from tests.two_protocols import client

__all__ = ["client"]
