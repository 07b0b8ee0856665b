"""Settings of the marketplace itself."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from steelyard.settings.base import Lower, PlaceSettings
from steelyard_contract.bounds import MAX_TAX_RATE_BPS


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


class MarketplaceSettings(PlaceSettings):
    """What things cost, and how they are paid."""

    currency: Annotated[str, BeforeValidator(_upper)] = "USD"
    """The one currency of the marketplace, ISO 4217. Amounts are integers in its minor unit."""
    tax_rate_bps: int = Field(default=0, ge=0, le=MAX_TAX_RATE_BPS)
    """Tax on top of each line, in hundredths of a per cent."""
    payments: Annotated[Literal["manual", "sandbox"], Lower] = "manual"
    """Who settles payments: the seller records them, or the built-in sandbox plays a provider. The sandbox is refused in production."""
    reservation_seconds: int = Field(default=604_800, ge=60, le=2_592_000)
    """Seconds that an unpaid order keeps its stock: 7 days."""
    item_cache: bool = True
    """Whether the JSON of the newest items is kept for the next page that shows them, or encoded for each page."""

    @field_validator("currency")
    @classmethod
    def _currency_is_a_code(cls, currency: str) -> str:
        if not re.fullmatch(r"[A-Z]{3}", currency):
            raise ValueError("a currency is its three letters in ISO 4217, such as EUR")
        return currency
