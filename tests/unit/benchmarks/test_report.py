from typing import Any

import pytest

from benchmarks.figures import GOALS, compare, failures, faults, per_cpu_second, ratio
from benchmarks.report import render


def sample(responses: int, server_cpu_s: float = 1.0, **different: Any) -> dict[str, Any]:
    usual = {"rate": responses / 2, "p50_ms": 3.0, "p99_ms": 9.0, "refused": 0, "sockets": None, "seconds": 2, "database_cpu_s": 0.5}
    return usual | {"responses": responses, "server_cpu_s": server_cpu_s} | different


def facts(name: str) -> dict[str, Any]:
    return {
        "title": name.capitalize(),
        "versions": {"python": "3.11.7", "bolt": "1.2"},
        "ready_s": 0.812,
        "ready_cpu_s": 0.644,
        "pss_idle_mb": 40.4,
        "pss_mb": 50.0,
        "processes": 2,
    }


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
        "facts": {name: facts(name) for name in samples},
        "samples": samples,
        "latency": {},
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

    assert "| Steelyard |  | 6 000 |  |  |" in text
    assert "| Floor |  | 3 000 (2.00) |  |  |" in text
    assert "| seed_sync | b | 16.0 | 17 | 30 | **below must** |" in text
    assert "| floor | b | 2.00 | 1.3 | 1.8 | aim reached |" in text


def test_scaling_is_a_row_for_each_server() -> None:
    measured = document(steelyard={"b": [sample(6000)]})
    measured["settings"]["scaling"] = [1, 512]
    measured["scaling"] = {"steelyard": {"1": sample(2000), "512": sample(8000, p99_ms=86.4)}}

    assert "| steelyard | 1 000 (9) | 4 000 (86) |" in render(measured)


def test_an_earlier_version_is_compared_in_the_table_and_has_no_goal() -> None:
    measured = document(steelyard={"b": [sample(1020)]}, before={"b": [sample(1000)]})

    assert "| Before |  | 1 000 (1.02) |  |  |" in render(measured)
    assert "before" not in {each.peer for each in compare(measured)}


def test_memory_start_and_versions_are_shown_for_each_server() -> None:
    text = render(document(steelyard={"b": [sample(1020)]}))

    assert "| Steelyard | 40 | 50 | 2 | 0.81 | 0.64 |" in text
    assert "| steelyard | python 3.11.7, bolt 1.2 |" in text


def fixed_rate(**different: Any) -> dict[str, Any]:
    usual = {"p50_ms": 0.52, "p99_ms": 1.26, "p999_ms": 4.04, "refused": 0, "lost": 0, "lag_p99_ms": 0.21, "keeps_up": True}
    return usual | different


def test_latency_at_fixed_rates_is_a_row_for_each_server() -> None:
    measured = document(steelyard={"b": [sample(1020)]})
    late = fixed_rate(p99_ms=None, p999_ms=None, keeps_up=False, lag_p99_ms=0.34)
    measured["latency"] = {
        "steelyard": {"b": {"50": fixed_rate(), "1000": fixed_rate(p999_ms=7.26)}},
        "seed_sync": {"b": {"50": fixed_rate(refused=2), "1000": late}},
    }

    text = render(measured)

    assert "| | b, 50/s | b, 1000/s |" in text
    assert "| steelyard | 0.5 / 1.3 / 4.0 | 0.5 / 1.3 / 7.3 |" in text
    assert "| seed_sync | INVALID: 2 responses were not 2xx, 0 connections were lost | does not keep up |" in text
    assert "sent at most 0.3 ms late" in text
