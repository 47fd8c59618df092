"""Java's regular expressions: what `Pattern.matches` answered on OpenJDK 17."""

from __future__ import annotations

import pytest

from emrsim.javaclasses import PatternSyntaxError
from emrsim.javaregex import compile_java

# Pattern, text, and its groups; None where it does not match.
RECORDED = [
    (r".*subnetid.*([0-9]+-[0-9]+-[0-9]+-[0-9]+).*", "a subnetid 1-2-3-4 x", ["1-2-3-4"]),
    (r".*daemons.*-hadoop-.*", "s3://b/daemons/x-hadoop-y", []),
    (r".*/(\d\d\d\d)-(\d\d)/.*\.gz", "s3://b/2010-01/x.gz", ["2010", "01"]),
    (r"[a-z&&[^bc]]+", "ade", []),
    (r"[a-z&&[^bc]]+", "abe", None),
    (r"[a-d[m-p]]+", "amp", []),
    (r"[^a-d[m-p]]+", "xyz", []),
    (r"[^a-d[m-p]]+", "xam", None),
    (r"[a-z&&b-d&&[^c]]", "b", []),
    (r"[a-z&&b-d&&[^c]]", "c", None),
    (r"[a[^b]]+", "ac", []),
    (r"[a[^b]]+", "b", None),
    (r"[^[^a]]", "a", []),
    (r"[^\D]", "1", []),
    (r"[\D1]+", "1a", []),
    (r"[]a]+", "]a", []),
    (r"[\]\[]+", "[]", []),
    (r"[a-]+", "a-", []),
    (r"[\d-x]+", "1-x", []),
    (r"[a&b]", "&", []),
    (r"\p{Alpha}+\P{Digit}", "abc", []),
    (r"\Qa.b\E.*", "a.bc", []),
    (r"\Qa.b", "a.b", []),
    (r"(?<y>\d{4})-\k<y>", "2010-2010", ["2010"]),
    (r"(a)\11", "aa1", ["a"]),
    (r"(a)|(b)", "b", [None, "b"]),
    (r"(?i)ABC", "abc", []),
    (r"a(?i)b|c", "aB", []),
    (r"a(?i)b|c", "C", []),
    (r"(a|(?i)b|c)d", "Cd", ["C"]),
    (r"(a|(?i)b|c)d", "Ad", None),
    (r"x(?i:y)z", "xYz", []),
    (r"(?i)(?-i)a", "A", None),
    (r"a*+b", "aaab", []),
    (r"(?>a+)b", "aab", []),
    (r"a$", "a", []),
    (r"\Aa\z", "a", []),
    (r"\x41\u0042\x{43}\0104\t", "ABCD\t", []),
    (r"\h+", "  ", []),
    (r"\w+", "é", None),
    (r"\-\/\.", "-/.", []),
    (r"x{0}y", "y", []),
    (r"[a-c-e]+", "-", []),
    (".*", "a\nb", None),
    (".*", "a\x85b", None),
    ("(?s).*", "a\x85b", []),
]
INVALID = [
    "a{", "a{,3}", "a**", "(", ")", "[", "[^]", "[z-a]", "a{2,1}", "(?<1>x)", "(?P<n>a)", "(?#c)a", r"\y",
    "(?<a>x)(?<a>y)",
]  # fmt: skip
WITHOUT_COUNTERPART = [r"\p{L}", "(?x)a b", "(?u)a", "(?<=x*)a", r"\G", r"\X", "a{2}{3}"]


@pytest.mark.parametrize(("pattern", "text", "groups"), RECORDED)
def test_pattern_matches_as_java_does(pattern: str, text: str, groups: list[str | None] | None) -> None:
    found = compile_java(pattern).fullmatch(text)

    assert (None if found is None else list(found.groups())) == groups


@pytest.mark.parametrize("pattern", INVALID)
def test_pattern_that_java_refuses_is_refused(pattern: str) -> None:
    with pytest.raises(PatternSyntaxError, match="near index"):
        compile_java(pattern)


@pytest.mark.parametrize("pattern", WITHOUT_COUNTERPART)
def test_pattern_that_python_cannot_match_is_refused(pattern: str) -> None:
    with pytest.raises(PatternSyntaxError):
        compile_java(pattern)
