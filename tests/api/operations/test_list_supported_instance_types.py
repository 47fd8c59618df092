"""ListSupportedInstanceTypes."""

from __future__ import annotations

from typing import Any

from tests.two_protocols import refused


def types_of(client: Any, label: str) -> dict[str, dict[str, Any]]:
    answer = client.list_supported_instance_types(ReleaseLabel=label)
    assert "Marker" not in answer
    return {one["Type"]: one for one in answer["SupportedInstanceTypes"]}


def test_types_are_described(client: Any) -> None:
    types = types_of(client, "emr-6.10.0")

    assert list(types) == sorted(types)
    assert types["m5.xlarge"] == {
        "Type": "m5.xlarge",
        "MemoryGB": 16.0,
        "StorageGB": 0,
        "VCPU": 4,
        "Is64BitsOnly": True,
        "InstanceFamilyId": "m5",
        "EbsOptimizedAvailable": True,
        "EbsOptimizedByDefault": True,
        "NumberOfDisks": 0,
        "EbsStorageOnly": True,
        "Architecture": "X86_64",
    }
    assert (types["m3.2xlarge"]["StorageGB"], types["m3.2xlarge"]["NumberOfDisks"]) == (160, 2)
    assert types["m6g.xlarge"]["Architecture"] == "AARCH64"


def test_old_release_has_no_newer_types(client: Any) -> None:
    new = set(types_of(client, "emr-7.0.0")) - set(types_of(client, "emr-5.12.0"))

    assert new == {name for name in types_of(client, "emr-7.0.0") if name[1] in "56"}


def test_label_that_cannot_be_is_refused(client: Any) -> None:
    with refused("InvalidRequestException", "The supplied release label is invalid: 7.0.0."):
        client.list_supported_instance_types(ReleaseLabel="7.0.0")
