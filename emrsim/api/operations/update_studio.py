"""UpdateStudio: change a studio (source: botocore's model)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emrsim.api.account_checks import check_default_s3_location
from emrsim.core.account_events import StudioChanged
from emrsim.service.region import Region

_FIELDS = {
    "Name": "name",
    "Description": "description",
    "DefaultS3Location": "default_s3_location",
    "EncryptionKeyArn": "encryption_key_arn",
}


def update_studio(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Change what is given, and leave the rest."""
    if "DefaultS3Location" in params:
        check_default_s3_location(params["DefaultS3Location"])
    changes: dict[str, Any] = {ours: params[theirs] for theirs, ours in _FIELDS.items() if theirs in params}
    if "SubnetIds" in params:
        changes["subnet_ids"] = tuple(params["SubnetIds"])
    studio = replace(region.account.studio(params["StudioId"]), **changes)
    region.post_to_account(StudioChanged(studio))
    return {}
