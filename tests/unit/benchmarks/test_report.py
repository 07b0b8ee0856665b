from typing import Any

import pytest

from benchmarks.report import GOALS, compare, failures, faults, per_cpu_second, ratio, render


def sample(responses: int, server_cpu_s: float = 1.0, **different: Any) -> dict[str, Any]:
    usual = {"rate": responses / 2, "p50_ms": 3.0, "p99_ms": 9.0, "refused": 0, "sockets": None, "seconds": 2, "database_cpu_s": 0.5}
    return usual | {"responses": responses, "server_cpu_s": server_cpu_s} | different


def document(**samples: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {
        "made_at": "2026-01-31T10:00:00+00:00",
        "settings": {
            "rounds": 1,
            "seconds": 2,
            "connections": 32,
            "generator": "wrk",
            "server_cpus": "CPU 0",
            "other_cpus": "CPU 1",
            "scaling": [],
        },
        "machine": {"cpu": "a processor", "cores": 2, "python": "3.11.7", "postgresql": "18.0"},
        "load_before": 0.1,
        "skipped": {},
        "facts": {name: {"title": name.capitalize(), "pss_mb": 50.0} for name in samples},
        "samples": samples,
        "scaling": {},
        "integrity": {"orders": 10, "acknowledged": 10, "cut": 0, "broken": []},
    }


def test_rounds_are_weighted_by_the_processor_time_they_used() -> None:
    assert per_cpu_second([sample(300, 1.0), sample(100, 3.0)]) == 100


def test_a_server_that_used_no_time_has_no_rate() -> None:
    assert per_cpu_second([sample(0, 0.0)]) == 0


def test_the_ratio_compares_requests_per_second_of_the_processor() -> None:
    measured = document(steelyard={"b": [sample(3000, 1.0)]}, seed_sync={"b": [sample(400, 2.0)]})

    assert ratio(measured, "steelyard", "seed_sync", "b") == 15


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"refused": 3}, "3 responses were not 2xx"),
        ({"sockets": "connect 0, read 4"}, "socket errors: connect 0, read 4"),
        ({"p50_ms": 0.0}, "no latency was measured"),
    ],
)
def test_a_failure_invalidates_a_sample(wrong: dict[str, Any], reason: str) -> None:
    measured = document(steelyard={"b": [sample(3000)]}, floor={"b": [sample(300), sample(300, **wrong)]})

    assert faults(measured["samples"]["floor"]["b"]) == [reason]
    assert ratio(measured, "steelyard", "floor", "b") is None
    assert f"INVALID: {reason}" in render(measured)


@pytest.mark.parametrize(("responses", "result"), [(1800, "aim"), (1799, "must"), (1300, "must"), (1299, "below")])
def test_a_goal_is_reached_at_its_figure(responses: int, result: str) -> None:
    measured = document(steelyard={"b": [sample(responses)]}, floor={"b": [sample(1000)]})

    comparison = next(each for each in compare(measured) if (each.peer, each.operation) == ("floor", "b"))

    assert GOALS["floor"]["b"] == (1.3, 1.8)
    assert comparison.result == result


def test_a_goal_without_its_peer_is_not_compared() -> None:
    measured = document(steelyard={"b": [sample(3000)]})
    measured["skipped"] = {"floor": "msgspec is absent"}

    assert {each.result for each in compare(measured)} == {"not compared"}
    assert failures(measured) == []
    assert "| floor | not run: msgspec is absent |" in render(measured)


def test_a_missed_must_and_orders_that_do_not_add_up_are_failures() -> None:
    measured = document(steelyard={"d": [sample(100, refused=1)], "b": [sample(100)]}, floor={"b": [sample(100)]})
    measured["integrity"]["broken"] = ["3 items out of balance"]

    assert failures(measured) == [
        "b is 1.00 times floor, and must be 1.3",
        "d of steelyard: 1 responses were not 2xx",
        "3 items out of balance",
    ]


def test_the_report_warns_of_a_busy_machine_and_of_a_server_that_waited() -> None:
    measured = document(steelyard={"b": [sample(3000, 0.4)]}) | {"load_before": 1.2}

    text = render(measured)

    assert "**Noisy**" in text
    assert "bounded by the other core" in text


def test_the_report_shows_rate_ratio_and_result() -> None:
    measured = document(steelyard={"b": [sample(6000)]}, seed_sync={"b": [sample(375)]}, floor={"b": [sample(3000)]})

    text = render(measured)

    assert "| Steelyard |  | 6 000 (16.0 / 2.00) |  |  | 50 |" in text
    assert "| seed_sync | b | 16.0 | 15 | 20 | met |" in text
    assert "| floor | b | 2.00 | 1.3 | 1.8 | aim reached |" in text


def test_scaling_is_a_row_for_each_server() -> None:
    measured = document(steelyard={"b": [sample(6000)]})
    measured["settings"]["scaling"] = [1, 512]
    measured["scaling"] = {"steelyard": {"1": sample(2000), "512": sample(8000, p99_ms=86.4)}}

    assert "| steelyard | 1 000 (9) | 4 000 (86) |" in render(measured)


def test_an_earlier_version_is_compared_in_the_table_and_has_no_goal() -> None:
    measured = document(steelyard={"b": [sample(1020)]}, before={"b": [sample(1000)]})

    assert "1 020 (1.02)" in render(measured)
    assert "before" not in {each.peer for each in compare(measured)}
