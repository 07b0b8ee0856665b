"""Edits of the interface of the SDK, each with its level for programs that use it: a table for the comparison of two SDKs."""

from dataclasses import dataclass

from codegen.compat.changes import Level

HAND, MADE = "client/steelyard_runtime", "generated/client/steelyard_client"


@dataclass(frozen=True, slots=True)
class Edit:
    """A text replaced everywhere in a file."""

    name: str
    level: Level | None
    """None: no change for users."""
    file: str
    old: str
    new: str
    message: str = ""
    """A part of the reported change: its name and its text."""


CLIENT, CLIENT_BASE, API, MODELS, ERRORS = (
    f"{HAND}/client.py",
    f"{HAND}/client_base.py",
    f"{MADE}/api/items.py",
    f"{MADE}/models",
    f"{HAND}/errors.py",
)
GET = "def get(self, item_id: int, *, timeout: float | Unset = UNSET, headers: Mapping[str, str] | Unset = UNSET)"
EDITS = (
    # -- parameters ------------------------------------------------------------------------------------------------------
    Edit(
        "parameter removed",
        "breaking",
        CLIENT,
        "        insecure: bool = False,\n",
        "",
        "Steelyard.__init__ no longer takes `insecure`",
    ),
    Edit(
        "parameter renamed",
        "breaking",
        f"{HAND}/webhooks.py",
        "tolerance: float",
        "leeway: float",
        "webhooks.verify no longer takes `tolerance`",
    ),
    Edit(
        "made required", "breaking", f"{HAND}/retry.py", "attempts: int = 3", "attempts: int", "Retries.__init__ requires `attempts`, which"
    ),
    Edit(
        "made keyword-only",
        "breaking",
        f"{HAND}/retry.py",
        "attempts: int = 3,\n        *,",
        "*,\n        attempts: int = 3,",
        "keyword-only",
    ),
    Edit("keyword-only made positional", None, f"{HAND}/retry.py", "attempts: int = 3,\n        *,", "attempts: int = 3,"),
    Edit(
        "made positional-only",
        "breaking",
        API,
        "def get(self, item_id: int, *, ",
        "def get(self, item_id: int, /, *, ",
        "Items.get takes `item_id` pos",
    ),
    Edit(
        "default changed",
        "breaking",
        CLIENT,
        "timeout: float = 10.0",
        "timeout: float = 5.0",
        "Steelyard.__init__ takes 5.0 where `timeout` is",
    ),
    Edit(
        "new optional parameter",
        "addition",
        CLIENT,
        "insecure: bool = False,\n",
        "insecure: bool = False,\n        proxy: str | None = None,\n",
        "`proxy`",
    ),
    Edit(
        "new required parameter",
        "breaking",
        f"{HAND}/testing.py",
        "*, after_sending: bool",
        "*, times: int, after_sending: bool",
        "requires `times`",
    ),
    Edit(
        "parameters exchanged",
        "breaking",
        f"{HAND}/webhooks.py",
        "sign(body: bytes, secret: str",
        "sign(secret: str, body: bytes",
        "another place",
    ),
    Edit(
        "new parameter in front",
        "breaking",
        f"{HAND}/webhooks.py",
        "def sign(body",
        "def sign(kind: str, body",
        "webhooks.sign takes `body` at",
    ),
    Edit(
        "accepts less",
        "breaking",
        CLIENT,
        "password: str | Callable[[], str] | None = None",
        "password: str | None = None",
        "takes str | None as `password`",
    ),
    Edit("accepts more", None, CLIENT, "        token: str | None = None", "        token: str | Callable[[], str] | None = None"),
    Edit("a value of a Literal removed", "breaking", API, 'Literal["draft", "active"]', 'Literal["draft"]', "Items.create takes"),
    Edit("a value of a Literal added", None, API, 'Literal["draft", "active"]', 'Literal["draft", "active", "hidden"]'),
    Edit(
        "accepts another class",
        "breaking",
        API,
        "price: Price | PriceDict",
        "price: Money | MoneyDict",
        "Items.create takes Money | MoneyDict as `price`",
    ),
    Edit("any keyword accepted", None, f"{HAND}/webhooks.py", "now: float | None = None) -> Any", "**more: Any) -> Any"),
    Edit(
        "any keyword no longer accepted",
        "breaking",
        f"{HAND}/testing.py",
        "problem: type[ProblemError], **members: Any",
        "problem: type[ProblemError]",
        "`members`",
    ),
    Edit("name of any keyword changed", None, f"{MADE}/testing.py", "**options: Any", "**settings: Any"),
    # -- results ---------------------------------------------------------------------------------------------------------
    Edit(
        "returns another class",
        "breaking",
        API,
        f"{GET} -> Item:",
        f"{GET} -> ItemPage:",
        "Items.get returns ItemPage",
    ),
    Edit(
        "may return None",
        "breaking",
        API,
        f"{GET} -> Item:",
        f"{GET} -> Item | None:",
        "Items.get returns Item | None",
    ),
    Edit("never returns None any more", None, f"{HAND}/response.py", "def etag(self) -> str | None", "def etag(self) -> str"),
    Edit(
        "a property may be None",
        "breaking",
        f"{HAND}/response.py",
        "def status(self) -> int:",
        "def status(self) -> int | None:",
        "Answer.status is int | None",
    ),
    Edit(
        "return annotation removed",
        "breaking",
        API,
        f"{GET} -> Item:",
        f"{GET}:",
        "no longer has the return annotation",
    ),
    Edit(
        "returns pages of another class",
        "breaking",
        API,
        "-> Pages[StockMovement]",
        "-> Pages[Item]",
        "Items.list_stock_movements returns Pages[Item]",
    ),
    Edit("returns a value instead of None", None, CLIENT, "def close(self) -> None", "def close(self) -> bool"),
    Edit(
        "member of a response may be null",
        "breaking",
        f"{MODELS}/items.py",
        "    title: str\n",
        "    title: str | None\n",
        "models.Item.title is str | None",
    ),
    Edit("member of a response is never null", None, f"{MODELS}/items.py", "    sku: str | None\n", "    sku: str\n"),
    # -- calls -----------------------------------------------------------------------------------------------------------
    Edit(
        "made asynchronous",
        "breaking",
        CLIENT,
        "    def sign_out(self)",
        "    async def sign_out(self)",
        "Steelyard.sign_out is async and was a plain function",
    ),
    Edit(
        "method made a property",
        "breaking",
        f"{HAND}/response.py",
        "    def json(self)",
        "    @property\n    def json(self)",
        "Answer.json is an attribute",
    ),
    Edit(
        "property made a method",
        "breaking",
        CLIENT_BASE,
        "    @property\n    def base_url",
        "    def base_url",
        "Steelyard.base_url is a function",
    ),
    Edit(
        "class method made an ordinary one",
        "breaking",
        CLIENT,
        "    @classmethod\n    def from_env(cls",
        "    def from_env(self",
        "Steelyard.from_env is a pl",
    ),
    Edit(
        "no context manager any more",
        "breaking",
        CLIENT,
        "    @contextmanager\n",
        "",
        "Steelyard.stream is a plain function and was contextmanager",
    ),
    Edit("property instead of a kept value", None, f"{MADE}/client.py", "@cached_property", "@property"),
    Edit(
        "form of a call removed",
        "breaking",
        f"{MADE}/api/orders.py",
        "        product_id: int,\n        quantity: int,\n",
        "",
        "Orders.create no longer takes `product_id`",
    ),
    Edit(
        "form of a call takes less",
        "breaking",
        f"{MADE}/api/orders.py",
        "lines: Sequence[BasketLine | BasketLineDict]",
        "lines: list[BasketLine]",
        "Orders.create takes list",
    ),
    # -- names -----------------------------------------------------------------------------------------------------------
    Edit("class removed from the list", "breaking", f"{MADE}/__init__.py", '    "Retries",\n', "", "Retries is gone"),
    Edit(
        "class renamed",
        "breaking",
        f"{MADE}/models/__init__.py",
        "OrderSort as OrderSort",
        "OrderSort as SortOfOrders",
        "models.OrderSort is gone",
    ),
    Edit("exception removed from the list", "breaking", f"{MADE}/errors.py", '    "TimedOut",\n', "", "errors.TimedOut is gone"),
    Edit("function removed", "breaking", f"{MADE}/calls.py", "        get_item as get_item,\n", "", "calls.get_item is gone"),
    Edit("operation removed", "breaking", f"{MADE}/operations.py", "        GET_ITEM as get_item,\n", "", "operations.get_item is gone"),
    Edit("method removed", "breaking", CLIENT_BASE, "    def to_curl(", "    def _to_curl(", "Steelyard.to_curl is gone"),
    Edit(
        "method of a resource renamed",
        "breaking",
        API,
        "    def record_stock_movement(\n        self,",
        "    def move_stock(\n        self,",
        "Items.record_stock_movement is gone",
    ),
    Edit("resource renamed", "breaking", f"{MADE}/client.py", "    def items(self)", "    def catalogue(self)", "Steelyard.items is gone"),
    Edit("member of a response removed", "breaking", f"{MODELS}/items.py", "category", "shelf", "models.Item.category is gone"),
    Edit("enum member removed", "breaking", f"{MODELS}/items.py", '    ARCHIVED = "archived"\n', "", "models.ItemStatus.ARCHIVED is gone"),
    Edit(
        "value of an enum member changed",
        "breaking",
        f"{MODELS}/items.py",
        'ARCHIVED = "archived"',
        'ARCHIVED = "retired"',
        "models.ItemStatus.ARCHIVED is 'retired'",
    ),
    Edit(
        "enum member added",
        "addition",
        f"{MODELS}/items.py",
        '    ARCHIVED = "archived"\n',
        '    ARCHIVED = "archived"\n    HIDDEN = "hidden"\n',
        "models.ItemStatus.HIDDEN is new",
    ),
    Edit(
        "method added",
        "addition",
        CLIENT_BASE,
        "    def to_curl(",
        "    def ping(self) -> None: ...\n\n    def to_curl(",
        "Steelyard.ping is new",
    ),
    Edit(
        "member of a response added",
        "addition",
        f"{MODELS}/items.py",
        "    title: str\n",
        "    title: str\n    colour: str\n",
        "models.Item.colour is new",
    ),
    Edit(
        "member of a response required by its class",
        None,
        f"{MODELS}/items.py",
        "        title: str,\n",
        "        title: str,\n        colour: str,\n",
    ),
    Edit(
        "member of an input required by its class",
        "breaking",
        f"{MODELS}/inputs.py",
        "        city: str,\n",
        "        city: str,\n        floor: int,\n",
        "requires `floor`",
    ),
    Edit(
        "new optional key",
        "addition",
        f"{MODELS}/inputs.py",
        "    label: NotRequired[str | None]\n",
        "    label: NotRequired[str | None]\n    floor: NotRequired[int]\n",
        "floor is new",
    ),
    Edit(
        "new required key",
        "breaking",
        f"{MODELS}/inputs.py",
        "    label: NotRequired[str | None]\n",
        "    label: NotRequired[str | None]\n    floor: int\n",
        "floor is a required key",
    ),
    Edit(
        "optional key made required",
        "breaking",
        f"{MODELS}/inputs.py",
        "    country: NotRequired[str]\n",
        "    country: str\n",
        "country is a required key, and could",
    ),
    Edit(
        "new method of a protocol",
        "breaking",
        f"{HAND}/tokens.py",
        "    def unlock(self) -> None: ...\n",
        "    def unlock(self) -> None: ...\n\n    def wipe(self) -> None: ...\n",
        "TokenStore.wipe is required",
    ),
    # -- bases -----------------------------------------------------------------------------------------------------------
    Edit(
        "another base",
        "breaking",
        ERRORS,
        "class TimedOut(ConnectionFailed)",
        "class TimedOut(SteelyardError)",
        "errors.TimedOut no longer derives from ConnectionFailed",
    ),
    Edit(
        "an additional base",
        None,
        ERRORS,
        "class SignedOut(SteelyardError)",
        "class _Ended(SteelyardError):\n    pass\n\n\nclass SignedOut(_Ended)",
    ),
    # -- private ---------------------------------------------------------------------------------------------------------
    Edit("private name gone", None, CLIENT, "_drive", "_step_through"),
    Edit("class of a private module", None, f"{HAND}/streams.py", "class Guard", "class Watchman"),
    Edit(
        "wording", None, f"{HAND}/retry.py", "How often and how soon a call is sent again.", "How often a call is repeated, and how soon."
    ),
    Edit("another implementation", None, f"{HAND}/pages.py", "yield from page", "for entry in page:\n                yield entry"),
    Edit(
        "another text when printed",
        None,
        f"{HAND}/response.py",
        '    def __repr__(self) -> str:\n        return f"<Answer',
        '    def __str__(self) -> str:\n        return f"<Answer',
    ),
    Edit("another notation of a type", None, CLIENT, "token: str | None = None", "token: Optional[str] = None"),
    Edit("same values in another order", None, API, 'Literal["draft", "active"]', 'Literal["active", "draft"]'),
)
