"""What changed between two contracts, operation by operation, as those see it who call them."""

import json
import re
from dataclasses import replace
from datetime import date

from codegen.compat.changes import OF_DIRECTION, REASONS, UNDECIDED, Change, Direction, Level, Reason
from codegen.compat.deprecations import announcement, promised_until
from codegen.compat.schemas import Schemas
from codegen.compat.wholes import effective_schema
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
REFERENCE = re.compile(r'"\$ref": "#(.+?)"')
# Which OpenAPI 3.1 means where none is named.
DIALECT = "https://spec.openapis.org/oas/3.1/dialect/base"
CREDENTIALS = ("any", "session", "fresh")


def changes(old: Document, new: Document) -> list[Change]:
    """All of them. Documents that differ in their version alone have none."""
    found = _Comparison(old, new).run()
    if not found and _unversioned(old.root) != _unversioned(new.root):
        found.append(Change("words", "other", "", "the document", "is written otherwise", ""))
    return found


def _unversioned(root: Node) -> Node:
    return {**root, "info": {**root["info"], "version": ""}}


class _Comparison:
    """Walks through both documents at once. `operation` is the one that it is in; `announces`: its deprecation is new, or withdrawn."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old, self.new = old, new
        self.schemas = Schemas(old, new)
        # What shared parts lead to; None for those that have changed.
        self.shared: dict[str, set[str] | None] = {}
        self.found: list[Change] = []
        self.operation = ""
        self.announces = False

    def run(self) -> list[Change]:
        self.whole_document()
        before, after = ({(_shape(one.path), one.method): one for one in document.operations()} for document in (self.old, self.new))
        homes = {one.id: f"{one.method.upper()} {one.path}" for one in after.values()}
        for key, old in before.items():
            self.operation = old.id
            if key in after:
                new = after[key]
                if not (self.alike(old.item, new.item) and old.path == new.path and old.security == new.security):
                    self.one_operation(old, new)
            else:
                what = f"{old.method.upper()} {old.path} is gone" + (f"; the name is at {homes[old.id]} now" if old.id in homes else "")
                self.tell("breaking", "operation", "", what, old.pointer, stays=promised_until(old.spec))
        for key, new in after.items():
            if key not in before:
                self.operation = new.id
                self.tell("addition", "operation", "", f"{new.method.upper()} {new.path} is new", new.pointer)
        self.operation, self.announces = "", False
        self.no_operation()
        self.webhooks()
        return self.found

    def alike(self, old: Node, new: Node) -> bool:
        """Whether they are written alike, with all that they lead to. Most are, and need not be looked through."""
        if old != new:
            return False
        seen, waiting = set[str](), references(old)
        while waiting:
            where = waiting.pop()
            if where not in seen:
                seen.add(where)
                if where not in self.shared:
                    held = self.old.at(where)
                    self.shared[where] = references(held) if held == self.new.at(where) else None
                if (further := self.shared[where]) is None:
                    return False
                waiting |= further
        return True

    # -- telling --------------------------------------------------------------------------------------------------

    def tell(
        self, level: Level, kind: str, place: str, what: str, where: str, *, stays: date | None = None, otherwise: Reason = UNDECIDED
    ) -> None:
        """`otherwise` is the reason of a kind that has none of its own."""
        reason = REASONS.get(kind, otherwise) if level == "breaking" else None
        self.found.append(Change(level, kind, self.operation, place, what, where, reason, stays))

    def rest(self, holder: str, place: str, old: Node, new: Node, where: str) -> None:
        """What is not looked at by itself."""
        for key in dict.fromkeys((*old, *new)):
            if key not in LOOKED_AT[holder] and old.get(key) != new.get(key):
                explains = AROUND[holder].get(key) in ("words", "tests")
                self.tell("words" if explains else "breaking", key, place, f"`{key}` says something else", where + pointer(key))

    def schema(self, place: str, old: str, new: str, direction: Direction, *, idle_default: bool = False) -> None:
        """The schemas at two pointers. A default is idle where everybody had to send the value."""
        for one in self.schemas.differences((old,), (new,)):
            level: Level = "words" if one.kind == "default" and not one.path and idle_default else one.level(direction)
            at = " ".join(filter(None, (place, _path(one.path))))
            otherwise = UNDECIDED if one.effect == "changed" and one.kind != "type" else OF_DIRECTION[direction]
            kind = "sentence" if direction == "refusal" and one.is_sentence else one.kind
            self.tell(level, kind, at, one.what, one.pointer, stays=one.stays, otherwise=otherwise)

    def deprecation(self, place: str, old: Node, new: Node, where: str) -> None:
        if told := announcement(old, new):
            effect, kind, what = told
            self.tell({"changed": "breaking", "added": "addition", "words": "words"}[effect], kind, place, what, where)  # type: ignore[arg-type]  # levels

    # -- around the operations ------------------------------------------------------------------------------------

    def whole_document(self) -> None:
        old, new = self.old.root, self.new.root
        if old["openapi"].split(".")[:2] != new["openapi"].split(".")[:2]:
            self.tell("breaking", "openapi", "the document", f"OpenAPI {old['openapi']} becomes {new['openapi']}", "/openapi")
        if old.get("jsonSchemaDialect", DIALECT) != new.get("jsonSchemaDialect", DIALECT):
            self.tell("breaking", "dialect", "the document", "its schemas are of another dialect", "/jsonSchemaDialect")
        if old.get("security", []) != new.get("security", []):
            self.tell("words", "idle security", "the document", "what holds for operations that say nothing is another", "/security")
        before, after = ([server["url"] for server in root.get("servers", [{"url": "/"}])] for root in (old, new))
        self.names("servers", "the document", before, after, "/servers")
        self.rest("document", "the document", _unversioned(old), _unversioned(new), "")
        schemes = self.new.components("securitySchemes")
        for name, scheme in self.old.components("securitySchemes").items():
            self.scheme(f"security scheme {name}", scheme, schemes.get(name, {}), pointer("components", "securitySchemes", name))

    def scheme(self, place: str, old: Node, new: Node, where: str) -> None:
        """How one logs in. A new scheme is told by the operations that take it."""
        if not new:
            self.tell("breaking", "scheme", place, "is gone", where)
            return
        for key in dict.fromkeys((*old, *new)):
            if key != "flows" and old.get(key) != new.get(key):
                self.tell("words" if key == "description" else "breaking", "scheme", place, f"`{key}` is another", where)
        for name, flow in old.get("flows", {}).items():
            now = new.get("flows", {}).get(name, {})
            for key in ("tokenUrl", "authorizationUrl", "refreshUrl"):
                if key in flow and flow[key] != now.get(key):
                    self.tell("breaking", "scheme", place, f"`{key}` of {name} is another", where)
            self.names("scheme", place, list(flow["scopes"]), list(now.get("scopes", ())), where)

    def names(self, kind: str, place: str, old: list[str], new: list[str], where: str) -> None:
        if lost := [one for one in old if one not in new]:
            self.tell("breaking", kind, place, f"{', '.join(lost)} is gone", where)
        if fresh := [one for one in new if one not in old]:
            self.tell("addition", kind, place, f"{', '.join(fresh)} is new", where)

    def no_operation(self) -> None:
        """Answers where nothing is, and to methods that a path does not have."""
        start = len(self.found)
        used = {name for document in (self.old, self.new) for one in document.operations() for name in one.problems()}
        before, after = self.old.components("responses"), self.new.components("responses")
        for name in dict.fromkeys((*before, *after)):
            where, place = pointer("components", "responses", name), f"answer {name} to what is no operation"
            if name in used:
                continue
            if name not in after:
                self.tell("breaking", "problem", place, "is gone", where)
            elif name not in before:
                self.tell("addition", "problem", place, "is new", where)
            else:
                old, new = Response(0, before[name], where), Response(0, after[name], where)
                self.answer(place, old, new, "refusal")
                self.problems([old], [new])
        self.found[start:] = [replace(one, kind="nowhere") for one in self.found[start:]]

    def webhooks(self) -> None:
        """What is sent to receivers, who read it like an answer."""
        before, after = self.old.root.get("webhooks", {}), self.new.root.get("webhooks", {})
        for name in dict.fromkeys((*before, *after)):
            where, place = pointer("webhooks", name, "post"), f"webhook {name}"
            if name not in after:
                self.tell("breaking", "webhook", place, "is gone", where)
            elif name not in before:
                self.tell("addition", "webhook", place, "is new", where)
            else:
                old, new = (held[name]["post"].get("requestBody", {}) for held in (before, after))
                self.media(place, old, new, (where + "/requestBody", where + "/requestBody"), "answer")
                self.rest("operation", place, before[name]["post"], after[name]["post"], where)

    # -- an operation ---------------------------------------------------------------------------------------------

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
                self.tell("breaking", "parameter", place, "is gone", old.pointer + pointer("parameters"), stays=promised_until(given.spec))
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
                self.answer(f"answer {status}", answer, after[status], "refusal" if status >= 400 else "answer")
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
        old, new = self.old.at(at_old), self.new.at(at_new)
        if bool(old.get("required")) != bool(new.get("required")):
            always = bool(new.get("required"))
            self.tell("addition" if always else "breaking", "header", place, "is always sent" if always else "may be missing", at_new)
        self.rest("header", place, old, new, at_new)
        self.schema(place, at_old + pointer("schema"), at_new + pointer("schema"), "answer")

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
            if direction != "refusal":
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
            self.schema(f"problem {kind}", where, at_new, "refusal")
        for kind, (status, where) in after.items():
            if kind in fresh:
                self.tell("addition", "problem", f"answer {status}", f"{kind} is new", where)


def references(node: Node) -> set[str]:
    """Where a node leads by itself."""
    return set(REFERENCE.findall(json.dumps(node)))


def _shape(path: str) -> str:
    return re.sub(r"{.*?}", "{}", path)


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
    while "$ref" in (node := document.at(where)):
        where = str(node["$ref"]).removeprefix("#")
    return where


def _headers(document: Document, answer: Response, *, told: bool) -> dict[str, str]:
    """Headers by their names in lower case, without those that say again what a deprecation says; if it is told now, `Link` does, too."""
    headers = answer.spec.get("headers", {})
    own = [name for name, node in headers.items() if document.resolve(node).get("x-edge") != EDGE]
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
