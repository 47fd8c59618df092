"""A local emulator of Amazon Elastic MapReduce that really runs the steps."""

from __future__ import annotations

__version__ = "0.1.0"
