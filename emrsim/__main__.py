"""`python -m emrsim`, the same as the `emrsim` command."""

import atexit
import os
import sys

from emrsim.cli import main

exit_code = main()
# Only programs of a cluster come here; the other commands raise SystemExit. A step that is stopped while its
# interpreter is torn down would count as stopped, with its output there: so there is no such time.
sys.stdout.flush()
sys.stderr.flush()
atexit._run_exitfuncs()
os._exit(exit_code)
