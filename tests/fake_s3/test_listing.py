"""Listings, versions 1 and 2, through boto3; and the pure function against a plain one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_s3.listing import Page, Query, list_page
from tests.fake_s3.conftest import Endpoint, keys_of, prefixes_of, refused


def fill(s3: Any, *keys: str) -> None:
    for key in keys:
        s3.put_object(Bucket="bucket", Key=key, Body=key.encode())


@pytest.fixture(params=[1, 2])
def listing(request: pytest.FixtureRequest, s3: Any) -> Callable[..., Any]:
    """Lists `bucket` by either version."""
    method = s3.list_objects if request.param == 1 else s3.list_objects_v2
    return lambda **arguments: method(Bucket="bucket", **arguments)


def test_empty_bucket_has_no_contents(listing: Callable[..., Any]) -> None:
    answer = listing()

    assert "Contents" not in answer
    assert answer["IsTruncated"] is False


def test_order_is_that_of_utf8_bytes_not_of_folders(s3: Any, listing: Callable[..., Any]) -> None:
    keys = ["a!", "a-b", "a.txt", "a/b", "a/b.c", "a/c/", "a/c/d", "a0", "aé", "a\uffee", "a\U0001f600"]
    fill(s3, *reversed(keys))

    assert keys_of(listing()) == keys


@pytest.mark.parametrize(
    ("arguments", "keys", "prefixes"),
    [
        ({"Delimiter": "/"}, ["asdf"], ["boo/", "cquux/"]),
        ({"Delimiter": "/", "Prefix": "boo/"}, ["boo/bar"], ["boo/baz/"]),
        ({"Delimiter": "/", "Prefix": "boo"}, [], ["boo/"]),
        ({"Delimiter": "/", "Prefix": "boo/baz/"}, ["boo/baz/xyzzy"], []),
        ({"Delimiter": "a"}, ["cquux/thud"], ["a", "boo/ba", "cquux/bla"]),
        ({"Delimiter": "oo/ba"}, ["asdf", "cquux/bla", "cquux/thud"], ["boo/ba"]),
        ({"Delimiter": "/", "Prefix": "/"}, [], []),
        ({"Delimiter": "none"}, ["asdf", "boo/bar", "boo/baz/xyzzy", "cquux/bla", "cquux/thud"], []),
        ({"Prefix": "bo"}, ["boo/bar", "boo/baz/xyzzy"], []),
        ({"Prefix": "boo/bar"}, ["boo/bar"], []),
        ({"Prefix": "boo/bar/"}, [], []),
        ({"Prefix": "\n"}, [], []),
        (
            {"Prefix": "", "Delimiter": ""},
            ["asdf", "boo/bar", "boo/baz/xyzzy", "cquux/bla", "cquux/thud"],
            [],
        ),
    ],
)
def test_prefix_and_delimiter(
    s3: Any, listing: Callable[..., Any], arguments: dict[str, str], keys: list[str], prefixes: list[str]
) -> None:
    fill(s3, "asdf", "boo/bar", "boo/baz/xyzzy", "cquux/thud", "cquux/bla")

    answer = listing(**arguments)

    assert (keys_of(answer), prefixes_of(answer)) == (keys, prefixes)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("arguments", [{}, {"Delimiter": "/"}, {"Delimiter": "/", "Prefix": "b/"}])
@pytest.mark.parametrize("version", ["list_objects", "list_objects_v2"])
def test_pages_add_up(s3: Any, version: str, arguments: dict[str, str], size: int) -> None:
    fill(s3, "a", "b/1", "b/2/x", "b/2/y", "b/3", "c/", "c/1", "d")
    whole = getattr(s3, version)(Bucket="bucket", **arguments)

    pages = list(
        s3.get_paginator(version).paginate(Bucket="bucket", PaginationConfig={"PageSize": size}, **arguments)
    )

    assert [key for page in pages for key in keys_of(page)] == keys_of(whole)
    assert [prefix for page in pages for prefix in prefixes_of(page)] == prefixes_of(whole)
    assert all(len(keys_of(page)) + len(prefixes_of(page)) == size for page in pages[:-1])


def test_next_marker_comes_with_a_delimiter_only(s3: Any) -> None:
    fill(s3, "a", "b", "c")

    without = s3.list_objects(Bucket="bucket", MaxKeys=2)
    with_delimiter = s3.list_objects(Bucket="bucket", MaxKeys=2, Delimiter="/")

    assert without["IsTruncated"]
    assert "NextMarker" not in without
    assert with_delimiter["NextMarker"] == "b"


@pytest.mark.parametrize("marker", ["a/1", "a/", "a/zzz", "a/9999"])
def test_common_prefix_does_not_come_again_after_a_marker_in_it(s3: Any, marker: str) -> None:
    fill(s3, "a/1", "a/2", "b")

    assert prefixes_of(s3.list_objects(Bucket="bucket", Marker=marker, Delimiter="/")) == []


@pytest.mark.parametrize(
    ("after", "keys"),
    [("", ["bar", "foo"]), ("bar", ["foo"]), ("blah", ["foo"]), ("zzz", []), ("\n", ["bar", "foo"])],
)
def test_starts_after_the_marker(s3: Any, after: str, keys: list[str]) -> None:
    fill(s3, "bar", "foo")

    version_1 = s3.list_objects(Bucket="bucket", Marker=after)
    version_2 = s3.list_objects_v2(Bucket="bucket", StartAfter=after)

    assert version_1["Marker"] == after
    assert keys_of(version_1) == keys_of(version_2) == keys


def test_token_goes_on_where_the_page_ended(s3: Any) -> None:
    fill(s3, "bar", "baz", "foo", "quxx")
    first = s3.list_objects_v2(Bucket="bucket", StartAfter="bar", MaxKeys=1)

    token = first["NextContinuationToken"]
    second = s3.list_objects_v2(Bucket="bucket", StartAfter="bar", ContinuationToken=token)

    assert keys_of(second) == ["foo", "quxx"]
    assert (second["ContinuationToken"], second["StartAfter"], second["KeyCount"]) == (token, "bar", 2)


def test_empty_token_is_given_back(s3: Any) -> None:
    assert s3.list_objects_v2(Bucket="bucket", ContinuationToken="")["ContinuationToken"] == ""


def test_wrong_token_is_refused(s3: Any) -> None:
    with refused("InvalidArgument", 400):
        s3.list_objects_v2(Bucket="bucket", ContinuationToken="?")


def test_no_keys_asked_for_no_keys_given(s3: Any, listing: Callable[..., Any]) -> None:
    fill(s3, "a")

    answer = listing(MaxKeys=0)

    assert (keys_of(answer), answer["IsTruncated"], answer["MaxKeys"]) == ([], False, 0)


def test_more_than_a_thousand_are_not_given(s3: Any, endpoint: Endpoint) -> None:
    for number in range(1001):
        (endpoint.root / f"bucket/{number:04d}").touch()

    answer = s3.list_objects_v2(Bucket="bucket", MaxKeys=5000)

    assert (answer["KeyCount"], answer["MaxKeys"], answer["IsTruncated"]) == (1000, 1000, True)


@pytest.mark.parametrize("value", ["blah", "-1", "1.5"])
def test_max_keys_has_to_be_a_number(endpoint: Endpoint, value: str) -> None:
    s3 = endpoint.client()

    def spoil(params: Any, **_: Any) -> None:
        params["url"] += f"&max-keys={value}"

    s3.meta.events.register("before-call.s3.ListObjectsV2", spoil)

    with refused("InvalidArgument", 400):
        s3.list_objects_v2(Bucket="bucket")


def test_names_are_encoded_if_asked(s3: Any, listing: Callable[..., Any]) -> None:
    fill(s3, "foo+1/bar", "foo/bar/xyzzy", "quux ab/thud", "asdf+b")

    answer = listing(Delimiter="/", EncodingType="url")

    assert keys_of(answer) == ["asdf%2Bb"]
    assert prefixes_of(answer) == ["foo%2B1/", "foo/", "quux%20ab/"]
    assert (answer["Delimiter"], answer["EncodingType"]) == ("/", "url")


def test_entry_says_what_a_head_says(s3: Any) -> None:
    fill(s3, "k")

    (entry,) = s3.list_objects(Bucket="bucket")["Contents"]
    head = s3.head_object(Bucket="bucket", Key="k")

    assert (entry["ETag"], entry["Size"]) == (head["ETag"], head["ContentLength"])
    assert entry["LastModified"].replace(microsecond=0) == head["LastModified"]
    assert entry["Owner"]["ID"] == s3.get_object_acl(Bucket="bucket", Key="k")["Owner"]["ID"]


def test_owner_comes_with_version_2_if_asked(s3: Any) -> None:
    fill(s3, "k")

    assert "Owner" not in s3.list_objects_v2(Bucket="bucket")["Contents"][0]
    assert "Owner" in s3.list_objects_v2(Bucket="bucket", FetchOwner=True)["Contents"][0]


def test_each_object_is_its_one_version(s3: Any) -> None:
    fill(s3, "a/1", "b")

    answer = s3.list_object_versions(Bucket="bucket", Delimiter="/")

    assert [(v["Key"], v["VersionId"], v["IsLatest"]) for v in answer["Versions"]] == [("b", "null", True)]
    assert prefixes_of(answer) == ["a/"]


def test_missing_bucket(s3: Any) -> None:
    with refused("NoSuchBucket", 404):
        s3.list_objects(Bucket="missing")
    with refused("NoSuchBucket", 404):
        s3.list_objects_v2(Bucket="missing")


def test_empty_folders_are_nothing(s3: Any, endpoint: Endpoint, listing: Callable[..., Any]) -> None:
    (endpoint.root / "bucket/made/by/hand").mkdir(parents=True)

    answer = listing(Delimiter="/")

    assert (keys_of(answer), prefixes_of(answer)) == ([], [])


def test_keys_that_xml_cannot_hold_are_listed(s3: Any) -> None:
    fill(s3, "a\x01b", "a\rb", "a<&>\"'b")

    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["a\x01b", "a\rb", "a<&>\"'b"]


# The pure function


def plain_listing(keys: list[str], query: Query) -> Page:
    """The same, one key after the other."""
    page = Page()
    for key in keys:
        end = key.find(query.delimiter, len(query.prefix)) if query.delimiter else -1
        name = key if end < 0 else key[: end + len(query.delimiter)]
        seen = page.prefixes[-1:] == [name] and end >= 0
        inside = query.delimiter and end >= 0 and query.after.startswith(name)
        if not key.startswith(query.prefix) or name <= query.after or seen or inside:
            continue
        if len(page.keys) + len(page.prefixes) == query.limit:
            page.is_truncated = query.limit > 0
            break
        (page.keys if end < 0 else page.prefixes).append(name)
        page.last = name
    return page


NAMES = st.text(st.sampled_from("ab/\ud7ff\U0010ffff"), max_size=4)


@given(
    keys=st.lists(NAMES.filter(bool), unique=True),
    query=st.builds(
        Query,
        prefix=NAMES,
        delimiter=st.sampled_from(["", "/", "a", "ab"]),
        after=NAMES,
        limit=st.integers(0, 4),
    ),
)
def test_page_is_that_of_a_plain_listing(keys: list[str], query: Query) -> None:
    keys.sort()

    def seek(start: str) -> Iterator[str]:
        return iter(keys[bisect_left(keys, start) :])

    assert list_page(seek, query) == plain_listing(keys, query)
