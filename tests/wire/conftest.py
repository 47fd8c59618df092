"""EMR in both protocols, over a real port."""

from __future__ import annotations

from tests.support.fixtures import emr, emrsim_options, finish, protocol, reach, slow_emr, slow_emrsim

__all__ = ["emr", "emrsim_options", "finish", "protocol", "reach", "slow_emr", "slow_emrsim"]
