"""Messages name the value, the nearest match, or what is allowed."""

from emrsim.core.suggestions import did_you_mean, expected_one_of, shown, unknown

FAULTS = ["throttling", "latency", "drop"]


def test_nearest_match_is_suggested() -> None:
    assert unknown("fault", "throtle", FAULTS) == "unknown fault 'throtle': did you mean 'throttling'?"


def test_case_does_not_hide_a_match() -> None:
    assert did_you_mean("LATENCY", FAULTS) == "did you mean 'latency'?"


def test_values_are_listed_where_none_is_near() -> None:
    assert unknown("fault", "x", FAULTS) == "unknown fault 'x': expected one of drop, latency, throttling"


def test_value_that_is_no_text_is_shown() -> None:
    assert unknown("fault", 7, FAULTS).startswith("unknown fault 7: expected one of")


def test_long_list_is_cut() -> None:
    assert expected_one_of([f"name-{n}" for n in range(30)]).endswith("name-11, …")


def test_long_value_is_cut() -> None:
    assert len(shown("x" * 10_000)) == 100
