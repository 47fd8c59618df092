"""Hadoop's site files: properties in XML, one file for each component, in HADOOP_CONF_DIR."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree


class BadSiteFile(Exception):
    """A file that is no Hadoop configuration; the message names it."""


def read_site_file(path: Path) -> dict[str, str]:
    """The properties of a site file; none if there is no such file. Raises BadSiteFile."""
    if not path.exists():
        return {}
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError) as error:
        raise BadSiteFile(f"{path}: {error}") from error
    properties = ((entry.findtext("name"), entry.findtext("value")) for entry in root.iter("property"))
    return {name.strip(): value or "" for name, value in properties if name}


def merge_into_site_file(path: Path, properties: Mapping[str, str]) -> None:
    """Set `properties` in a site file, which is made if it is not there. Raises BadSiteFile."""
    path.write_bytes(site_file_content({**read_site_file(path), **properties}))


def site_file_content(properties: Mapping[str, str]) -> bytes:
    """A site file with these properties."""
    root = ElementTree.Element("configuration")
    for name, value in properties.items():
        entry = ElementTree.SubElement(root, "property")
        ElementTree.SubElement(entry, "name").text = name
        ElementTree.SubElement(entry, "value").text = value
    ElementTree.indent(root)
    text: str = ElementTree.tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
