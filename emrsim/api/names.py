"""What EMR would call the machines of a cluster: DNS names, ARNs and weights of instance types."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from math import ceil

from emrsim.core.ids import ACCOUNT
from emrsim.core.model import Cluster, Instance
from emrsim.core.regions import partition

# Normalized hours per hour (docs/facts/api.md#normalizedinstancehours; those after the first four: assumed).
_WEIGHTS = {
    "m1.small": 1,
    "m1.large": 4,
    "m4.xlarge": 8,
    "m5.xlarge": 8,
    "c1.medium": 2,
    "m1.medium": 2,
    "m1.xlarge": 8,
    "c1.xlarge": 8,
    "m2.xlarge": 4,
}
_WEIGHT_BY_SIZE = {"small": 1, "medium": 2, "large": 4, "xlarge": 8}  # assumed
_SECONDS_PER_HOUR = 3600


def cluster_arn(cluster: Cluster) -> str:
    return f"arn:{partition(cluster.region)}:elasticmapreduce:{cluster.region}:{ACCOUNT}:cluster/{cluster.id}"


def account_arn(region: str) -> str:
    """Who calls, as far as emrsim knows: the account itself."""
    return f"arn:{partition(region)}:iam::{ACCOUNT}:root"


def studio_arn(studio_id: str, region: str) -> str:
    return f"arn:{partition(region)}:elasticmapreduce:{region}:{ACCOUNT}:studio/{studio_id}"  # form assumed


def studio_url(studio_id: str, region: str) -> str:
    """The access URL of a studio in AWS's form (assumed); nothing of emrsim's answers there."""
    return f"https://{studio_id}.emrstudio-prod.{region}.amazonaws.com"


def public_dns_name(instance: Instance, region: str) -> str:
    """`ec2-A-B-C-D.compute-1.amazonaws.com`, with the region outside us-east-1."""
    host = f"ec2-{instance.address.replace('.', '-')}"
    if region == "us-east-1":
        return f"{host}.compute-1.amazonaws.com"
    return f"{host}.{region}.compute.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


def private_address(instance: Instance) -> str:
    """A made-up address of the private network, from the same last number as the public one."""
    return f"10.0.0.{instance.address.rsplit('.', 1)[1]}"


def private_dns_name(instance: Instance, region: str) -> str:
    host = f"ip-{private_address(instance).replace('.', '-')}"
    return f"{host}.ec2.internal" if region == "us-east-1" else f"{host}.{region}.compute.internal"


def security_group_id(name: str, region: str) -> str:
    """A made-up id for the security group that EMR manages under that name, the same for all clusters."""
    return f"sg-{sha256(f'{name} {region}'.encode()).hexdigest()[:17]}"


def normalized_instance_hours(cluster: Cluster, now: datetime) -> int:
    """Instance hours times the weight of the type; 0 before the cluster is ready.

    Of an instance that runs, the hours that are over count; of one that has ended, the last hour counts as a
    whole one (source: recorded answers of clusters of 124 hours, and of 11 minutes).
    """
    if cluster.ready_at is None:
        return 0
    return sum(
        _hours(one, now) * _weight(one.kind.instance_type)
        for one in cluster.instances.values()
        if one.ready_at is not None
    )


def _hours(instance: Instance, now: datetime) -> int:
    assert instance.ready_at is not None
    hours = ((instance.ended_at or now) - instance.ready_at).total_seconds() / _SECONDS_PER_HOUR
    return int(hours) if instance.ended_at is None else max(1, ceil(hours))


def _weight(instance_type: str) -> int:
    size = instance_type.rsplit(".", 1)[-1]
    return _WEIGHTS.get(instance_type) or _WEIGHT_BY_SIZE.get(size, 8)
