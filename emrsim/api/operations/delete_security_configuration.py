"""DeleteSecurityConfiguration: delete a named JSON document (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.core.account_events import SecurityConfigurationDeleted
from emrsim.service.region import Region


def delete_security_configuration(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Delete it, also while clusters use it (assumed)."""
    region.post_to_account(SecurityConfigurationDeleted(params["Name"]))
    return {}
