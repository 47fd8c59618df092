"""The names of AWS's regions."""

from __future__ import annotations

import re

DEFAULT_REGION = "us-east-1"

# `us-east-1`, `ap-southeast-2`, `us-gov-west-1`, `us-isob-east-1`: new regions keep to the form.
_FORM = re.compile(
    r"([a-z]{2}(-gov|-iso[a-z]?)?|eusc-[a-z]{2})"
    r"-(north|south|east|west|central|northeast|northwest|southeast|southwest)-\d{1,2}"
)
_ISOLATED = re.compile(r"[a-z]{2}-iso([a-z]?)-")


def is_region(name: str) -> bool:
    """Whether `name` has the form of a region's; boto 2's `RegionInfo('local')` has not."""
    return _FORM.fullmatch(name) is not None


def partition(region: str) -> str:
    """The partition in ARNs: `aws`, `aws-cn`, `aws-us-gov`, `aws-iso-b` (source: botocore's endpoints)."""
    if region.startswith("cn-"):
        return "aws-cn"
    if region.startswith("eusc-"):
        return "aws-eusc"
    if region.startswith("us-gov-"):
        return "aws-us-gov"
    iso = _ISOLATED.match(region)
    return "-".join(["aws", "iso", *iso.group(1)]) if iso else "aws"
