"""Changes of an operation, as its callers see them."""

import re
from datetime import date

from codegen.compat.changes import OF_DIRECTION, REASONS, UNDECIDED, Change, Direction, Level, Reason
from codegen.compat.deprecations import announcement, promised_until
from codegen.compat.effective_schema import effective_schema
from codegen.compat.laws import law_differences
from codegen.compat.rate_classes import is_wider
from codegen.compat.schemas import Schemas
from codegen.contract.deprecations import EDGE
from codegen.contract.document import ITEM_SCHEMA, Document, Node, Operation, Parameter, Response, pointer, schema_field
from codegen.contract.keywords import AROUND
from codegen.contract.laws import LAWS
from codegen.server.operations import access, pages
from codegen.server.sizes import limits

# Keywords that are compared one by one. Any other keyword only explains, or its effect is unknown.
COMPARED = {
    "document": {"paths", "components", "security", "servers", "openapi", "jsonSchemaDialect", "webhooks"},
    "operation": {
        *("operationId", "tags", "security", "x-access", "x-rate-class", "x-safe", "deprecated", "x-deprecation"),
        *("parameters", "requestBody", "responses", "callbacks"),
    },
    "parameter": {"name", "in", "required", "schema", "deprecated", "x-deprecation", "x-edge"},
    "body": {"content", "required", "x-max-bytes"},
    "media": {"schema", ITEM_SCHEMA},
    "response": {"headers", "content"},
    "header": {"schema", "required", "x-edge"},
}
CREDENTIALS = ("any", "session", "fresh")
# Whether a part of the request is required now: the level and the text of the change.
REQUIRED: dict[bool, tuple[Level, str]] = {True: ("breaking", "is required now"), False: ("addition", "is no longer required")}


class OperationComparison:
    """Compares an operation of two contracts, and other parts that are described like parts of an operation.

    `operation` is the operation under comparison; `announces`: its deprecation is new, or withdrawn.
    """

    def __init__(self, old: Document, new: Document) -> None:
        self.old, self.new = old, new
        self.schemas = Schemas(old, new)
        self.changes: list[Change] = []
        self.operation = ""
        self.announces = False

    def record(
        self,
        level: Level,
        kind: str,
        place: str,
        what: str,
        where: str,
        *,
        promised_until: date | None = None,
        otherwise: Reason = UNDECIDED,
    ) -> None:
        """Add a change; `otherwise` is the reason of a kind that REASONS does not have."""
        reason = REASONS.get(kind, otherwise) if level == "breaking" else None
        self.changes.append(Change(level, kind, self.operation, place, what, where, reason, promised_until))

    def other_keywords(self, holder: str, place: str, old: Node, new: Node, where: str) -> None:
        """Compare the laws, and the keywords that are not in COMPARED."""
        for effect, what in law_differences(old, new):
            self.record("breaking" if effect == "changed" else "addition", "law", place, what, where)
        for key in dict.fromkeys((*old, *new)):
            if key not in COMPARED[holder] and key not in LAWS and old.get(key) != new.get(key):
                explains = AROUND[holder].get(key) in ("wording", "tests")
                self.record("wording" if explains else "breaking", key, place, f"`{key}` has changed", where + pointer(key))

    def schema(self, place: str, old: str, new: str, direction: Direction, *, idle_default: bool = False) -> None:
        """Compare the schemas at two pointers. A default is idle where every caller had to send the value."""
        for difference in self.schemas.differences((old,), (new,)):
            idle = idle_default and difference.kind == "default" and not difference.path
            level: Level = "wording" if idle else difference.level(direction)
            at = " ".join(filter(None, (place, _path(difference.path))))
            otherwise = UNDECIDED if difference.effect == "changed" and difference.kind != "type" else OF_DIRECTION[direction]
            kind = "sentence" if direction == "problem" and difference.is_sentence else difference.kind
            self.record(level, kind, at, difference.what, difference.pointer, promised_until=difference.promised_until, otherwise=otherwise)

    def deprecation(self, place: str, old: Node, new: Node, where: str) -> None:
        if notice := announcement(old, new):
            effect, kind, what = notice
            self.record({"changed": "breaking", "added": "addition", "wording": "wording"}[effect], kind, place, what, where)  # type: ignore[arg-type]  # levels

    def compare_operation(self, old: Operation, new: Operation) -> None:
        where, self.announces = new.pointer, bool(old.spec.get("deprecated")) != bool(new.spec.get("deprecated"))
        if old.id != new.id:
            self.record("breaking", "operationId", "", f"has the operationId {new.id} now", where)
        if old.path != new.path:
            self.record("breaking", "path", "", f"the path {old.path} becomes {new.path}", where)
        if old.spec["tags"] != new.spec["tags"]:
            self.record("breaking", "tags", "", f"has moved from {', '.join(old.spec['tags'])} to {', '.join(new.spec['tags'])}", where)
        self.deprecation("", old.spec, new.spec, where)
        self.other_keywords("operation", "", old.spec, new.spec, where)
        self.security(old, new)
        self.access(old, new)
        if old.rate_class != new.rate_class:
            level: Level = "addition" if is_wider(new.rate_class, old.rate_class) else "breaking"
            self.record(level, "x-rate-class", "", f"is counted as {new.rate_class}, no longer as {old.rate_class}", where)
        if bool(old.spec.get("x-safe")) != bool(new.spec.get("x-safe")):
            safe = bool(new.spec.get("x-safe"))
            self.record("addition" if safe else "breaking", "x-safe", "", f"may {'' if safe else 'no longer '}be sent twice", where)
        if pages(old) != pages(new):
            what = "has no link to its next page any more" if pages(new) is None else f"has its next page at `{pages(new)}`"
            self.record("breaking", "pages", "", what, where)
        self.parameters(old, new)
        self.body(old, new)
        self.responses(old, new)
        self.problems(*([response for response in operation.responses() if response.status >= 400] for operation in (old, new)))

    def security(self, old: Operation, new: Operation) -> None:
        """A caller who passed one of the old alternatives needs a new alternative that demands no more."""
        before, after = (
            [{(scheme, scope) for scheme, scopes in alternative.items() for scope in (None, *scopes)} for alternative in operation.security]
            or [set()]
            for operation in (old, new)
        )
        where = new.pointer + pointer("security") if "security" in new.spec or "security" in old.spec else "/security"
        shut = [alternative for alternative in before if not any(other <= alternative for other in after)]
        opened = [alternative for alternative in after if not any(other <= alternative for other in before)]
        for level, alternatives, what in (("breaking", shut, "no longer lets in"), ("addition", opened, "lets in")):
            for alternative in alternatives:
                credentials = ", ".join(sorted(scope or scheme for scheme, scope in alternative)) or "anonymous callers"
                self.record(level, "security", "security", f"{what} {credentials}", where)  # type: ignore[arg-type]  # levels

    def access(self, old: Operation, new: Operation) -> None:
        before, after = (access(operation) or (("anyone", "none", "any"),) for operation in (old, new))
        where = new.pointer + pointer("x-access")

        def covered(rule: tuple[str, str, str], others: tuple[tuple[str, str, str], ...]) -> bool:
            party, scope, credential = rule
            age = CREDENTIALS.index(credential)
            return any(
                other[0] in (party, "anyone") and other[1] in (scope, "none") and CREDENTIALS.index(other[2]) <= age for other in others
            )

        for party, scope, credential in (rule for rule in before if not covered(rule, after)):
            self.record("breaking", "access", "x-access", f"no longer lets in {party} ({scope}, {credential} credential)", where)
        for party, scope, credential in (rule for rule in after if not covered(rule, before)):
            self.record("addition", "access", "x-access", f"lets in {party} ({scope}, {credential} credential)", where)

    def required(self, kind: str, place: str, old: Node, new: Node, where: str) -> None:
        """Compare whether a part of the request is required."""
        if bool(old.get("required")) != bool(new.get("required")):
            level, what = REQUIRED[bool(new.get("required"))]
            self.record(level, kind, place, what, where)

    def parameters(self, old: Operation, new: Operation) -> None:
        before, after = ({_key(operation.path, parameter): parameter for parameter in operation.parameters()} for operation in (old, new))
        for key, was in before.items():
            place, now = f"{was.spec['in']} parameter {was.name}", after.get(key)
            if now is None:
                end = promised_until(was.spec)
                self.record("breaking", "parameter", place, "is gone", old.pointer + pointer("parameters"), promised_until=end)
                continue
            self.required("parameter demanded", place, was.spec, now.spec, now.pointer)
            self.deprecation(place, was.spec, now.spec, now.pointer)
            self.other_keywords("parameter", place, was.plain, now.plain, now.pointer)
            idle = bool(was.spec.get("required"))
            self.schema(place, was.pointer + pointer("schema"), now.pointer + pointer("schema"), "request", idle_default=idle)
        where = new.pointer + pointer("parameters")
        for fresh in (after[key] for key in after if key not in before):
            place = f"{fresh.spec['in']} parameter {fresh.name}"
            if fresh.spec.get("required"):
                self.record("breaking", "parameter demanded", place, "is new, and required", where)
            else:
                self.record("addition", "parameter", place, "is new", where)

    def body(self, old: Operation, new: Operation) -> None:
        before, after = old.spec.get("requestBody", {}), new.spec.get("requestBody", {})
        at_old, at_new = old.pointer + pointer("requestBody"), new.pointer + pointer("requestBody")
        if bool(before) != bool(after):
            demanded = bool(before or after.get("required"))
            what = "is gone" if before else "is new, and required" if demanded else "is new"
            self.record("breaking" if demanded else "addition", "body", "body", what, at_old if before else at_new)
            return
        self.required("body", "body", before, after, at_new)
        # A derived limit follows the schema, whose changes are reported where they are.
        if before.get("x-max-bytes") != after.get("x-max-bytes"):
            pairs = ((self.old, before), (self.new, after))
            small, large = (limits(document, next(iter(held["content"])), held)[0] for document, held in pairs)
            self.record("addition" if small < large else "breaking", "max-bytes", "body", f"may have {large} bytes, not {small}", at_new)
        self.other_keywords("body", "body", before, after, at_new)
        self.media("body", before, after, (at_old, at_new), "request")

    def responses(self, old: Operation, new: Operation) -> None:
        before, after = ({response.status: response for response in operation.responses()} for operation in (old, new))
        for status, response in before.items():
            if status in after:
                self.response(f"response {status}", response, after[status], "problem" if status >= 400 else "response")
            elif status < 400 or response.schema is None:
                self.record("breaking", "status", f"response {status}", "is gone", response.pointer)
        for status, response in after.items():
            if status not in before and (status < 400 or response.schema is None):
                # A caller gets 304 only after a conditional request, and has to expect problems.
                self.record("breaking" if status < 300 else "addition", "status", f"response {status}", "is new", response.pointer)

    def response(self, place: str, old: Response, new: Response, direction: Direction) -> None:
        before, after = (_headers(document, spec, announces=self.announces) for document, spec in ((self.old, old), (self.new, new)))
        for key, name in before.items():
            if key not in after:
                self.record("breaking", "header", f"{place} header {name}", "is gone", old.pointer + pointer("headers", name))
                continue
            at_old = _resolve(self.old, old.pointer + pointer("headers", name))
            at_new = _resolve(self.new, new.pointer + pointer("headers", after[key]))
            self.header(f"{place} header {name}", at_old, at_new)
        for key, name in after.items():
            if key not in before:
                self.record("addition", "header", f"{place} header {name}", "is new", new.pointer + pointer("headers", name))
        self.other_keywords("response", place, old.spec, new.spec, new.pointer)
        self.media(place, old.spec, new.spec, (old.pointer, new.pointer), direction)

    def header(self, place: str, at_old: str, at_new: str) -> None:
        old, new = self.old.get(at_old), self.new.get(at_new)
        if bool(old.get("required")) != bool(new.get("required")):
            always = bool(new.get("required"))
            self.record("addition" if always else "breaking", "header", place, "is always sent" if always else "may be missing", at_new)
        self.other_keywords("header", place, old, new, at_new)
        self.schema(place, at_old + pointer("schema"), at_new + pointer("schema"), "response")

    def media(self, place: str, old: Node, new: Node, at: tuple[str, str], direction: Direction) -> None:
        """Compare the content by media type; a single media type may be renamed. Problems are compared by type, not by status."""
        before, after = old.get("content", {}), new.get("content", {})
        at_old, at_new = at
        for media, held in before.items():
            if media not in after:
                self.record("breaking", "media", place, f"{media} is gone", at_old + pointer("content", media))
            if (now := media if media in after else next(iter(after), None) if len(before) == len(after) == 1 else None) is None:
                continue
            where = at_new + pointer("content", now)
            self.other_keywords("media", place, held, after[now], where)
            if direction != "problem":
                was = at_old + pointer("content", media, schema_field(held))
                self.schema(place, was, where + pointer(schema_field(after[now])), direction)
        first, now = next(iter(before), None), next(iter(after), None)
        if direction != "request" and first in after and first != now:
            self.record("breaking", "default", place, f"{now} is sent to callers without Accept, not {first}", at_new + pointer("content"))
        for media in (media for media in after if media not in before):
            self.record("addition", "media", place, f"{media} is new", at_new + pointer("content", media))

    def problems(self, old: list[Response], new: list[Response]) -> None:
        before, after = _problems(self.old, old), _problems(self.new, new)
        fresh = after.keys() - before.keys()
        for kind, (status, where) in before.items():
            if kind not in after:
                # Where other types are new, one of them may be this type by another name.
                level: Level = "breaking" if fresh else "addition"
                self.record(level, "problem", f"response {status}", f"{kind} is gone", _resolve(self.old, where) if fresh else where)
                continue
            now, at_new = after[kind]
            if status != now:
                self.record("breaking", "problem", f"problem {kind}", f"the status {status} becomes {now}", at_new)
            self.schema(f"problem {kind}", where, at_new, "problem")
        for kind, (status, where) in after.items():
            if kind in fresh:
                self.record("addition", "problem", f"response {status}", f"{kind} is new", where)


def _key(path: str, parameter: Parameter) -> tuple[str, str]:
    """The identity of a parameter; a parameter of the path has its position instead of a name."""
    if parameter.spec["in"] == "path":
        return "path", str(re.findall(r"{(.*?)}", path).index(parameter.name))
    return parameter.spec["in"], parameter.name.lower() if parameter.spec["in"] == "header" else parameter.name


def _resolve(document: Document, where: str) -> str:
    """The pointer to the target of a reference, or the same pointer."""
    while "$ref" in (node := document.get(where)):
        where = str(node["$ref"]).removeprefix("#")
    return where


def _headers(document: Document, response: Response, *, announces: bool) -> dict[str, str]:
    """Headers by their names in lower case, without the headers that repeat a deprecation; `Link` repeats a deprecation that is new."""
    headers = response.spec.get("headers", {})
    own = [name for name, node in headers.items() if document.dereference(node).get("x-edge") != EDGE]
    return {name.lower(): name for name in own if not (announces and name.lower() == "link")}


def _problems(document: Document, responses: list[Response]) -> dict[str, tuple[int, str]]:
    """Problems by type, with their status and schema."""
    problems = {}
    for response in responses:
        if response.schema_pointer is not None:
            for branch in effective_schema(document, (response.schema_pointer,)).branches or (response.schema_pointer,):
                tag = effective_schema(document, effective_schema(document, (branch,)).properties.get("type", ()))
                problems[str((tag.enum or [branch])[0])] = (response.status, branch)
    return problems


def _path(steps: tuple[str, ...]) -> str:
    """`lines[].quantity`."""
    text = ""
    for step in steps:
        text += step if step == "[]" or not text else f".{step}"
    return text
