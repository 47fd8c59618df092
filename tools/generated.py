"""Parts of documentation that are generated: each stands between two comments of its name in a page."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def generated_part(page: Path, name: str) -> str:
    """Return what stands between `<!-- NAME -->` and `<!-- /NAME -->`. Raise ValueError without them."""
    found = _place(name).search(page.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{page}: expected a place for {name!r}: <!-- {name} --> and <!-- /{name} -->")
    return found.group()


def write_part(page: Path, name: str, text: str) -> None:
    """Replace that part by `text`."""
    generated_part(page, name)
    page.write_text(_place(name).sub(lambda _: text, page.read_text(encoding="utf-8")), encoding="utf-8")


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
