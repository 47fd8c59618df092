"""How many virtual CPUs an instance type has (source: what EC2 publishes of its types)."""

from __future__ import annotations

import re

# Those whose number does not follow from the size: the first generations.
_EXCEPTIONS = {
    "m1.small": 1,
    "m1.medium": 1,
    "m1.large": 2,
    "m1.xlarge": 4,
    "m2.xlarge": 2,
    "m2.2xlarge": 4,
    "m2.4xlarge": 8,
    "c1.medium": 2,
    "c1.xlarge": 8,
    "cc2.8xlarge": 32,
    "m4.10xlarge": 40,
    "m4.16xlarge": 64,
}
_OF_SIZES = {"nano": 2, "micro": 2, "small": 2, "medium": 1, "large": 2, "xlarge": 4}
_LARGER = re.compile(r"(\d{1,3})xlarge")
_OTHER = 4  # of sizes such as `metal`, whose number differs from type to type


def vcpus(instance_type: str) -> int:
    """Return the number of virtual CPUs: 4 for m5.xlarge, 16 for m5.4xlarge."""
    if instance_type in _EXCEPTIONS:
        return _EXCEPTIONS[instance_type]
    size = instance_type.rsplit(".", 1)[-1]
    if larger := _LARGER.fullmatch(size):
        return 4 * int(larger.group(1)) or _OTHER
    return _OF_SIZES.get(size, _OTHER)
