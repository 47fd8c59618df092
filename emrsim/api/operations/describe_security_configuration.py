"""DescribeSecurityConfiguration: a named JSON document (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.service.region import Region


def describe_security_configuration(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Return the document exactly as it was given."""
    configuration = region.account.security_configuration(params["Name"])
    return {
        "Name": configuration.name,
        "SecurityConfiguration": configuration.document,
        "CreationDateTime": configuration.created_at,
    }
