"""Sub-resources of buckets and objects: tags, ACLs, and all that a bucket may have or lack."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake_s3.conftest import Endpoint, refused

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("get_bucket_cors", "NoSuchCORSConfiguration"),
        ("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration"),
        ("get_bucket_policy", "NoSuchBucketPolicy"),
        ("get_bucket_policy_status", "NoSuchBucketPolicy"),
        ("get_bucket_tagging", "NoSuchTagSet"),
        ("get_bucket_website", "NoSuchWebsiteConfiguration"),
        ("get_bucket_replication", "ReplicationConfigurationNotFoundError"),
        ("get_bucket_ownership_controls", "OwnershipControlsNotFoundError"),
        ("get_public_access_block", "NoSuchPublicAccessBlockConfiguration"),
        ("get_object_lock_configuration", "ObjectLockConfigurationNotFoundError"),
    ],
)
def test_bucket_without_it_says_so(s3: Any, operation: str, code: str) -> None:
    with refused(code, 404):
        getattr(s3, operation)(Bucket="bucket")
    with refused("NoSuchBucket", 404):
        getattr(s3, operation)(Bucket="missing")


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("get_bucket_versioning", {}),
        ("get_bucket_logging", {}),
        ("get_bucket_notification_configuration", {}),
        ("get_bucket_accelerate_configuration", {}),
        ("get_bucket_request_payment", {"Payer": "BucketOwner"}),
        ("list_bucket_analytics_configurations", {"IsTruncated": False}),
        ("list_bucket_inventory_configurations", {"IsTruncated": False}),
        ("list_bucket_metrics_configurations", {"IsTruncated": False}),
        ("list_bucket_intelligent_tiering_configurations", {"IsTruncated": False}),
    ],
)
def test_bucket_has_a_default(s3: Any, operation: str, expected: dict[str, Any]) -> None:
    answer = getattr(s3, operation)(Bucket="bucket")

    del answer["ResponseMetadata"]
    assert answer == expected


RULE = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": 1}}
BLOCK = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [
        (
            "bucket_cors",
            "CORSConfiguration",
            {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
        ),
        ("bucket_lifecycle_configuration", "LifecycleConfiguration", {"Rules": [RULE]}),
        ("bucket_website", "WebsiteConfiguration", {"IndexDocument": {"Suffix": "index.html"}}),
        ("public_access_block", "PublicAccessBlockConfiguration", BLOCK),
        ("bucket_ownership_controls", "OwnershipControls", {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}),
    ],
)
def test_document_is_kept_and_can_be_deleted(
    s3: Any, name: str, argument: str, value: dict[str, Any]
) -> None:
    getattr(s3, f"put_{name}")(Bucket="bucket", **{argument: value})

    answer = getattr(s3, f"get_{name}")(Bucket="bucket")
    kept = answer.get(argument, answer)
    assert {key: kept[key] for key in value} == value
    getattr(s3, f"delete_{name.removesuffix('_configuration')}")(Bucket="bucket")
    with pytest.raises(s3.exceptions.ClientError):
        getattr(s3, f"get_{name}")(Bucket="bucket")


def test_policy_is_kept_as_it_came(s3: Any) -> None:
    policy = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}]}'

    s3.put_bucket_policy(Bucket="bucket", Policy=policy)

    assert s3.get_bucket_policy(Bucket="bucket")["Policy"] == policy
    assert s3.get_bucket_policy_status(Bucket="bucket")["PolicyStatus"] == {"IsPublic": True}


@pytest.mark.parametrize("policy", ["", "{", "[]", "{}", '{"Statement": []}'])
def test_what_is_no_policy_is_refused(s3: Any, policy: str) -> None:
    with refused("MalformedPolicy", 400):
        s3.put_bucket_policy(Bucket="bucket", Policy=policy)


def test_versions_are_not_pretended(s3: Any) -> None:
    with refused("NotImplemented", 501):
        s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})

    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Suspended"})
    assert s3.get_bucket_versioning(Bucket="bucket")["Status"] == "Suspended"


def test_object_locks_are_not_pretended(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k")

    with refused("NotImplemented", 501):
        s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    with refused("NoSuchObjectLockConfiguration", 404):
        s3.get_object_retention(Bucket="bucket", Key="k")
    with refused("InvalidRequest", 400):
        s3.put_object_legal_hold(Bucket="bucket", Key="k", LegalHold={"Status": "ON"})


# Tags


def tag_set(tags: dict[str, str]) -> dict[str, Any]:
    return {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}


def test_tags_of_a_bucket(s3: Any) -> None:
    s3.put_bucket_tagging(Bucket="bucket", Tagging=tag_set({"a": "1", "b": ""}))

    assert s3.get_bucket_tagging(Bucket="bucket")["TagSet"] == tag_set({"a": "1", "b": ""})["TagSet"]
    s3.delete_bucket_tagging(Bucket="bucket")
    with refused("NoSuchTagSet", 404):
        s3.get_bucket_tagging(Bucket="bucket")


def test_tags_of_an_object(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"x", Tagging="a=1&b=%26", Metadata={"m": "1"})
    assert (
        s3.get_object_tagging(Bucket="bucket", Key="k")["TagSet"] == tag_set({"a": "1", "b": "&"})["TagSet"]
    )

    s3.put_object_tagging(Bucket="bucket", Key="k", Tagging=tag_set({"c": "3"}))
    answer = s3.get_object(Bucket="bucket", Key="k")
    assert (answer["TagCount"], answer["Metadata"], answer["Body"].read()) == (1, {"m": "1"}, b"x")

    s3.delete_object_tagging(Bucket="bucket", Key="k")
    assert s3.get_object_tagging(Bucket="bucket", Key="k")["TagSet"] == []


def test_file_by_hand_can_be_tagged(s3: Any, endpoint: Endpoint) -> None:
    (endpoint.root / "bucket/k").write_bytes(b"by hand")
    etag = s3.head_object(Bucket="bucket", Key="k")["ETag"]

    s3.put_object_tagging(Bucket="bucket", Key="k", Tagging=tag_set({"c": "3"}))

    assert s3.get_object_tagging(Bucket="bucket", Key="k")["TagSet"] == tag_set({"c": "3"})["TagSet"]
    assert s3.head_object(Bucket="bucket", Key="k")["ETag"] == etag


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({str(number): "" for number in range(11)}, "InvalidTag"),
        ({"k" * 129: ""}, "InvalidTag"),
        ({"k": "v" * 257}, "InvalidTag"),
    ],
)
def test_tags_have_limits(s3: Any, tags: dict[str, str], code: str) -> None:
    s3.put_object(Bucket="bucket", Key="k")

    with refused(code, 400):
        s3.put_object_tagging(Bucket="bucket", Key="k", Tagging=tag_set(tags))
    assert s3.get_object_tagging(Bucket="bucket", Key="k")["TagSet"] == []


def test_tags_of_what_is_missing(s3: Any) -> None:
    with refused("NoSuchKey", 404):
        s3.get_object_tagging(Bucket="bucket", Key="missing")
    with refused("NoSuchKey", 404):
        s3.put_object_tagging(Bucket="bucket", Key="missing", Tagging=tag_set({}))


# ACLs: the same for buckets and objects


@pytest.fixture(params=["bucket", "object"])
def acl_of(request: pytest.FixtureRequest, s3: Any) -> Any:
    """Functions that put and get the ACL of the bucket, or of an object."""
    target = {"Bucket": "bucket"}
    if request.param == "object":
        target["Key"] = "k"
        s3.put_object(**target)

    def put(**arguments: Any) -> None:
        getattr(s3, f"put_{request.param}_acl")(**target, **arguments)

    def get() -> Any:
        return getattr(s3, f"get_{request.param}_acl")(**target)

    return put, get


def grants_of(answer: Any) -> list[tuple[str, str]]:
    own = answer["Owner"]["ID"]
    grantees = [grant["Grantee"] for grant in answer["Grants"]]
    names = ["owner" if g.get("ID") == own else g["URI"].rpartition("/")[2] for g in grantees]
    return list(zip(names, [grant["Permission"] for grant in answer["Grants"]], strict=True))


@pytest.mark.parametrize(
    ("canned", "others"),
    [
        ("private", []),
        ("public-read", [("AllUsers", "READ")]),
        ("public-read-write", [("AllUsers", "READ"), ("AllUsers", "WRITE")]),
        ("authenticated-read", [("AuthenticatedUsers", "READ")]),
    ],
)
def test_canned_acl(acl_of: Any, canned: str, others: list[tuple[str, str]]) -> None:
    put, get = acl_of
    assert grants_of(get()) == [("owner", "FULL_CONTROL")]

    put(ACL=canned)

    assert grants_of(get()) == [("owner", "FULL_CONTROL"), *others]


def test_acl_as_a_document_and_as_headers(acl_of: Any) -> None:
    put, get = acl_of
    policy = {name: get()[name] for name in ("Owner", "Grants")}
    policy["Grants"].append({"Grantee": {"Type": "Group", "URI": ALL_USERS}, "Permission": "READ_ACP"})

    put(AccessControlPolicy=policy)
    assert grants_of(get()) == [("owner", "FULL_CONTROL"), ("AllUsers", "READ_ACP")]

    put(GrantRead=f'uri="{ALL_USERS}"', GrantFullControl=f"id={policy['Owner']['ID']}")
    assert grants_of(get()) == [("owner", "FULL_CONTROL"), ("AllUsers", "READ")]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"ACL": "nonsense"}, "InvalidArgument"),
        ({"GrantRead": "id=nobody"}, "InvalidArgument"),
        ({"GrantRead": "nonsense"}, "InvalidArgument"),
        ({"GrantRead": "emailAddress=a@example.org"}, "UnresolvableGrantByEmailAddress"),
        ({"ACL": "private", "GrantRead": f"uri={ALL_USERS}"}, "InvalidRequest"),
    ],
)
def test_acl_that_makes_no_sense_is_refused(acl_of: Any, arguments: dict[str, str], code: str) -> None:
    put, get = acl_of

    with refused(code, 400):
        put(**arguments)
    assert grants_of(get()) == [("owner", "FULL_CONTROL")]


def test_acl_comes_with_the_creation(s3: Any) -> None:
    s3.create_bucket(Bucket="public", ACL="public-read")
    s3.put_object(
        Bucket="public", Key="k", GrantRead=f"uri={ALL_USERS}", GrantFullControl=None or "uri=" + ALL_USERS
    )

    assert grants_of(s3.get_bucket_acl(Bucket="public")) == [("owner", "FULL_CONTROL"), ("AllUsers", "READ")]
    assert ("AllUsers", "READ") in grants_of(s3.get_object_acl(Bucket="public", Key="k"))


@pytest.mark.parametrize(
    "body", ["", "<a", "<Other/>", '<!DOCTYPE x [<!ENTITY e "e">]><Tagging>&e;</Tagging>']
)
def test_malformed_documents_are_refused(endpoint: Endpoint, body: str) -> None:
    s3 = endpoint.client()
    s3.create_bucket(Bucket="bucket")

    def spoil(params: Any, **_: Any) -> None:
        params["body"] = body.encode()
        params["headers"] = {name: params["headers"][name] for name in ("User-Agent",)}

    s3.meta.events.register("before-call.s3.PutBucketTagging", spoil)

    with refused("MalformedXML", 400):
        s3.put_bucket_tagging(Bucket="bucket", Tagging=tag_set({}))
