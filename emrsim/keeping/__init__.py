"""The state of an emulator as a whole: begun anew, brought in, told, and kept with its files in an archive.

`keeper` does it, `archive` writes and reads snapshots, `swap` exchanges the files of the S3 directory so that
what was interrupted can be finished.
"""

from emrsim.keeping.keeper import Keeper as Keeper
from emrsim.seed_files import Seed as Seed
