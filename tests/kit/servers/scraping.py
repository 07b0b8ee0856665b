"""What Prometheus would read at /metrics."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

# As a setting; whoever shows it may read.
TOKEN = "k3Yv9-Zq7Lm2Xc8Rt4Wb6Nf1HaZq7Lm2Xc8"
BEARER = f"Bearer {TOKEN}"

Line = tuple[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True)
class Scrape:
    """The numbers of one look."""

    lines: Mapping[Line, float]

    def of(self, name: str, **labels: object) -> float | None:
        """The number on the line with exactly these labels, if there is such a line."""
        return self.lines.get((name, frozenset((label, str(value)) for label, value in labels.items())))

    def labels(self, name: str) -> set[str]:
        """Every value of that label."""
        return {value for _, labels in self.lines for label, value in labels if label == name}


def scrape(text: str) -> Scrape:
    """The numbers of a text in Prometheus' format, read as Prometheus' own parser reads it."""
    return Scrape(
        {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
    )


async def scraped(url: str) -> Scrape:
    """A look at a running server, on a connection of its own."""
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/metrics", headers={"authorization": BEARER})
    assert answer.status_code == 200, answer.text
    return scrape(answer.text)
