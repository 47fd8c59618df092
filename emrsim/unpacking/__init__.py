"""Archives unpacked with nothing written outside of their folder, whoever made them.

Not by `tarfile`: its filter can be led outside by links (CVE-2025-4517), its headers can keep it busy or fill
the memory (CVE-2024-6232, CVE-2025-8194), and each is mended in some releases of Python only. Here members
are written one by one: files and folders first, each below descriptors of real folders, links last. So
nothing is ever written through a link, and a link may lead anywhere that the caller allows.
"""

from emrsim.unpacking.folder import Folder as Folder
from emrsim.unpacking.folder import links_anywhere as links_anywhere
from emrsim.unpacking.folder import links_within as links_within
from emrsim.unpacking.limits import ArchiveError as ArchiveError
from emrsim.unpacking.limits import Limits as Limits
from emrsim.unpacking.tars import unpack_tar as unpack_tar
from emrsim.unpacking.zips import unpack_zip as unpack_zip
