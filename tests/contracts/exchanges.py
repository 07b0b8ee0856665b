"""The examples of a contract as requests: every operation has at least one that succeeds, so tests need nothing else to call it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from codegen.contract.document import Document
from codegen.contract.examples import examples
from tests.contract.boundaries import spelled
from tests.contract.coverage.cases import is_one_text
from tests.contracts import subject
from tests.kit.contract.bodies import sent_as
from tests.kit.contract.checker import CONTRACT, Operation, Schema

DOCUMENT = Document(CONTRACT.tree)
Fields = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Sample:
    """A request of an example, and its response."""

    operation: Operation
    name: str
    parameters: Mapping[str, Any]
    body: Any
    """`...` where there is none: null is a value."""
    status: int
    response: Any
    scopes: tuple[str, ...] | None
    """Of its token; None: no token."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Its API keys, by security scheme."""
    accept: str | None = None
    """The media type of the response, if the request names it."""

    def __str__(self) -> str:
        return f"{self.operation}-{self.name}"

    @property
    def media(self) -> str | None:
        """The media type of its body."""
        described = CONTRACT.body(self.operation)
        return None if described is None or self.body is ... else described[0]

    @property
    def content(self) -> bytes:
        """Its body as bytes."""
        return b"" if self.body is ... else CONTRACT.encoded(self.operation, self.body)

    @property
    def target(self) -> bytes:
        """Path and query."""
        path, query = self.operation.path, list[tuple[str, str]]()
        for parameter in CONTRACT.parameters(self.operation):
            name = parameter["name"]
            if name not in self.parameters:
                continue
            texts = texts_of(parameter, self.parameters[name])
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", quote(texts[0], safe=","))
            elif parameter["in"] == "query":
                query += [(name, text) for text in texts]
        query += self.placed("query")
        path = CONTRACT.base_path + path
        return f"{path}?{urlencode(query)}".encode() if query else path.encode()

    @property
    def fields(self) -> Fields:
        """Headers, the token and the media type."""
        fields: Fields = [
            (parameter["name"].lower().encode(), text.encode("latin-1"))
            for parameter in CONTRACT.parameters(self.operation)
            if parameter["in"] == "header" and parameter["name"] in self.parameters
            for text in texts_of(parameter, self.parameters[parameter["name"]])
        ]
        fields += [(name.lower().encode(), key.encode()) for name, key in self.placed("header")]
        if self.scopes is not None:
            fields.append((b"authorization", f"Bearer {subject.token(*self.scopes)}".encode()))
        if self.media is not None:
            fields.append((b"content-type", sent_as(self.media).encode()))
        if self.accept is not None:
            fields.append((b"accept", self.accept.encode()))
        cookies = [f"{name}={key}" for name, key in self.placed("cookie")]
        cookies += [
            f"{parameter['name']}={text}"
            for parameter in CONTRACT.parameters(self.operation)
            if parameter["in"] == "cookie" and parameter["name"] in self.parameters
            for text in spelled(self.parameters[parameter["name"]])
        ]
        return [*fields, *([(b"cookie", "; ".join(cookies).encode("latin-1"))] if cookies else [])]

    def placed(self, where: str) -> list[tuple[str, str]]:
        """Names and values of the keys in one place of the request."""
        schemes = CONTRACT.tree["components"]["securitySchemes"]
        return [(schemes[scheme]["name"], key) for scheme, key in self.keys.items() if schemes[scheme]["in"] == where]

    def by(self, way: Mapping[str, list[str]]) -> "Sample":
        """With the credentials of an alternative of `security` and no others."""
        return replace(self, scopes=scopes_of(way), keys={scheme: subject.key(scheme) for scheme in way if is_key(scheme)})

    def having(self, name: str, value: Any) -> "Sample":
        """With another value for a parameter; `...` leaves it out."""
        others = {key: held for key, held in self.parameters.items() if key != name}
        return replace(self, parameters=others if value is ... else {**others, name: value})


def texts_of(parameter: Schema, value: Any) -> list[str]:
    """What is sent for a parameter, several times for a tuple."""
    if isinstance(value, tuple):
        return [text for each in value for text in texts_of(parameter, each)]
    return [",".join(spelled(value))] if isinstance(value, list) and is_one_text(parameter) else spelled(value)


def is_key(scheme: str) -> bool:
    """Whether a security scheme is an API key, as opposed to a token."""
    return "in" in CONTRACT.tree["components"]["securitySchemes"][scheme]


def scopes_of(way: Mapping[str, list[str]]) -> tuple[str, ...] | None:
    """The scopes of the token of an alternative; None where it needs none."""
    tokens = [scopes for scheme, scopes in way.items() if not is_key(scheme)]
    return tuple(sorted(scope for scopes in tokens for scope in scopes)) if tokens else None


def usual(operation: Operation) -> Mapping[str, list[str]]:
    """The first alternative of `security`; none where the operation needs none."""
    ways = CONTRACT.security(operation)
    return {} if {} in ways or not ways else ways[0]


def samples() -> Iterator[Sample]:
    """All examples."""
    for described, name, exchange in examples(DOCUMENT, subject.OPENAPI / "examples"):
        operation = CONTRACT.operations[described.id]
        yield Sample(
            operation,
            name,
            dict(exchange.get("parameters", {})),
            exchange.get("body", ...),
            exchange["status"],
            exchange.get("response"),
            None,
            accept=exchange.get("accept"),
        ).by(usual(operation))


ALL = list(samples())
# The first success of each operation.
VALID = {sample.operation.id: sample for sample in reversed(ALL) if sample.status < 400}
OPERATIONS = list(CONTRACT.operations.values())


def with_parameter(name: str) -> list[Operation]:
    """The operations that have it."""
    return [operation for operation in OPERATIONS if any(each["name"] == name for each in CONTRACT.parameters(operation))]


def parameters(*places: str) -> Iterable[tuple[Operation, Schema]]:
    """Each parameter of each operation in these places."""
    return [(operation, each) for operation in OPERATIONS for each in CONTRACT.parameters(operation) if each["in"] in places]
