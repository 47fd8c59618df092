"""ListSupportedInstanceTypes: the instance types of a release (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim import releases
from emrsim.api.instance_types import INSTANCE_TYPES, InstanceType
from emrsim.api.paging import page_by_key
from emrsim.core.account_errors import unknown_release_label
from emrsim.service.region import Region


def list_supported_instance_types(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """A page of the types that a release has, by name (assumed)."""
    label = params["ReleaseLabel"]
    release = releases.find(label)
    if release is None:
        raise unknown_release_label(label)
    types, marker = page_by_key(
        [one for one in INSTANCE_TYPES if one.first_release <= release.number],
        params.get("Marker"),
        lambda one: one.name,
        f"ListSupportedInstanceTypes {label}",
    )
    return {"SupportedInstanceTypes": [_view(one) for one in types], "Marker": marker}


def _view(one: InstanceType) -> dict[str, Any]:
    return {
        "Type": one.name,
        "MemoryGB": one.memory_gb,
        "StorageGB": one.disks * one.disk_gb,
        "VCPU": one.cpus,
        "Is64BitsOnly": one.is_64_bits_only,
        "InstanceFamilyId": one.family,
        "EbsOptimizedAvailable": one.is_ebs_optimized,
        "EbsOptimizedByDefault": one.is_ebs_optimized,
        "NumberOfDisks": one.disks,
        "EbsStorageOnly": one.disks == 0,
        "Architecture": one.architecture,
    }
