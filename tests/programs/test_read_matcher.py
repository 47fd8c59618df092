"""The matcher that the CloudBurst sample is compared with, on cases that one can check by eye."""

from __future__ import annotations

import pytest

from tests.programs.read_matcher import Match, matches, unambiguous


def found(reference: str, read: str, k: int, indels: bool) -> set[tuple[bool, int, int, int]]:
    """Strand, start, end and differences of the matches of one read."""
    return {
        (match.reverse, match.start, match.end, match.differences)
        for match in matches([reference], [(1, read)], k, indels)
    }


@pytest.mark.parametrize("indels", [False, True])
def test_an_exact_read_is_found_once_on_its_strand(indels: bool) -> None:
    assert found("GGGGGACCATGAGGGGG", "ACCATGA", 1, indels) == {(False, 5, 12, 0)}
    assert found("GGGGGACCATGAGGGGG", "TCATGGT", 1, indels) == {(True, 5, 12, 0)}


def test_a_mismatch_counts_one_and_n_is_like_nothing() -> None:
    assert found("GGACCATGAGG", "ACCTTGA", 1, indels=False) == {(False, 2, 9, 1)}
    assert found("GGACCNTGAGG", "ACCNTGA", 1, indels=False) == {(False, 2, 9, 1)}
    assert found("GGACCNTGAGG", "ACCNTGA", 0, indels=False) == set()


def test_a_base_left_out_or_put_in_moves_the_end() -> None:
    assert found("TTTTTTCAGACTGGCTTTTTT", "CAGATGGC", 1, indels=True) == {(False, 6, 15, 1)}
    assert found("TTTTTTCAGACTGGCTTTTTT", "CAGACCTGGC", 1, indels=True) == {(False, 6, 15, 1)}


def test_reads_with_two_best_matches_are_ambiguous() -> None:
    one, two, worse = (Match(1, False, 1, 5, 9, 0), Match(1, True, 1, 7, 11, 0), Match(2, False, 1, 1, 5, 2))

    assert list(unambiguous([one, two, worse])) == [worse]
    assert list(unambiguous([one, two._replace(differences=1)])) == [one]
