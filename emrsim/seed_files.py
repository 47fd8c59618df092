"""Seeds as files: JSON, or YAML where the name says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emrsim.core.plain import PlainError

Seed = Mapping[str, Any] | str | Path  # plain data, or a file of it


def read_seed_file(path: Path) -> Any:
    """The content of a seed file; what it has to be is for `api.seeds` to say.

    Raises PlainError, naming the file and the line, and OSError.
    """
    text = path.read_text(encoding="utf-8")
    return read_yaml(text, str(path)) if path.suffix in {".yaml", ".yml"} else _read_json(text, str(path))


def read_yaml(text: str, place: str) -> Any:
    """The content of a text in YAML. Raises PlainError, also where there is no PyYAML."""
    try:
        import yaml
    except ImportError:
        raise PlainError(place, "reading YAML needs PyYAML: pip install 'emrsim[yaml]'") from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PlainError(place, f"not YAML: {error}") from None


def _read_json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlainError(place, f"not JSON: {error}") from None
