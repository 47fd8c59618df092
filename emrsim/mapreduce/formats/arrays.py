"""numpy, without the threads of its algebra library: nothing here uses them, and they spin as they start."""

from __future__ import annotations

import os

_SETTING = "OPENBLAS_NUM_THREADS"

_before = os.environ.get(_SETTING)
os.environ[_SETTING] = "1"
try:
    import numpy as np
finally:
    # The commands of the job have their environment already; this is for whatever else may look.
    if _before is None:
        del os.environ[_SETTING]
    else:
        os.environ[_SETTING] = _before

__all__ = ["np"]
