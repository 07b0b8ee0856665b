# Written by `python -m codegen generate` from openapi/; change the contract, never this file.
"""The types of parameters, as handlers use them: `limit: p.Limit`."""

from typing import Annotated, TypeAlias

from pydantic import Field

from steelyard_contract import models as m
from steelyard_contract.base import Header, Path, Query
from steelyard_contract.scalars import AwareDatetime, spelled

Q: TypeAlias = Annotated[Annotated[str, Field(min_length=1, max_length=100, pattern="^[^\\u0000]*$")] | None, Query("q")]
ListUsersRole: TypeAlias = Annotated[m.Role | None, Query("role")]
IsActive: TypeAlias = Annotated[bool | None, Query("is_active")]
ListUsersSort: TypeAlias = Annotated[m.UserSort, Query("sort")]
Skip: TypeAlias = Annotated[Annotated[int, Field(ge=0, le=10000)], Query("skip")]
Limit: TypeAlias = Annotated[Annotated[int, Field(ge=1, le=100)], Query("limit")]
Cursor: TypeAlias = Annotated[Annotated[str, Field(min_length=1, max_length=2048, pattern="^[A-Za-z0-9_.-]+$")] | None, Query("cursor")]
UserId: TypeAlias = Annotated[Annotated[int, Field(ge=1, le=9007199254740991)], Path("user_id")]
IfMatch: TypeAlias = Annotated[Annotated[str, Field(min_length=1, max_length=1000, pattern="^[^\\u0000]*$")] | None, Header("If-Match")]
OptionalIdempotencyKey: TypeAlias = Annotated[
    Annotated[str, Field(min_length=1, max_length=255, pattern="^[!-~]+$")] | None, Header("Idempotency-Key")
]
IdentityId: TypeAlias = Annotated[m.Id, Path("identity_id")]
AddressId: TypeAlias = Annotated[Annotated[int, Field(ge=1, le=9007199254740991)], Path("address_id")]
ResponseType: TypeAlias = Annotated[Annotated[str, Field(max_length=100, pattern="^[^\\u0000]*$")] | None, Query("response_type")]
ClientId: TypeAlias = Annotated[Annotated[str, Field(max_length=255, pattern="^[^\\u0000]*$")] | None, Query("client_id")]
RedirectUri: TypeAlias = Annotated[Annotated[str, Field(max_length=2000, pattern="^[^\\u0000]*$")] | None, Query("redirect_uri")]
AuthorizeState: TypeAlias = Annotated[Annotated[str, Field(max_length=512, pattern="^[^\\u0000]*$")] | None, Query("state")]
CodeChallenge: TypeAlias = Annotated[Annotated[str, Field(max_length=128, pattern="^[^\\u0000]*$")] | None, Query("code_challenge")]
CodeChallengeMethod: TypeAlias = Annotated[
    Annotated[str, Field(max_length=100, pattern="^[^\\u0000]*$")] | None, Query("code_challenge_method")
]
Scope: TypeAlias = Annotated[Annotated[str, Field(max_length=1000, pattern="^[^\\u0000]*$")] | None, Query("scope")]
AuthorizeProvider: TypeAlias = Annotated[Annotated[str, Field(max_length=32, pattern="^[^\\u0000]*$")] | None, Query("provider")]
Link: TypeAlias = Annotated[Annotated[str, Field(max_length=128, pattern="^[^\\u0000]*$")] | None, Query("link")]
Prompt: TypeAlias = Annotated[Annotated[str, Field(max_length=100, pattern="^[^\\u0000]*$")] | None, Query("prompt")]
LoginProviderId: TypeAlias = Annotated[Annotated[str, Field(max_length=32, pattern="^[a-z][a-z0-9-]*$")], Path("provider")]
ReceiveLoginState: TypeAlias = Annotated[Annotated[str, Field(max_length=128, pattern="^[^\\u0000]*$")] | None, Query("state")]
Code: TypeAlias = Annotated[Annotated[str, Field(max_length=4096, pattern="^[^\\u0000]*$")] | None, Query("code")]
ErrorModel: TypeAlias = Annotated[Annotated[str, Field(max_length=255, pattern="^[^\\u0000]*$")] | None, Query("error")]
Iss: TypeAlias = Annotated[Annotated[str, Field(max_length=2000, pattern="^[^\\u0000]*$")] | None, Query("iss")]
CredentialId: TypeAlias = Annotated[Annotated[int, Field(ge=1, le=9007199254740991)], Path("credential_id")]
Search: TypeAlias = Annotated[Annotated[str, Field(min_length=1, max_length=100, pattern="^[^\\u0000]*$")] | None, Query("search")]
Category: TypeAlias = Annotated[
    Annotated[str, Field(min_length=1, max_length=60, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")] | None, Query("category")
]
OwnerId: TypeAlias = Annotated[m.Id | None, Query("owner_id")]
MinPrice: TypeAlias = Annotated[Annotated[int, Field(ge=0, le=1000000000)] | None, Query("min_price")]
MaxPrice: TypeAlias = Annotated[Annotated[int, Field(ge=0, le=1000000000)] | None, Query("max_price")]
InStock: TypeAlias = Annotated[bool | None, Query("in_stock")]
ListItemsStatus: TypeAlias = Annotated[m.ItemStatus, Query("status")]
ListItemsSort: TypeAlias = Annotated[m.ItemSort, Query("sort")]
ItemId: TypeAlias = Annotated[Annotated[int, Field(ge=1, le=9007199254740991)], Path("item_id")]
IdempotencyKey: TypeAlias = Annotated[Annotated[str, Field(min_length=1, max_length=255, pattern="^[!-~]+$")], Header("Idempotency-Key")]
ListOrdersRole: TypeAlias = Annotated[m.OrderRole, Query("role")]
ListOrdersStatus: TypeAlias = Annotated[m.OrderStatus | None, Query("status")]
CreatedAfter: TypeAlias = Annotated[Annotated[AwareDatetime, spelled(pattern="^[12][0-9]{3}-")] | None, Query("created_after")]
CreatedBefore: TypeAlias = Annotated[Annotated[AwareDatetime, spelled(pattern="^[12][0-9]{3}-")] | None, Query("created_before")]
ListOrdersSort: TypeAlias = Annotated[m.OrderSort, Query("sort")]
OrderId: TypeAlias = Annotated[Annotated[int, Field(ge=1, le=9007199254740991)], Path("order_id")]
