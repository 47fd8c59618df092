"""`python -m emrsim`, the same as the `emrsim` command."""

import sys

from emrsim.cli import main

sys.exit(main())
