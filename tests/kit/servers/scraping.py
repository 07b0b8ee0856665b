"""The metrics at /metrics, as Prometheus reads them."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

# The token that allows reading the metrics.
TOKEN = "k3Yv9-Zq7Lm2Xc8Rt4Wb6Nf1HaZq7Lm2Xc8"
BEARER = f"Bearer {TOKEN}"

Line = tuple[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True)
class Scrape:
    """The numbers of one scrape."""

    lines: Mapping[Line, float]

    def of(self, name: str, **labels: object) -> float | None:
        """The number with exactly these labels, or None."""
        return self.lines.get((name, frozenset((label, str(value)) for label, value in labels.items())))

    def labels(self, name: str) -> set[str]:
        """Every value of that label."""
        return {value for _, labels in self.lines for label, value in labels if label == name}


def scrape(text: str) -> Scrape:
    """The numbers of a text in the format of Prometheus, read by its parser."""
    return Scrape(
        {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
    )


async def scraped(url: str) -> Scrape:
    """The metrics of a running server, read on a new connection."""
    async with httpx.AsyncClient(base_url=url) as client:
        response = await client.get("/metrics", headers={"authorization": BEARER})
    assert response.status_code == 200, response.text
    return scrape(response.text)
