"""How Sphinx builds the documentation: `make docs`. Warnings are errors there."""

from __future__ import annotations

from emrsim.settings import __version__

project = "emrsim"
copyright = "the authors of emrsim"
release = version = __version__

extensions = [
    "myst_parser",  # pages are Markdown, which people also read in the repository
    "sphinx.ext.autodoc",  # the Python API, from docstrings
    "sphinx_click",  # the command line, from its own help
    "sphinxcontrib.mermaid",  # pictures; the repository's web page draws them too
]
source_suffix = {".md": "markdown"}
html_theme = "furo"
html_title = f"emrsim {version}"

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4  # a link such as rules.md#fail-the-second-step reaches a heading
myst_fence_as_directive = ["mermaid"]

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
