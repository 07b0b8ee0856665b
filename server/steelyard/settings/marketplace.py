"""Settings of the marketplace itself."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from steelyard.settings.base import Lower, PlaceSettings
from steelyard_contract.bounds import MAX_TAX_RATE_BPS


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


class MarketplaceSettings(PlaceSettings):
    """Currency, tax, payments and reservations."""

    currency: Annotated[str, BeforeValidator(_upper)] = "USD"
    """The currency of the marketplace, as in ISO 4217. Amounts are integers in its minor unit."""
    tax_rate_bps: int = Field(default=0, ge=0, le=MAX_TAX_RATE_BPS)
    """Tax that is added to each line, in hundredths of a per cent."""
    payments: Annotated[Literal["manual", "sandbox"], Lower] = "manual"
    """How payments are settled: the seller records them (`manual`), or a built-in sandbox acts as the provider, which is not allowed in
    production."""
    reservation_seconds: int = Field(default=604_800, ge=60, le=2_592_000)
    """Seconds that an unpaid order keeps its stock: 7 days."""
    item_cache: bool = True
    """Whether pages of items and the JSON of the newest items are kept for requests that read equal rows, or encoded for each request."""

    @field_validator("currency")
    @classmethod
    def _currency_is_a_code(cls, currency: str) -> str:
        if not re.fullmatch(r"[A-Z]{3}", currency):
            raise ValueError("a currency has three letters, as in ISO 4217: for example EUR")
        return currency
