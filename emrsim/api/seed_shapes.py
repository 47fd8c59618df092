"""What a seed tells in AWS's words has the types that AWS's shapes have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from emrsim.core.errors import EmrError
from emrsim.core.pictures import ClusterPicture, GroupPicture
from emrsim.core.plain import PlainError
from emrsim.wire.json import parse
from emrsim.wire.model import emr_model


def check_shapes(picture: ClusterPicture, place: str) -> None:
    """Raise PlainError for a value of another type than RunJobFlow's parameter of that name has."""
    for where, params in _told(picture):
        try:
            parse(emr_model(), emr_model().operations["RunJobFlow"], json.dumps(params).encode())
        except EmrError as error:
            raise PlainError(f"{place}.{where}", error.message) from None
        except (TypeError, ValueError, RecursionError) as error:
            raise PlainError(f"{place}.{where}", f"it cannot be written as JSON: {error}") from None


def _told(picture: ClusterPicture) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What is told and where, as parameters of RunJobFlow."""
    yield "extra", picture.extra
    yield "managed_scaling", {"ManagedScalingPolicy": picture.managed_scaling}
    for number, group in enumerate(picture.groups):
        kind = "InstanceGroups" if group.capacity is None else "InstanceFleets"
        for name, entry in _of_group(group):
            yield f"groups[{number}].{name}", {"Instances": {kind: [entry]}}


def _of_group(group: GroupPicture) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "extra", group.extra
    yield "auto_scaling", {"AutoScalingPolicy": group.auto_scaling}
