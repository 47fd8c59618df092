"""Which files become which outputs, against a small reference of a different make."""

from __future__ import annotations

from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from emrsim.programs.s3distcp.options import Options, parse
from emrsim.programs.s3distcp.plan import Output, Source, cut, plan

MIB = 1 << 20
UNTIMED = settings(deadline=None)
SOURCES = st.dictionaries(
    st.from_regex(r"\A[ab]/[xyz]{1,2}-[0-9]{2}\Z"), st.integers(0, 3 * MIB), min_size=1, max_size=25
)


def sources(sizes: dict[str, int]) -> list[Source]:
    return [Source(f"s3://b/{name}", f"/s3/b/{name}", name, sizes[name]) for name in sorted(sizes)]


def options(*arguments: str) -> Options:
    found = parse(["--src=s3://b", "--dest=hdfs:///out", *arguments])
    assert found is not None
    return found


def grouped(sizes: dict[str, int], *arguments: str, there: dict[str, int] | None = None) -> list[Output]:
    return plan(sources(sizes), options(r"--groupBy=.*/([xyz]+)-\d\d", *arguments), (there or {}).get)


@UNTIMED
@given(SOURCES, st.integers(0, 8 * MIB), st.integers(0, MIB))
def test_pieces_end_with_the_file_that_fills_them(sizes: dict[str, int], target: int, already: int) -> None:
    files = sources(sizes)
    ends, total = [], already
    for index, file in enumerate(files):
        total += file.size
        if total >= target:
            ends.append(index)
            total = 0

    pieces = list(cut(files, target, already))

    assert [file for piece in pieces for file in piece] == files
    last = [files.index(piece[-1]) for piece in pieces]
    assert last == (ends if ends and ends[-1] == len(files) - 1 else [*ends, len(files) - 1])


@UNTIMED
@given(SOURCES, st.integers(1, 6))
def test_each_file_is_in_one_output_beside_those_of_its_group(sizes: dict[str, int], target: int) -> None:
    outputs = grouped(sizes, f"--targetSize={target}")

    copied = [source for output in outputs for source in output.sources]
    assert sorted(copied) == sources(sizes)
    for output in outputs:
        assert {source.relative[2:-3] for source in output.sources} == {
            output.relative[2:].rstrip("0123456789")
        }
        assert output.relative[0] == output.sources[0].relative[0]
        assert list(output.sources) == sorted(output.sources)


@UNTIMED
@given(SOURCES, st.integers(1, 6))
def test_only_the_last_output_of_a_group_is_below_the_target_size(sizes: dict[str, int], target: int) -> None:
    outputs = grouped(sizes, f"--targetSize={target}")

    for _, group in groupby(outputs, key=lambda output: output.sources[0].relative[2:-3]):
        *full, _ = [sum(source.size for source in output.sources) for output in group]
        assert all(size >= target * MIB for size in full)


@UNTIMED
@given(SOURCES)
def test_without_a_target_size_there_is_one_output_for_each_group(sizes: dict[str, int]) -> None:
    outputs = grouped(sizes)

    assert sorted(output.relative[2:] for output in outputs) == sorted({name[2:-3] for name in sizes})


@UNTIMED
@given(SOURCES, st.integers(1, 6), st.sets(st.from_regex(r"\A[ab]/[xyz]{1,2}[0-3]?\Z"), max_size=6))
def test_no_output_has_a_name_that_is_taken(sizes: dict[str, int], target: int, there: set[str]) -> None:
    outputs = grouped(sizes, f"--targetSize={target}", there=dict.fromkeys(there, 1))

    names = [output.relative for output in outputs]
    assert len(set(names)) == len(names)
    assert not there & set(names)


@UNTIMED
@given(SOURCES, st.integers(1, 6))
def test_a_second_run_appends_only_to_files_that_are_not_full(sizes: dict[str, int], target: int) -> None:
    arguments = (f"--targetSize={target}", "--appendToLastFile")
    there = {output.relative: sum(s.size for s in output.sources) for output in grouped(sizes, *arguments)}

    outputs = grouped(sizes, *arguments, there=there)

    assert sorted(source for output in outputs for source in output.sources) == sources(sizes)
    for output in outputs:
        assert output.append == (output.relative in there)
        assert not output.append or there[output.relative] < target * MIB


@UNTIMED
@given(SOURCES)
def test_without_groups_every_file_keeps_its_name(sizes: dict[str, int]) -> None:
    outputs = plan(sources(sizes), options(), lambda relative: None)

    assert [(output.relative, output.sources) for output in outputs] == [
        (source.relative, (source,)) for source in sources(sizes)
    ]
