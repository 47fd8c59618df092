"""CreateSecurityConfiguration: create a named JSON document (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_checks import check_security_configuration
from emrsim.core.account_events import SecurityConfigurationCreated
from emrsim.core.account_model import SecurityConfiguration
from emrsim.service.region import Region


def create_security_configuration(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Create it under a name that is not taken. Nothing here encrypts or authenticates by it."""
    check_security_configuration(params)
    now = region.clock.now()
    configuration = SecurityConfiguration(params["Name"], params["SecurityConfiguration"], now)
    region.post_to_account(SecurityConfigurationCreated(configuration))
    return {"Name": params["Name"], "CreationDateTime": now}
