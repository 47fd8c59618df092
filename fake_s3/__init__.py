"""A directory, served to S3 clients. Imports nothing of emrsim.

    from fake_s3 import ObjectStore, create_app

    app = create_app(ObjectStore(Path("s3")))   # a WSGI application

The names are looked up when first used, so that `fake_s3.keys` alone loads neither Flask nor SQLite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fake_s3.app import create_app as create_app
    from fake_s3.store import ObjectStore as ObjectStore

__all__ = ["ObjectStore", "create_app"]


def __getattr__(name: str) -> object:
    if name == "create_app":
        from fake_s3.app import create_app

        return create_app
    if name == "ObjectStore":
        from fake_s3.store import ObjectStore

        return ObjectStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
