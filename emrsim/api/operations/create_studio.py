"""CreateStudio: keep the data of a studio (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api import names
from emrsim.api.account_checks import check_new_studio
from emrsim.api.checks import check_tags
from emrsim.api.requests import tags
from emrsim.core.account_events import StudioCreated
from emrsim.core.account_model import Studio
from emrsim.service.region import Region


def create_studio(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Keep the studio; no web page is served for it."""
    check_new_studio(params)
    check_tags(params.get("Tags", ()))
    studio = Studio(
        id=region.emulator.make_studio_id(),
        created_at=region.clock.now(),
        name=params["Name"],
        auth_mode=params["AuthMode"],
        subnet_ids=tuple(params["SubnetIds"]),
        default_s3_location=params["DefaultS3Location"],
        description=params.get("Description"),
        encryption_key_arn=params.get("EncryptionKeyArn"),
        tags=dict(tags(params.get("Tags", ()))),
        extra=params,
    )
    region.post_to_account(StudioCreated(studio))
    return {"StudioId": studio.id, "Url": names.studio_url(studio.id, region.name)}
