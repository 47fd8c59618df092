"""CreateStudio: keep the data of a studio (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api import names
from emrsim.api.account_rules import check_new_studio
from emrsim.api.requests import tags
from emrsim.api.rules import check_tags
from emrsim.core.account import Studio
from emrsim.service.emulator import EmulatorState


def create_studio(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Keep the studio; no web page is served for it."""
    check_new_studio(params)
    check_tags(params.get("Tags", ()))
    studio = Studio(
        id=state.make_studio_id(),
        created_at=state.clock.now(),
        name=params["Name"],
        auth_mode=params["AuthMode"],
        subnet_ids=tuple(params["SubnetIds"]),
        default_s3_location=params["DefaultS3Location"],
        description=params.get("Description"),
        encryption_key_arn=params.get("EncryptionKeyArn"),
        tags=dict(tags(params.get("Tags", ()))),
        extra=params,
    )
    state.account.add_studio(studio)
    return {"StudioId": studio.id, "Url": names.studio_url(studio.id, state.region)}
