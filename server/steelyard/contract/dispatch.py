"""From method and path to the compiled operation: a dict for literal paths, a small tree for templates."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send

from steelyard.contract.http import query_strings
from steelyard.contract.segments import MixedSegment, name_of

# Segments that match nothing: paths are not normalised, so `/items/..` is not a path of the contract.
_NAMELESS = frozenset({"", ".", ".."})


@dataclass(slots=True)
class PathItem:
    """A path of the contract: the operations of its methods, and its `Allow`."""

    path: str
    methods: dict[str, ASGIApp]
    allow: tuple[str, ...] = field(init=False)
    variables: tuple[tuple[str, int], ...] = field(init=False)  # name, position among the segments
    mixed: tuple[tuple[MixedSegment, int], ...] = field(init=False)

    def __post_init__(self) -> None:
        if "GET" in self.methods:
            self.methods["HEAD"] = self.methods["GET"]
        self.allow = tuple(sorted({*self.methods, "OPTIONS"}))
        segments = self.path.split("/")
        self.variables = tuple((name, at) for at, segment in enumerate(segments) if (name := name_of(segment)) is not None)
        self.mixed = tuple((mixed, at) for at, segment in enumerate(segments) if (mixed := MixedSegment.of(segment)) is not None)

    def values(self, segments: list[str]) -> dict[str, str]:
        """The path parameters in the decoded segments of a path that fits."""
        values = {name: segments[at] for name, at in self.variables}
        for mixed, at in self.mixed:
            values |= mixed.values(segments[at]) or {}
        return values


@dataclass(slots=True)
class _Node:
    literal: dict[str, "_Node"] = field(default_factory=dict)
    mixed: "list[tuple[MixedSegment, _Node]]" = field(default_factory=list)
    variable: "_Node | None" = None
    resource: PathItem | None = None


class RouteTable:
    """All paths of the contract: a literal segment goes before a mixed one, and both before a variable. A trailing slash is ignored."""

    def __init__(self, operations: Iterable[tuple[str, str, ASGIApp]]) -> None:
        by_path: dict[str, dict[str, ASGIApp]] = {}
        for method, path, app in operations:
            by_path.setdefault(path, {})[method] = app
        self._literal: dict[bytes, PathItem] = {}
        # By what goes before the last slash: nearly all templates have one variable, at their end, and nearly all values are numbers.
        self._last: dict[bytes, tuple[PathItem, str]] = {}
        self._tree = _Node()
        for path, methods in by_path.items():
            resource = PathItem(path, methods)
            if "{" not in path:
                self._literal[path.encode()] = resource
            # The root has no segment to grow by; in the tree it would match `//`.
            if path != "/":
                self._grow(resource)
            before, _, last = path.rpartition("/")
            # A number fits no mixed segment: its texts are more than digits.
            if "{" not in before and (name := name_of(last)) is not None:
                self._last[before.encode()] = (resource, name)

    def _grow(self, resource: PathItem) -> None:
        node = self._tree
        for segment in resource.path.split("/")[1:]:
            if name_of(segment) is not None:
                node.variable = node.variable or _Node()
                node = node.variable
            elif (mixed := MixedSegment.of(segment)) is not None:
                node = _below(node, mixed)
            else:
                node = node.literal.setdefault(segment, _Node())
        node.resource = resource

    def find(self, raw_path: bytes) -> tuple[PathItem, dict[str, str]] | None:
        """The resource and its path parameters. The raw path is split before it is decoded: an escaped slash stays inside its segment."""
        literal = self._literal.get(raw_path)
        if literal is not None:
            return literal, {}
        before, _, last = raw_path.rpartition(b"/")
        if last.isdigit() and before in self._last:
            resource, name = self._last[before]
            return resource, {name: last.decode()}
        if raw_path.endswith(b"/") and len(raw_path) > 1:
            raw_path = raw_path[:-1]
        try:
            if b"%" in raw_path:
                segments = [query_strings.percent_decode(part) for part in raw_path.split(b"/")]
            else:
                segments = raw_path.decode().split("/")
        except (UnicodeDecodeError, query_strings.Undecodable):
            return None
        item = _descend(self._tree, segments, 1)
        return None if item is None else (item, item.values(segments))


def _below(node: _Node, mixed: MixedSegment) -> _Node:
    """The node for a mixed segment, which is added if need be."""
    for other, below in node.mixed:
        if other.shape == mixed.shape:
            return below
    made = _Node()
    node.mixed.append((mixed, made))
    node.mixed.sort(key=lambda each: each[0].shape)
    return made


def _descend(node: _Node, segments: list[str], at: int) -> PathItem | None:
    """Down the tree as long as there is one way; only where a literal and a variable both fit are both tried."""
    while at < len(segments):
        segment = segments[at]
        at += 1
        below = node.literal.get(segment)
        variable = node.variable if segment not in _NAMELESS else None
        if node.mixed and segment not in _NAMELESS:
            fitting = (inner for mixed, inner in node.mixed if mixed.values(segment) is not None)
            ways = (_descend(way, segments, at) for way in (below, *fitting, variable) if way is not None)
            return next((item for item in ways if item is not None), None)
        if below is not None and variable is not None:
            return _descend(below, segments, at) or _descend(variable, segments, at)
        next_node = below or variable
        if next_node is None:
            return None
        node = next_node
    return node.resource


class Dispatcher:
    """Runs the operation that a request names; a path that is not in the contract falls through to plain FastAPI."""

    def __init__(
        self, routes: RouteTable, not_allowed: Callable[[Scope, Send, tuple[str, ...]], Awaitable[None]], otherwise: ASGIApp
    ) -> None:
        self._routes = routes
        self._not_allowed = not_allowed
        self._otherwise = otherwise

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI application."""
        match = self._routes.find(path_of(scope)) if scope["type"] == "http" else None
        if match is None:
            return self._otherwise(scope, receive, send)
        resource, scope["path_params"] = match
        app = resource.methods.get(scope["method"])
        if app is None:
            return self._not_allowed(scope, send, resource.allow)
        return app(scope, receive, send)


def path_of(scope: Scope) -> bytes:
    """The path of the request, still escaped; decoded where the ASGI server provides no raw path."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    root: str = scope.get("root_path", "")
    if not root:
        return raw
    below = raw.removeprefix(root.encode())
    # `/shop` is not a prefix of `/shopping`, which a proxy may route to another program.
    return below if below.startswith(b"/") else raw if below else b"/"
