"""What happens to an account in a region, as values: `core.account` applies them, a record can hold them."""

from __future__ import annotations

from dataclasses import dataclass

from emrsim.core.account_model import (
    BlockPublicAccess,
    Identity,
    SecurityConfiguration,
    SessionMapping,
    Studio,
)


@dataclass(frozen=True)
class SecurityConfigurationCreated:
    """CreateSecurityConfiguration."""

    configuration: SecurityConfiguration


@dataclass(frozen=True)
class SecurityConfigurationDeleted:
    """DeleteSecurityConfiguration."""

    name: str


@dataclass(frozen=True)
class BlockPublicAccessSet:
    """PutBlockPublicAccessConfiguration."""

    access: BlockPublicAccess


@dataclass(frozen=True)
class StudioCreated:
    """CreateStudio."""

    studio: Studio


@dataclass(frozen=True)
class StudioChanged:
    """UpdateStudio, AddTags or RemoveTags: the studio as it is from now on."""

    studio: Studio


@dataclass(frozen=True)
class StudioDeleted:
    """DeleteStudio."""

    studio_id: str


@dataclass(frozen=True)
class MappingCreated:
    """CreateStudioSessionMapping."""

    mapping: SessionMapping


@dataclass(frozen=True)
class MappingChanged:
    """UpdateStudioSessionMapping: the mapping as it is from now on."""

    mapping: SessionMapping


@dataclass(frozen=True)
class MappingDeleted:
    """DeleteStudioSessionMapping."""

    studio_id: str
    identity: Identity


AccountEvent = (
    SecurityConfigurationCreated
    | SecurityConfigurationDeleted
    | BlockPublicAccessSet
    | StudioCreated
    | StudioChanged
    | StudioDeleted
    | MappingCreated
    | MappingChanged
    | MappingDeleted
)
