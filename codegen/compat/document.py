"""What changed between two contracts, operation by operation, as those see it who call them."""

import json
import re
from dataclasses import replace

from codegen.compat.changes import Change
from codegen.compat.deprecations import promised_until
from codegen.compat.operations import OperationComparison
from codegen.contract.document import Document, Node, Response, pointer

REFERENCE = re.compile(r'"\$ref": "#(.+?)"')
# Which OpenAPI 3.1 means where none is named.
DIALECT = "https://spec.openapis.org/oas/3.1/dialect/base"


def changes(old: Document, new: Document) -> list[Change]:
    """All of them. Documents that differ in their version alone have none."""
    found = _DocumentComparison(old, new).run()
    if not found and _unversioned(old.root) != _unversioned(new.root):
        found.append(Change("wording", "other", "", "the document", "is written otherwise", ""))
    return found


def _unversioned(root: Node) -> Node:
    return {**root, "info": {**root["info"], "version": ""}}


class _DocumentComparison(OperationComparison):
    """Walks through both documents at once."""

    def __init__(self, old: Document, new: Document) -> None:
        super().__init__(old, new)
        # What shared parts lead to; None for those that have changed.
        self.shared: dict[str, set[str] | None] = {}

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
                self.tell("breaking", "operation", "", what, old.pointer, promised_until=promised_until(old.spec))
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
                    held = self.old.get(where)
                    self.shared[where] = references(held) if held == self.new.get(where) else None
                if (further := self.shared[where]) is None:
                    return False
                waiting |= further
        return True

    def whole_document(self) -> None:
        old, new = self.old.root, self.new.root
        if old["openapi"].split(".")[:2] != new["openapi"].split(".")[:2]:
            self.tell("breaking", "openapi", "the document", f"OpenAPI {old['openapi']} becomes {new['openapi']}", "/openapi")
        if old.get("jsonSchemaDialect", DIALECT) != new.get("jsonSchemaDialect", DIALECT):
            self.tell("breaking", "dialect", "the document", "its schemas are of another dialect", "/jsonSchemaDialect")
        if old.get("security", []) != new.get("security", []):
            self.tell("wording", "idle security", "the document", "what holds for operations that say nothing is another", "/security")
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
                self.tell("wording" if key == "description" else "breaking", "scheme", place, f"`{key}` is another", where)
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
                self.answer(place, old, new, "problem")
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
                self.media(place, old, new, (where + "/requestBody", where + "/requestBody"), "response")
                self.rest("operation", place, before[name]["post"], after[name]["post"], where)


def references(node: Node) -> set[str]:
    """Where a node leads by itself."""
    return set(REFERENCE.findall(json.dumps(node)))


def _shape(path: str) -> str:
    return re.sub(r"{.*?}", "{}", path)
