"""The state of an emulator as a whole: resets, seeds, exports, and snapshots with the files of S3.

`keeper` does it, `archive` writes and reads snapshots, `swap` exchanges the files of the S3 directory so that
what was interrupted can be finished.
"""

from emrsim.keeping.keeper import StateManager as StateManager
from emrsim.seed_files import Seed as Seed
