"""Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREENSHOTS = Path(__file__).parents[3] / "build" / "screenshots"


def find_browser() -> Path | str:
    """Return the browser, or how to get what is missing."""
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "Playwright is missing: pip install -e '.[dev]'"
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return Path(found) if found else "there is no Chromium: apt-get install chromium"


class Browsing:
    """A browser process, for many pages."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Browsing:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=self._path, args=list(_OPTIONS), headless=True
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._browser.close()
        self._playwright.stop()

    @contextmanager
    def page(self, errors_expected: bool = False, **options: Any) -> Iterator[Any]:
        """Yield a page of a new profile; errors of its scripts, and what its policy rejects, fail."""
        errors: list[str] = []
        context = self._browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if _is_broken(message) else None)
        yield page
        context.close()
        assert errors_expected or errors == []

    def keep_screenshot(self, page: Any, name: str) -> None:
        """Keep what a page shows in build/screenshots/."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def _is_broken(message: Any) -> bool:
    """Whether a message of the browser's tells of more than an answer that a test has asked for."""
    return message.type == "error" and "Failed to load resource" not in message.text
