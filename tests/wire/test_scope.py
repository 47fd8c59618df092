"""Which region a call is meant for."""

from __future__ import annotations

from time import perf_counter

import pytest

from emrsim.core.regions import is_region, partition
from emrsim.wire.scope import region_of

SCOPE = "KEY/20261130/{}/elasticmapreduce/aws4_request"
HEADER = f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=0"
LOCAL = "127.0.0.1:4580"


@pytest.mark.parametrize(
    "region", ["us-east-1", "eu-west-3", "ap-southeast-2", "us-gov-west-1", "us-isob-east-1"]
)
def test_region_is_that_of_the_signed_header(region: str) -> None:
    assert region_of(HEADER.format(region), "", LOCAL) == region


def test_key_may_have_slashes_in_it() -> None:
    header = HEADER.format("eu-west-1").replace("KEY", "a/b/c+d")

    assert region_of(header, "", LOCAL) == "eu-west-1"


def test_region_is_that_of_a_presigned_query_string() -> None:
    credential = SCOPE.format("eu-north-1").replace("/", "%2F")
    query = f"Action=ListClusters&X-Amz-Credential={credential}&X-Amz-Expires=60"

    assert region_of("", query, LOCAL) == "eu-north-1"


@pytest.mark.parametrize(
    "host",
    [
        "elasticmapreduce.sa-east-1.amazonaws.com",
        "sa-east-1.elasticmapreduce.amazonaws.com:80",
        "elasticmapreduce.sa-east-1.amazonaws.com.cn",
    ],
)
def test_region_of_an_unsigned_call_is_that_of_the_host(host: str) -> None:
    assert region_of("AWS KEY:signature", "", host) == "sa-east-1"


@pytest.mark.parametrize(
    "name", ["local", "", "0", "us-east", "US-EAST-1", "moon-1", "my-region-1", "us-esat-1"]
)
def test_name_that_no_region_has_names_none(name: str) -> None:
    assert region_of(HEADER.format(name), "", LOCAL) is None
    assert not is_region(name)


@pytest.mark.parametrize(
    ("header", "query"),
    [
        ("", ""),
        ("AWS4-HMAC-SHA256 Credential=", ""),
        ("Credential=KEY/us-east-1", ""),
        ("", "X-Amz-Credential=%FF%FE"),
        ("", "&" * 5000 + "Credential=KEY"),
    ],
)
def test_damaged_credentials_name_none(header: str, query: str) -> None:
    assert region_of(header, query, LOCAL) is None


def test_long_header_takes_no_time() -> None:
    start = perf_counter()

    region_of("Credential=" + "/" * 1_000_000 + "-" * 1_000_000, "", "a." * 10_000)

    assert perf_counter() - start < 1


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("local", "aws"),
        ("us-gov-east-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
    ],
)
def test_arns_name_the_partition_of_the_region(region: str, expected: str) -> None:
    assert partition(region) == expected


def test_botocore_knows_no_region_of_another_form() -> None:
    from botocore.session import Session

    known = {
        region
        for part in Session().get_available_partitions()
        for region in Session().get_available_regions("emr", part)
    }

    assert known
    assert {region for region in known if not is_region(region)} == set()
