# SPDX-License-Identifier: Apache-2.0
"""The report of a run: ratios with targets, honest about what was not there, not reached or failed."""

from pathlib import Path

import orjson

from benchmarks import ingest_figures, report
from benchmarks.figures import Figure, Part
from benchmarks.freshness import _between
from benchmarks.load import in_turns, median_of, percentiles


def _found() -> dict[str, object]:
    part = Part()
    part.ratio("ours / Martin", 1200.0, 1000.0, 1.0)
    part.ratio("ours / pg_tileserv", 1200.0, None, 1.0)
    part.figures.append(Figure("p95", 140.0, 100.0, at_least=False, unit="ms"))
    part.figures.append(Figure("slowest", 900.0, unit="ms"))
    return {"at": "2026-11-22", "parts": {"cached": part.as_json(), "items": {"error": "OSError: gone"}}}


def test_every_figure_says_whether_its_target_was_reached() -> None:
    rows = [line for line in report.table(_found()).splitlines() if line.startswith("| ")]
    assert rows[1:] == [
        "| ours / Martin | 1.2 × | ≥ 1 × | reached |",
        "| ours / pg_tileserv |  | ≥ 1 × | not there |",
        "| p95 | 140 ms | ≤ 100 ms | not reached |",
        "| slowest | 900 ms |  |  |",
    ]


def test_a_part_that_failed_is_told() -> None:
    assert "Failed: `OSError: gone`" in report.table(_found())


def test_the_raw_file_keeps_everything(tmp_path: Path) -> None:
    file, text = report.write(_found(), tmp_path)
    assert orjson.loads(file.read_bytes())["parts"]["cached"]["figures"][0]["value"] == 1.2
    assert file.with_suffix(".md").read_text(encoding="utf-8") == text


def test_contenders_take_turns_forwards_and_backwards_and_the_middle_round_counts() -> None:
    order: list[str] = []
    speeds = iter([5.0, 1.0, 3.0, 7.0, 4.0, 2.0])

    def contender(name: str) -> float:
        order.append(name)
        return next(speeds)

    found = in_turns({"a": lambda: contender("a"), "b": lambda: contender("b")}, 3)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert median_of(found) == {"a": 5.0, "b": 2.0}


def test_percentiles_of_a_histogram_are_never_better_than_what_was_measured() -> None:
    before, after = {0.01: 10.0, 0.05: 10.0, 0.1: 10.0}, {0.01: 70.0, 0.05: 109.0, 0.1: 110.0}
    assert _between(before, after) == {"changes": 100.0, "p50": 10.0, "p95": 50.0, "p99": 50.0}
    assert percentiles([float(n) for n in range(1, 101)])["p99"] == 100.0


def test_the_ingest_run_becomes_figures() -> None:
    run = {"clients": 2, "new": {"records_per_s": 6000}, "of_floor": 0.4}
    part = ingest_figures.part_of({"runs": [run], "floor": {"records_per_s": 15000}})
    assert [figure["reached"] for figure in part["figures"]] == [True, None]
