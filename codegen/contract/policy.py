"""openapi/server.yaml: what generators have to know and the served document does not say in a form that programs read.

Each name in it has to point at something in the document. What does not is reported with its file, its line and a way out.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from re import fullmatch
from typing import Any

from codegen.contract.document import Document, pointer, steps
from codegen.contract.keywords import NUMBER
from codegen.contract.yaml import ContractError, SourceDict, read

FILE = "server.yaml"
REQUIRED = ("roles", "implied_scopes", "parties", "max_login_age_s", "rate_classes", "limited_by_address", "bounds")
OPTIONAL = ("role_schema", "sign_out", "limited_by_user")
NO_LIMIT = "none"
ROLE_KEYS = ("includes", "scopes")
BOUND_KEYWORDS = (*NUMBER, "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "x-max-bytes")


@dataclass(slots=True)
class Policy:
    """The contents of the file."""

    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The scopes of each role, in the order of the contract."""
    implied_scopes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parties: tuple[str, ...] = ()
    max_login_age_s: int = 0
    sign_out: str | None = None
    """An operationId."""
    limited_by_address: tuple[str, ...] = ()
    limited_by_user: tuple[str, ...] = ()
    bounds: dict[str, tuple[int, str]] = field(default_factory=dict)
    """The number and its pointer, by name."""


def read_policy(contract: Path, document: Document) -> Policy:
    """The policy beside the root file of a contract, or ContractError."""
    reader = _Reader(contract, document)
    if reader.errors:
        raise ContractError("\n".join(reader.errors))
    return reader.policy


def policy_errors(contract: Path, document: Document) -> list[str]:
    """One line for each entry that does not fit the document."""
    return _Reader(contract, document).errors


class _Reader:
    """Reads the whole file, however much of it is wrong."""

    def __init__(self, contract: Path, document: Document) -> None:
        self._document, self._table = document, read(contract.parent / FILE)
        self._operations = {operation.id: operation for operation in document.operations()}
        self._scopes = list(dict.fromkeys(_scopes(document)))
        self.policy, self.errors = Policy(), list[str]()
        for key in self._table:
            if key not in REQUIRED + OPTIONAL:
                self._complain(self._table, key, f"there is no entry {key}. Write {_one_of(key, REQUIRED + OPTIONAL)}, or remove it.")
        for key in REQUIRED:
            if key not in self._table:
                self._complain(self._table, "", f"the entry {key} is missing. Write it, empty if need be.")
        for key in self._table:
            if key in REQUIRED + OPTIONAL and key != "role_schema":
                getattr(self, f"_read_{key}")()
        self._check_access()

    def _complain(self, holder: SourceDict, key: str, message: str) -> None:
        self.errors.append(f"{holder.location(key)}: server: {message}")

    # -- kinds of values ------------------------------------------------------------------------------------------

    def _texts(self, holder: SourceDict, key: str) -> list[str]:
        texts = holder.get(key, [])
        if isinstance(texts, list) and all(isinstance(text, str) for text in texts):
            return texts
        self._complain(holder, key, f"{key} is not a list of names. Write [a, b].")
        return []

    def _mapping(self, holder: SourceDict, key: str) -> SourceDict:
        mapping = holder[key]
        if isinstance(mapping, SourceDict):
            return mapping
        self._complain(holder, key, f"{key} does not map names to values. Write them below it, one a line, or {{}} for none.")
        return SourceDict((), holder.file, holder.line, {})

    def _known(self, holder: SourceDict, key: str, name: str, known: Collection[str], what: str) -> bool:
        if name not in known:
            self._complain(holder, key, f"{name!r} is not {what}. Write {_one_of(name, known)}.")
        return name in known

    # -- entries --------------------------------------------------------------------------------------------------

    def _read_roles(self) -> None:
        names = self._role_names()
        table = self._mapping(self._table, "roles")
        granted: dict[str, set[str]] = {}
        for role in table:
            if names is not None:
                self._known(table, role, role, names, f"a role of {self._table['role_schema']}")
            entry = self._mapping(table, role)
            for key in entry:
                self._known(entry, key, key, ROLE_KEYS, f"an entry of the role {role}")
            included = str(entry.get("includes", ""))
            if "includes" in entry and included not in granted:
                self._complain(entry, "includes", f"{included!r} is not a role above {role}. Write the name of one, or list all scopes.")
            scopes = [scope for scope in self._texts(entry, "scopes") if self._known(entry, "scopes", scope, self._scopes, _SCOPE)]
            granted[role] = {*scopes, *granted.get(included, ())}
        if not table:
            self._complain(self._table, "roles", "there are no roles. Write at least one, such as user: {scopes: []}.")
        for role in names or ():
            if role not in table:
                self._complain(self._table, "roles", f"the role {role} has no entry. Write which scopes it has: {role}: {{scopes: []}}.")
        for scope in self._scopes:
            if granted and not any(scope in scopes for scopes in granted.values()):
                self._complain(
                    self._table, "roles", f"no role has the scope {scope}. Add it to one, or remove it from the security schemes."
                )
        self.policy.roles = {role: self._in_order(scopes) for role, scopes in granted.items()}

    def _role_names(self) -> list[str] | None:
        if "role_schema" not in self._table:
            return None
        schema = self._at(self._table, "role_schema")
        if schema is None:
            return None
        if not isinstance(schema, dict) or "enum" not in schema:
            self._complain(self._table, "role_schema", f"{self._table['role_schema']} is not an enumeration. Write the pointer of one.")
            return None
        return list(schema["enum"])

    def _read_implied_scopes(self) -> None:
        table = self._mapping(self._table, "implied_scopes")
        for scope in table:
            self._known(table, scope, scope, self._scopes, _SCOPE)
            implied = {name for name in self._texts(table, scope) if self._known(table, scope, name, self._scopes, _SCOPE)}
            self.policy.implied_scopes[scope] = self._in_order(implied)

    def _read_parties(self) -> None:
        self.policy.parties = tuple(self._texts(self._table, "parties"))
        used = {who for operation in self._operations.values() for who in operation.spec.get("x-access", {})}
        for party in self.policy.parties:
            self._known(self._table, "parties", party, used, "a party of any x-access")

    def _read_max_login_age_s(self) -> None:
        age = self._table["max_login_age_s"]
        if isinstance(age, int) and not isinstance(age, bool) and age > 0:
            self.policy.max_login_age_s = age
        else:
            self._complain(self._table, "max_login_age_s", f"{age!r} is not a number of seconds. Write a positive integer, such as 3600.")

    def _read_sign_out(self) -> None:
        name = self._table["sign_out"]
        if self._known(self._table, "sign_out", name, self._operations, "an operation"):
            if next(self._operations[name].parameters(), None) is not None or not any(self._operations[name].security):
                self._complain(self._table, "sign_out", f"{name} does not end the session of its caller: it has parameters or no security.")
            self.policy.sign_out = name

    def _read_rate_classes(self) -> None:
        """Every `x-rate-class` names one: an unknown class would get the quota of `default`."""
        known = (*self._texts(self._table, "rate_classes"), NO_LIMIT)
        for operation in self._operations.values():
            if operation.rate_class not in known:
                at = self._document.location(operation.pointer + pointer("x-rate-class"))
                message = (
                    f"{operation.rate_class!r} is no rate class of {FILE}. Write {_one_of(operation.rate_class, known)}, or add it there."
                )
                self.errors.append(f"{at}: server: {message}")

    def _read_limited_by_address(self) -> None:
        self.policy.limited_by_address = self._used_rate_classes("limited_by_address")

    def _read_limited_by_user(self) -> None:
        """Classes of operations that always have a caller: other requests have no user to count by."""
        self.policy.limited_by_user = self._used_rate_classes("limited_by_user")
        for operation in self._operations.values():
            if operation.rate_class in self.policy.limited_by_user and ({} in operation.security or not operation.security):
                at = self._document.location(operation.pointer)
                self.errors.append(f"{at}: server: {operation.rate_class!r} counts by user, and {operation.id} needs no login.")

    def _used_rate_classes(self, key: str) -> tuple[str, ...]:
        used = {operation.rate_class for operation in self._operations.values()}
        names = self._texts(self._table, key)
        return tuple(name for name in names if self._known(self._table, key, name, used, "the x-rate-class of any operation"))

    def _read_bounds(self) -> None:
        table = self._mapping(self._table, "bounds")
        for name in table:
            if not fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
                self._complain(table, name, f"{name!r} does not make a constant. Write a name in lower case, such as max_lines.")
            number = self._at(table, name)
            if number is None:
                continue
            keyword = steps(table[name])[-1]
            if keyword not in BOUND_KEYWORDS or not isinstance(number, int):
                self._complain(table, name, f"{table[name]} is not a bound. Let it end in {_one_of(keyword, BOUND_KEYWORDS)}.")
            else:
                self.policy.bounds[name] = (number, table[name])

    def _check_access(self) -> None:
        """Every `x-access` names roles and parties."""
        known = ("anyone", *self.policy.parties, *self.policy.roles)
        for operation in self._operations.values():
            for who in operation.spec.get("x-access", {}):
                if who not in known:
                    at = self._document.location(operation.pointer + pointer("x-access"))
                    message = f"{who!r} is neither a party nor a role of {FILE}. Write {_one_of(who, known)}, or add it there."
                    self.errors.append(f"{at}: server: {message}")

    # -- the document ---------------------------------------------------------------------------------------------

    def _at(self, holder: SourceDict, key: str) -> Any:
        """What the pointer in an entry points at; None if there is nothing."""
        where = holder[key]
        if not isinstance(where, str) or not where.startswith("/"):
            self._complain(holder, key, f"{where!r} is not a JSON pointer. Write /components/... or /paths/....")
            return None
        node: Any = self._document.root
        seen = ""
        for step in steps(where):
            names = list(node) if isinstance(node, dict) else [str(index) for index in range(len(node))] if isinstance(node, list) else []
            if step not in names:
                self._complain(holder, key, f"{seen or 'the document'} has no {step}. Write {_one_of(step, names)} instead, in {where}.")
                return None
            node = node[int(step)] if isinstance(node, list) else node[step]
            seen += pointer(step)
        return node

    def _in_order(self, scopes: Collection[str]) -> tuple[str, ...]:
        return tuple(scope for scope in self._scopes if scope in scopes)


_SCOPE = "a scope of any security scheme"


def _scopes(document: Document) -> Iterator[str]:
    """The scopes of all flows."""
    for scheme in document.components("securitySchemes").values():
        for flow in scheme.get("flows", {}).values():
            yield from flow.get("scopes", ())


def _one_of(name: str, known: Collection[str]) -> str:
    """The most similar name, or all."""
    *others, last = get_close_matches(str(name), known, 1) or known or ("nothing",)
    return f"{', '.join(others)} or {last}" if others else last
