"""What changed in an operation, as those see it who call it."""

import re
from datetime import date

from codegen.compat.changes import OF_DIRECTION, REASONS, UNDECIDED, Change, Direction, Level, Reason
from codegen.compat.deprecations import announcement, promised_until
from codegen.compat.effective_schema import effective_schema
from codegen.compat.schemas import Schemas
from codegen.contract.deprecations import EDGE
from codegen.contract.document import Document, Node, Operation, Parameter, Response, pointer
from codegen.contract.keywords import AROUND
from codegen.server.operations import access, pages
from codegen.server.sizes import limits

# Looked at one by one. Whatever else there is explains, or nobody knows what it does.
LOOKED_AT = {
    "document": {"paths", "components", "security", "servers", "openapi", "jsonSchemaDialect", "webhooks"},
    "operation": {
        *("operationId", "tags", "security", "x-access", "x-rate-class", "x-safe", "deprecated", "x-deprecation"),
        *("parameters", "requestBody", "responses"),
    },
    "parameter": {"name", "in", "required", "schema", "deprecated", "x-deprecation", "x-edge"},
    "body": {"content", "required", "x-max-bytes"},
    "media": {"schema"},
    "response": {"headers", "content"},
    "header": {"schema", "required", "x-edge"},
}
CREDENTIALS = ("any", "session", "fresh")


class OperationComparison:
    """Compares an operation of two contracts, and whatever is described like a part of one.

    `operation` is the one that it is in; `announces`: its deprecation is new, or withdrawn.
    """

    def __init__(self, old: Document, new: Document) -> None:
        self.old, self.new = old, new
        self.schemas = Schemas(old, new)
        self.found: list[Change] = []
        self.operation = ""
        self.announces = False

    # -- telling --------------------------------------------------------------------------------------------------

    def tell(
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
        """`otherwise` is the reason of a kind that has none of its own."""
        reason = REASONS.get(kind, otherwise) if level == "breaking" else None
        self.found.append(Change(level, kind, self.operation, place, what, where, reason, promised_until))

    def rest(self, holder: str, place: str, old: Node, new: Node, where: str) -> None:
        """What is not looked at by itself."""
        for key in dict.fromkeys((*old, *new)):
            if key not in LOOKED_AT[holder] and old.get(key) != new.get(key):
                explains = AROUND[holder].get(key) in ("wording", "tests")
                self.tell("wording" if explains else "breaking", key, place, f"`{key}` says something else", where + pointer(key))

    def schema(self, place: str, old: str, new: str, direction: Direction, *, idle_default: bool = False) -> None:
        """The schemas at two pointers. A default is idle where everybody had to send the value."""
        for one in self.schemas.differences((old,), (new,)):
            level: Level = "wording" if one.kind == "default" and not one.path and idle_default else one.level(direction)
            at = " ".join(filter(None, (place, _path(one.path))))
            otherwise = UNDECIDED if one.effect == "changed" and one.kind != "type" else OF_DIRECTION[direction]
            kind = "sentence" if direction == "problem" and one.is_sentence else one.kind
            self.tell(level, kind, at, one.what, one.pointer, promised_until=one.promised_until, otherwise=otherwise)

    def deprecation(self, place: str, old: Node, new: Node, where: str) -> None:
        if told := announcement(old, new):
            effect, kind, what = told
            self.tell({"changed": "breaking", "added": "addition", "wording": "wording"}[effect], kind, place, what, where)  # type: ignore[arg-type]  # levels

    def one_operation(self, old: Operation, new: Operation) -> None:
        where, self.announces = new.pointer, bool(old.spec.get("deprecated")) != bool(new.spec.get("deprecated"))
        if old.id != new.id:
            self.tell("breaking", "operationId", "", f"is called {new.id} now", where)
        if old.path != new.path:
            self.tell("breaking", "path", "", f"{old.path} is written {new.path}", where)
        if old.spec["tags"] != new.spec["tags"]:
            self.tell("breaking", "tags", "", f"has moved from {', '.join(old.spec['tags'])} to {', '.join(new.spec['tags'])}", where)
        self.deprecation("", old.spec, new.spec, where)
        self.rest("operation", "", old.spec, new.spec, where)
        self.security(old, new)
        self.access(old, new)
        if old.rate_class != new.rate_class:
            self.tell("addition", "x-rate-class", "", f"is counted as {new.rate_class}, no longer as {old.rate_class}", where)
        if bool(old.spec.get("x-safe")) != bool(new.spec.get("x-safe")):
            safe = bool(new.spec.get("x-safe"))
            self.tell("addition" if safe else "breaking", "x-safe", "", f"may {'' if safe else 'no longer '}be sent twice", where)
        if pages(old) != pages(new):
            what = "is no longer walked by a link to its next page" if pages(new) is None else f"has its next page at `{pages(new)}`"
            self.tell("breaking", "pages", "", what, where)
        self.parameters(old, new)
        self.body(old, new)
        self.answers(old, new)
        self.problems(*([answer for answer in one.responses() if answer.status >= 400] for one in (old, new)))

    def security(self, old: Operation, new: Operation) -> None:
        """Who was let in by one of the old ways needs one of the new ways that asks for no more."""
        before, after = (
            [{(scheme, scope) for scheme, scopes in way.items() for scope in (None, *scopes)} for way in one.security] or [set()]
            for one in (old, new)
        )
        where = new.pointer + pointer("security") if "security" in new.spec or "security" in old.spec else "/security"
        shut = [way for way in before if not any(other <= way for other in after)]
        opened = [way for way in after if not any(other <= way for other in before)]
        for level, ways, what in (("breaking", shut, "no longer lets in"), ("addition", opened, "lets in")):
            for way in ways:
                asked = ", ".join(sorted(scope or scheme for scheme, scope in way)) or "everybody"
                self.tell(level, "security", "security", f"{what} {asked}", where)  # type: ignore[arg-type]  # levels

    def access(self, old: Operation, new: Operation) -> None:
        before, after = (access(one) or (("anyone", "none", "any"),) for one in (old, new))
        where = new.pointer + pointer("x-access")

        def covered(one: tuple[str, str, str], others: tuple[tuple[str, str, str], ...]) -> bool:
            who, scope, credential = one
            return any(
                other[0] in (who, "anyone") and other[1] in (scope, "none") and CREDENTIALS.index(other[2]) <= CREDENTIALS.index(credential)
                for other in others
            )

        for who, scope, credential in (one for one in before if not covered(one, after)):
            self.tell("breaking", "access", "x-access", f"no longer lets in {who} ({scope}, {credential} credential)", where)
        for who, scope, credential in (one for one in after if not covered(one, before)):
            self.tell("addition", "access", "x-access", f"lets in {who} ({scope}, {credential} credential)", where)

    def parameters(self, old: Operation, new: Operation) -> None:
        before, after = ({_key(one.path, given): given for given in one.parameters()} for one in (old, new))
        for key, given in before.items():
            place, now = f"{given.spec['in']} parameter {given.name}", after.get(key)
            if now is None:
                self.tell(
                    "breaking",
                    "parameter",
                    place,
                    "is gone",
                    old.pointer + pointer("parameters"),
                    promised_until=promised_until(given.spec),
                )
                continue
            was_required, is_required = bool(given.spec.get("required")), bool(now.spec.get("required"))
            if was_required != is_required:
                level: Level = "breaking" if is_required else "addition"
                self.tell(level, "parameter demanded", place, "is required now" if is_required else "is no longer required", now.pointer)
            self.deprecation(place, given.spec, now.spec, now.pointer)
            self.rest("parameter", place, given.spec, now.spec, now.pointer)
            self.schema(place, given.pointer + pointer("schema"), now.pointer + pointer("schema"), "request", idle_default=was_required)
        for key, given in after.items():
            if key not in before:
                place = f"{given.spec['in']} parameter {given.name}"
                demanded = bool(given.spec.get("required"))
                kind = "parameter demanded" if demanded else "parameter"
                self.tell(
                    "breaking" if demanded else "addition",
                    kind,
                    place,
                    f"is new{', and required' if demanded else ''}",
                    new.pointer + pointer("parameters"),
                )

    def body(self, old: Operation, new: Operation) -> None:
        before, after = old.spec.get("requestBody", {}), new.spec.get("requestBody", {})
        at_old, at_new = old.pointer + pointer("requestBody"), new.pointer + pointer("requestBody")
        if bool(before) != bool(after):
            demanded = bool(before or after.get("required"))
            what = "is gone" if before else "is new, and required" if demanded else "is new"
            self.tell("breaking" if demanded else "addition", "body", "body", what, at_old if before else at_new)
            return
        if bool(before.get("required")) != bool(after.get("required")):
            demanded = bool(after.get("required"))
            self.tell(
                "breaking" if demanded else "addition", "body", "body", "is required now" if demanded else "is no longer required", at_new
            )
        # A derived limit follows the schema, whose changes are reported where they are.
        if before.get("x-max-bytes") != after.get("x-max-bytes"):
            small, large = (_max_bytes(document, held) for document, held in ((self.old, before), (self.new, after)))
            self.tell("addition" if small < large else "breaking", "max-bytes", "body", f"may have {large} bytes, not {small}", at_new)
        self.rest("body", "body", before, after, at_new)
        self.media("body", before, after, (at_old, at_new), "request")

    def answers(self, old: Operation, new: Operation) -> None:
        before, after = ({answer.status: answer for answer in one.responses()} for one in (old, new))
        for status, answer in before.items():
            if status in after:
                self.answer(f"answer {status}", answer, after[status], "problem" if status >= 400 else "response")
            elif status < 400 or answer.schema is None:
                self.tell("breaking", "status", f"answer {status}", "is gone", answer.pointer)
        for status, answer in after.items():
            if status not in before and (status < 400 or answer.schema is None):
                # 304 comes to those who ask for it, refusals to those who have to expect some.
                self.tell("breaking" if status < 300 else "addition", "status", f"answer {status}", "is new", answer.pointer)

    def answer(self, place: str, old: Response, new: Response, direction: Direction) -> None:
        before, after = (_headers(document, one, told=self.announces) for document, one in ((self.old, old), (self.new, new)))
        for key, name in before.items():
            if key not in after:
                self.tell("breaking", "header", f"{place} header {name}", "is gone", old.pointer + pointer("headers", name))
                continue
            at_old, at_new = (
                _followed(self.old, old.pointer + pointer("headers", name)),
                _followed(self.new, new.pointer + pointer("headers", after[key])),
            )
            self.header(f"{place} header {name}", at_old, at_new)
        for key, name in after.items():
            if key not in before:
                self.tell("addition", "header", f"{place} header {name}", "is new", new.pointer + pointer("headers", name))
        self.rest("response", place, old.spec, new.spec, new.pointer)
        self.media(place, old.spec, new.spec, (old.pointer, new.pointer), direction)

    def header(self, place: str, at_old: str, at_new: str) -> None:
        old, new = self.old.get(at_old), self.new.get(at_new)
        if bool(old.get("required")) != bool(new.get("required")):
            always = bool(new.get("required"))
            self.tell("addition" if always else "breaking", "header", place, "is always sent" if always else "may be missing", at_new)
        self.rest("header", place, old, new, at_new)
        self.schema(place, at_old + pointer("schema"), at_new + pointer("schema"), "response")

    def media(self, place: str, old: Node, new: Node, at: tuple[str, str], direction: Direction) -> None:
        """What is sent as which media type; an only one may get another name. Problems are compared by their types, not by their status."""
        before, after = old.get("content", {}), new.get("content", {})
        at_old, at_new = at
        for media, held in before.items():
            now = media if media in after else next(iter(after), None) if len(before) == len(after) == 1 else None
            if media not in after:
                self.tell("breaking", "media", place, f"{media} is gone", at_old + pointer("content", media))
            if now is None:
                continue
            where = at_new + pointer("content", now)
            self.rest("media", place, held, after[now], where)
            if direction != "problem":
                self.schema(place, at_old + pointer("content", media, "schema"), where + pointer("schema"), direction)
        for media in after:
            if media not in before:
                self.tell("addition", "media", place, f"{media} is new", at_new + pointer("content", media))

    def problems(self, old: list[Response], new: list[Response]) -> None:
        before, after = _problems(self.old, old), _problems(self.new, new)
        fresh = after.keys() - before.keys()
        for kind, (status, where) in before.items():
            if kind not in after:
                # Where others are new, it may be one of them by another name.
                level: Level = "breaking" if fresh else "addition"
                self.tell(level, "problem", f"answer {status}", f"{kind} is gone", _followed(self.old, where) if fresh else where)
                continue
            now, at_new = after[kind]
            if status != now:
                self.tell("breaking", "problem", f"problem {kind}", f"had the status {status}, and has {now}", at_new)
            self.schema(f"problem {kind}", where, at_new, "problem")
        for kind, (status, where) in after.items():
            if kind in fresh:
                self.tell("addition", "problem", f"answer {status}", f"{kind} is new", where)


def _key(path: str, given: Parameter) -> tuple[str, str]:
    """What tells parameters apart: those of the path by their place."""
    if given.spec["in"] == "path":
        return "path", str(re.findall(r"{(.*?)}", path).index(given.name))
    return given.spec["in"], given.name.lower() if given.spec["in"] == "header" else given.name


def _max_bytes(document: Document, body: Node) -> int:
    """The limit of a request body; one media type per body is a rule of the contract (P12)."""
    return limits(document, next(iter(body["content"])), body)[0]


def _followed(document: Document, where: str) -> str:
    """The pointer to what is meant: where a reference leads, else the same."""
    while "$ref" in (node := document.get(where)):
        where = str(node["$ref"]).removeprefix("#")
    return where


def _headers(document: Document, answer: Response, *, told: bool) -> dict[str, str]:
    """Headers by their names in lower case, without those that say again what a deprecation says; if it is told now, `Link` does, too."""
    headers = answer.spec.get("headers", {})
    own = [name for name, node in headers.items() if document.dereference(node).get("x-edge") != EDGE]
    return {name.lower(): name for name in own if not (told and name.lower() == "link")}


def _problems(document: Document, answers: list[Response]) -> dict[str, tuple[int, str]]:
    """Problems by type, with their status and schema."""
    found = {}
    for answer in answers:
        if answer.schema_pointer is not None:
            for branch in effective_schema(document, (answer.schema_pointer,)).branches or (answer.schema_pointer,):
                told = effective_schema(document, effective_schema(document, (branch,)).properties.get("type", ()))
                found[str((told.enum or [branch])[0])] = (answer.status, branch)
    return found


def _path(steps: tuple[str, ...]) -> str:
    """`lines[].quantity`."""
    text = ""
    for step in steps:
        text += step if step == "[]" or not text else f".{step}"
    return text
