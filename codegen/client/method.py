"""An operation of the contract as the templates print it: a function that builds a call, and a method of a resource."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import Any

from codegen.client.docstrings import paragraphs, sentence, with_bounds, wrapped
from codegen.client.models import Member
from codegen.client.types import PythonType, Stream
from codegen.contract.document import Operation
from codegen.contract.media import is_raw, is_stream, suffix

# Options of a single call, which every method has beside the arguments of its operation.
OPTIONS = {"timeout": "float | Unset", "headers": "Mapping[str, str] | Unset"}
IF_NONE_MATCH = "If-None-Match"


@dataclass(frozen=True)
class Argument:
    """An argument of a method."""

    name: str
    """In Python."""
    wire: str
    annotation: str
    required: bool
    documentation: str
    kind: PythonType | None = None
    is_joined: bool = False
    """An array of the query that is one text."""

    @property
    def sent(self) -> str:
        """The expression for what is sent."""
        return f"_joined({self.name})" if self.is_joined else self.name

    @property
    def text(self) -> str:
        default = "" if self.required else " = None" if self.kind is None else " = UNSET"
        unset = "" if self.required or self.kind is None else " | Unset"
        return f"{self.name}: {self.annotation}{unset}{default}"


@dataclass(frozen=True)
class Form:
    """One shape of a body: its members are arguments."""

    name: str
    members: list[Member]

    @property
    def required(self) -> str:
        return _names(member.attribute for member in self.members if member.required)

    @property
    def all(self) -> str:
        return _names(member.attribute for member in self.members)


def _names(names: Iterable[str]) -> str:
    return f"frozenset({{{', '.join(repr(name) for name in names)}}})"


@dataclass(frozen=True)
class Paged:
    """A list whose response links to the next page."""

    item: PythonType
    cursor: str
    member: str
    constants: dict[str, Any]


@dataclass
class Method:
    """An operation."""

    operation: Operation
    key: str
    name: str
    """Of the method."""
    tag: str
    path: list[Argument]
    forms: list[Form]
    positional: Argument | None
    """A body that is no object."""
    query: list[Argument]
    headers: list[Argument]
    media: str | None
    secrets: frozenset[str]
    keyed: bool
    guarded: bool
    resumable: bool
    revalidates: bool
    responses: dict[int, PythonType | None]
    accepted: str | None
    """The media type of its responses; None: they have no body."""
    paged: Paged | None
    problems: list[str]
    common: frozenset[str] = frozenset()
    """Problems that nearly every operation has."""
    examples: dict[str, Any] = field(default_factory=dict)

    @property
    def own_problems(self) -> list[str]:
        """The problems that are specific to this operation."""
        return [name for name in self.problems if name not in self.common]

    # -- what templates print ---------------------------------------------------------------------------------------
    @property
    def id(self) -> str:
        return self.operation.id

    @property
    def summary(self) -> str:
        """What it does; for the further media types of an operation, also in which one."""
        plain = str(self.operation.spec.get("summary", self.id))
        return f"{plain}, as {self.accepted}" if suffix(self.operation, self.accepted) else plain

    @property
    def raw(self) -> str | None:
        """The media type of responses that are no JSON."""
        return self.accepted if self.accepted is not None and (is_raw(self.accepted) or is_stream(self.accepted)) else None

    @property
    def constant(self) -> str:
        return self.key.upper()

    @property
    def http(self) -> str:
        return self.operation.method.upper()

    @property
    def has_forms(self) -> bool:
        """The body has more than one shape."""
        return len(self.forms) > 1

    @property
    def status(self) -> int:
        return next(iter(self.responses))

    @property
    def result(self) -> str:
        """What the call returns."""
        return " | ".join(dict.fromkeys("None" if kind is None else kind.read for kind in self.responses.values()))

    @property
    def several(self) -> bool:
        return len({None if kind is None else kind.read for kind in self.responses.values()}) > 1

    @property
    def stream(self) -> Stream | None:
        """The response, if it is a stream."""
        return next((kind for kind in self.responses.values() if isinstance(kind, Stream)), None)

    @property
    def returns(self) -> str:
        names = [name for kind in self.responses.values() if kind is not None for name in kind.returns]
        return f"({', '.join(dict.fromkeys(names))},)" if names else "()"

    def parser(self, status: int | None = None) -> str:
        kind = self.responses[self.status if status is None else status]
        return "None" if kind is None else kind.parser

    @property
    def secured(self) -> bool:
        return any(self.operation.security)

    @property
    def optional(self) -> bool:
        return {} in self.operation.security

    @property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        """Alternatives of security schemes, if one of them is an API key."""
        schemes = self.operation.document.components("securitySchemes")
        ways = tuple(tuple(way) for way in self.operation.security if way)
        return ways if any(schemes[scheme].get("type") == "apiKey" for way in ways for scheme in way) else ()

    @property
    def scopes(self) -> tuple[str, ...]:
        """Alternatives, each as a text."""
        held = [" ".join(scope for scopes in way.values() for scope in scopes) for way in self.operation.security]
        return tuple(dict.fromkeys(scope for scope in held if scope))

    @property
    def deprecation(self) -> str | None:
        if not self.operation.spec.get("deprecated"):
            return None
        announcement = self.operation.spec.get("x-deprecation", {})
        since = f" since {announcement['since']}" if "since" in announcement else ""
        sunset = f" and ends on {announcement['sunset']}" if "sunset" in announcement else ""
        use = f"; use {announcement['use']}" if "use" in announcement else ""
        return f"{self.id} is deprecated{since}{sunset}{use}"

    @property
    def template(self) -> str:
        """The path, with arguments in it."""
        made = self.operation.path
        for argument in self.path:
            made = made.replace(f"{{{argument.wire}}}", f"{{_segment({argument.name})}}")
        return f'f"{made}"' if self.path else f'"{made}"'

    @property
    def sent_query(self) -> str:
        """The query parameters as arguments: by name, or by any text that is no name."""
        if all(argument.wire.isidentifier() and not iskeyword(argument.wire) for argument in self.query):
            return ", ".join(f"{argument.wire}={argument.sent}" for argument in self.query)
        return f"**{{{', '.join(f'{argument.wire!r}: {argument.sent}' for argument in self.query)}}}"

    def arguments(self, form: Form | None, *, raw: bool = False, options: bool = True) -> list[str]:
        """Path parameters by position, everything else by keyword. `raw`: for `calls`, where If-None-Match is and options are not."""
        first = [argument.text for argument in self.path]
        if self.positional is not None:
            first.append(self.positional.text)
        members = form.members if form is not None else []
        rest = [member.accepted for member in members] + [argument.text for argument in self.query + self.header_arguments(raw=raw)]
        rest += self._option_arguments() if options and not raw else []
        return [*first, *(["*"] if rest else []), *rest]

    @property
    def options(self) -> list[str]:
        """The options of this method, except those whose names the contract uses here."""
        taken = {argument.name for argument in [*self.path, *self.query, *self.headers]}
        taken |= {member.attribute for form in self.forms for member in form.members}
        taken |= set() if self.positional is None else {self.positional.name}
        return [name for name in OPTIONS if name not in taken]

    def _option_arguments(self) -> list[str]:
        return [f"{name}: {OPTIONS[name]} = UNSET" for name in self.options]

    def passed_options(self) -> str:
        """The options of a method as arguments of the call."""
        return "".join(f", {name}={name}" for name in self.options)

    def open_arguments(self, *, raw: bool = False) -> list[str]:
        """The arguments of the implementation of several forms."""
        rest = [argument.text for argument in self.query + self.header_arguments()]
        rest += [] if raw else self._option_arguments()
        return [*(argument.text for argument in self.path), *(["*"] if rest else []), *rest, "**body: Any"]

    def passed(self) -> str:
        """The arguments of a method as arguments of its function in `calls`."""
        first = [argument.name for argument in self.path] + ([self.positional.name] if self.positional is not None else [])
        named = [member.attribute for form in self.forms for member in form.members] if not self.has_forms else []
        named += [argument.name for argument in self.query + self.header_arguments()]
        return ", ".join([*first, *(f"{name}={name}" for name in named), *(["**body"] if self.has_forms else [])])

    def header_arguments(self, *, raw: bool = False) -> list[Argument]:
        return [argument for argument in self.headers if raw or argument.wire != IF_NONE_MATCH]

    @property
    def argument_types(self) -> list[PythonType]:
        """The types of its arguments."""
        types = [member.kind for form in self.forms for member in form.members]
        types += [argument.kind for argument in [*self.path, *self.query, *self.headers] if argument.kind is not None]
        if self.positional is not None and self.positional.kind is not None:
            types.append(self.positional.kind)
        return types

    def documentation(self, indent: str, *, short: bool = False, raw: bool = False) -> str:
        """The docstring."""
        spec = self.operation.spec
        lines = [f'{indent}"""{sentence(self.summary)}']
        if short:
            return f'{lines[0]}: {self.http} {self.operation.path}.{" " if lines[0].endswith(chr(34)) else ""}"""'
        if self.deprecation is not None:
            lines += ["", f"{indent}Deprecated: {self.deprecation}."]
        for part in paragraphs(spec.get("description", "")):
            lines += ["", *wrapped(part, indent)]
        arguments = self.argument_docs(raw=raw)
        if arguments:
            lines += ["", f"{indent}Args:"]
            for name, words in arguments:
                lines += wrapped(f"{name}: {words or name}", f"{indent}    ", f"{indent}        ")
        if self.own_problems:
            lines += ["", f"{indent}Raises:"]
            lines += wrapped(", ".join(f"errors.{name}" for name in self.own_problems), f"{indent}    ")
        return "\n".join([*lines, f'{indent}"""'])

    def argument_docs(self, *, raw: bool = False) -> list[tuple[str, str]]:
        """Names of arguments and their descriptions."""
        docs: dict[str, str] = {argument.name: argument.documentation for argument in self.path}
        if self.positional is not None:
            docs[self.positional.name] = self.positional.documentation
        for form in self.forms:
            for member in form.members:
                docs.setdefault(member.attribute, with_bounds(self.operation.document, member.documentation, member.schema))
        return [*docs.items(), *((argument.name, argument.documentation) for argument in self.query + self.header_arguments(raw=raw))]
