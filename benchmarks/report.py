"""Turns the figures of a run into the report: tables, and which goals are met.

python -m benchmarks.report results/2026-01-31.json          prints the report of an earlier run
python -m benchmarks.report results/2026-01-31.json --draw   prints its charts
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.charts import draw
from benchmarks.figures import NOISE, OPERATIONS, OURS, Document, Result, Sample, compare, faults, median, per_cpu_second, ratio

# A server that is idle for half of the time waits for another process.
BOUNDED_BELOW_CPU = 0.5
NOISY_ABOVE_LOAD = 0.5


def render(document: Document) -> str:
    """The whole report, as Markdown."""
    heading = f"# Benchmark of {document['made_at'][:10]}"
    chart = "![The figures below as charts](latest.svg)"
    parts = [heading, conditions(document), chart, rates(document), _results(document), _details(document), _costs(document)]
    if document.get("latency"):
        parts.append(_latency(document))
    if document.get("scaling"):
        parts.append(_scaling(document))
    return "\n\n".join([*parts, _notes(document), _versions(document)]) + "\n"


def conditions(document: Document) -> str:
    """The length of the run, the machine, and whether it was quiet."""
    settings, machine = document["settings"], document["machine"]
    text = (
        f"{settings['rounds']} rounds of {settings['seconds']} s for each operation, {settings['connections']} connections, "
        f"generator: {settings['generator']}. {machine['cpu']}, {machine['cores']} cores, Python {machine['python']}, "
        f"PostgreSQL {machine['postgresql']}. Server on {settings['server_cpus']}, database and generator on {settings['other_cpus']}."
    )
    if document["load_before"] > NOISY_ABOVE_LOAD:
        text += f"\n\n**Noisy**: the machine was busy before the start (load {document['load_before']:.1f}). Believe ratios only."
    return text


def rates(document: Document) -> str:
    """Requests per CPU-second, and Steelyard's as a multiple of them."""
    lines = [
        "Requests per second of the server's processor; in brackets, how many times as many Steelyard handles.",
        "",
        "| | " + " | ".join(f"{operation}: {what}" for operation, what in OPERATIONS.items()) + " |",
        "|---|" + "---:|" * len(OPERATIONS),
    ]
    for name, samples in document["samples"].items():
        cells = []
        for operation in OPERATIONS:
            these = samples.get(operation, ())
            if not these:
                cells.append("")
            elif wrong := faults(these):
                cells.append(f"INVALID: {'; '.join(wrong)}")
            else:
                multiple = "" if name == OURS else f" ({times(ratio(document, OURS, name, operation))})"
                cells.append(f"{_rounded(per_cpu_second(these))}{multiple}")
        lines.append(f"| {document['facts'][name]['title']} | " + " | ".join(cells) + " |")
    lines += [f"| {name} | not run: {reason} |" for name, reason in document["skipped"].items()]
    return "\n".join(lines)


def _costs(document: Document) -> str:
    """Memory and start."""
    lines = [
        "Memory of the process after the rounds, where shared memory is divided among those that share it, and the start until a response.",
        "",
        "| | MB at the start | MB after the rounds | processes | ready s | CPU s until then |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for facts in document["facts"].values():
        sizes = f"{facts['pss_idle_mb']:.0f} | {facts['pss_mb']:.0f} | {facts['processes']}"
        lines.append(f"| {facts['title']} | {sizes} | {facts['ready_s']:.2f} | {facts['ready_cpu_s']:.2f} |")
    return "\n".join(lines)


def _versions(document: Document) -> str:
    lines = ["| | versions |", "|---|---|"]
    for name, facts in document["facts"].items():
        lines.append(f"| {name} | {', '.join(f'{package} {version}' for package, version in facts['versions'].items())} |")
    return "\n".join(lines)


def _details(document: Document) -> str:
    """Wall time, latency, and the processor time of a request on either side."""
    lines = [
        "| | | requests/s | p50 ms | p99 ms | us of server | us of database | server busy | |",
        "|---|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for name, operations in document["samples"].items():
        for operation, samples in operations.items():
            responses = max(sum(sample["responses"] for sample in samples), 1)
            server, database = (sum(sample[key] for sample in samples) for key in ("server_cpu_s", "database_cpu_s"))
            busy = server / sum(sample["seconds"] for sample in samples)
            remark = "INVALID" if faults(samples) else "bounded by the other core" if busy < BOUNDED_BELOW_CPU else ""
            cells = [
                name,
                operation,
                _rounded(median(samples, "rate")),
                f"{median(samples, 'p50_ms'):.1f}",
                f"{median(samples, 'p99_ms'):.1f}",
                f"{server / responses * 1e6:.0f}",
                f"{database / responses * 1e6:.0f}",
                f"{busy:.0%}",
                remark,
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _latency(document: Document) -> str:
    """Latency at fixed rates."""
    columns = [(operation, rate) for operation, rates in next(iter(document["latency"].values())).items() for rate in rates]
    lines = [
        "Latency at a fixed rate, from the time at which a request was to start: p50 / p99 / p99.9 in ms.",
        "",
        "| | " + " | ".join(f"{operation}, {rate}/s" for operation, rate in columns) + " |",
        "|---|" + "---:|" * len(columns),
    ]
    every = []
    for name, operations in document["latency"].items():
        samples = [operations[operation][rate] for operation, rate in columns]
        every += samples
        lines.append(f"| {name} | " + " | ".join(_percentiles(sample) for sample in samples) + " |")
    lag_ms = max(sample["lag_p99_ms"] for sample in every)
    return "\n".join([*lines, "", f"99 % of the requests were sent at most {lag_ms:.1f} ms late, which the figures include."])


def _percentiles(sample: Sample) -> str:
    if sample["refused"] or sample["lost"]:
        return f"INVALID: {sample['refused']} responses were not 2xx, {sample['lost']} connections were lost"
    if not sample["keeps_up"]:
        return "does not keep up"
    return " / ".join(f"{sample[key]:.1f}" for key in ("p50_ms", "p99_ms", "p999_ms"))


def _scaling(document: Document) -> str:
    """One item at growing numbers of connections."""
    counts = [str(count) for count in document["settings"]["scaling"]]
    lines = [
        "One item at so many connections: requests/s (p99 ms).",
        "",
        "| | " + " | ".join(counts) + " |",
        "|---|" + "---:|" * len(counts),
    ]
    for name, by_count in document["scaling"].items():
        cells = [
            f"INVALID: {'; '.join(wrong)}" if (wrong := faults([sample])) else f"{_rounded(sample['rate'])} ({sample['p99_ms']:.0f})"
            for sample in (by_count[count] for count in counts)
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _results(document: Document) -> str:
    lines = ["| Steelyard against | | measured | must | aim | |", "|---|---|---:|---:|---:|---|"]
    words: Mapping[Result, str] = {"aim": "aim reached", "must": "met", "below": "**below must**", "not compared": "not compared"}
    for each in compare(document):
        cells = [each.peer, each.operation, times(each.ratio), f"{each.must:g}", f"{each.aim:g}", words[each.result]]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _notes(document: Document) -> str:
    integrity = document["integrity"]
    orders = (
        f"At the end the database held {integrity['orders']} orders; {integrity['acknowledged']} had returned 201, "
        f"and up to {integrity['cut']} were under way when a load ended."
    )
    lines = [f"The same ratio varies by about {NOISE:.0%} between runs.".replace("%", " %"), "", orders]
    lines += [f"**{each}**" for each in integrity["broken"]] or ["All orders add up: stock, lines, totals, stored responses and events."]
    return "\n".join(lines)


def times(value: float | None) -> str:
    """A ratio as it is shown."""
    return "-" if value is None else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _rounded(value: float) -> str:
    """Three digits are more than two runs agree on."""
    step = 10 ** max(len(str(int(value))) - 3, 0)
    return f"{round(value / step) * step:,}".replace(",", " ")


def main() -> None:
    file, *options = sys.argv[1:]
    document = json.loads(Path(file).read_text())
    sys.stdout.write(draw(document) if options == ["--draw"] else render(document))


if __name__ == "__main__":
    main()
