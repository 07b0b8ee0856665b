"""The changes between two contracts, operation by operation, as callers see them."""

import json
import re
from dataclasses import replace

from codegen.compat.changes import Change
from codegen.compat.deprecations import promised_until
from codegen.compat.operations import OperationComparison
from codegen.contract.document import Delivery, Document, Node, Response, pointer
from codegen.contract.servers import addresses, servers

REFERENCE = re.compile(r'"\$ref": "#(.+?)"')
# The dialect of OpenAPI 3.1 if a document names none.
DIALECT = "https://spec.openapis.org/oas/3.1/dialect/base"


def changes(old: Document, new: Document) -> list[Change]:
    """All changes. Documents that differ only in their version have none."""
    compared = _DocumentComparison(old, new).run()
    if not compared and _unversioned(old.root) != _unversioned(new.root):
        compared.append(Change("wording", "other", "", "the document", "has a different notation", ""))
    return compared


def _family(version: str) -> list[str]:
    """The versions of OpenAPI that the same programs read: 3.2 only adds to 3.1."""
    family = version.split(".")[:2]
    return ["3", "1"] if family == ["3", "2"] else family


def _unversioned(root: Node) -> Node:
    return {**root, "info": {**root["info"], "version": ""}}


class _DocumentComparison(OperationComparison):
    """Walks through both documents at once."""

    def __init__(self, old: Document, new: Document) -> None:
        super().__init__(old, new)
        # The references of each shared part; None if the part has changed.
        self.shared: dict[str, set[str] | None] = {}

    def run(self) -> list[Change]:
        self.whole_document()
        before, after = (
            {(_shape(operation.path), operation.method): operation for operation in document.operations()}
            for document in (self.old, self.new)
        )
        homes = {operation.id: f"{operation.method.upper()} {operation.path}" for operation in after.values()}
        for key, old in before.items():
            self.operation = old.id
            if key in after:
                new = after[key]
                if not (self.unchanged(old.item, new.item) and old.path == new.path and old.security == new.security):
                    self.compare_operation(old, new)
            else:
                what = f"{old.method.upper()} {old.path} is gone" + (
                    f"; {homes[old.id]} has its operationId now" if old.id in homes else ""
                )
                self.record("breaking", "operation", "", what, old.pointer, promised_until=promised_until(old.spec))
        for key, new in after.items():
            if key not in before:
                self.operation = new.id
                self.record("addition", "operation", "", f"{new.method.upper()} {new.path} is new", new.pointer)
        self.operation, self.announces = "", False
        self.no_operation()
        self.deliveries()
        return self.changes

    def unchanged(self, old: Node, new: Node) -> bool:
        """Whether two nodes are equal, with everything that they refer to. Most are, and need no comparison."""
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
        if _family(old["openapi"]) != _family(new["openapi"]):
            self.record("breaking", "openapi", "the document", f"OpenAPI {old['openapi']} becomes {new['openapi']}", "/openapi")
        if old.get("jsonSchemaDialect", DIALECT) != new.get("jsonSchemaDialect", DIALECT):
            self.record("breaking", "dialect", "the document", "its schemas have another dialect", "/jsonSchemaDialect")
        if old.get("security", []) != new.get("security", []):
            self.record("wording", "idle security", "the document", "the default security of operations has changed", "/security")
        before, after = ([address for server in servers(root) for address in addresses(server)] for root in (old, new))
        self.names("servers", "the document", before, after, "/servers")
        self.other_keywords("document", "the document", _unversioned(old), _unversioned(new), "")
        schemes = self.new.components("securitySchemes")
        for name, scheme in self.old.components("securitySchemes").items():
            self.scheme(f"security scheme {name}", scheme, schemes.get(name, {}), pointer("components", "securitySchemes", name))

    def scheme(self, place: str, old: Node, new: Node, where: str) -> None:
        """Compare a way to log in. The operations that accept a new scheme report it."""
        if not new:
            self.record("breaking", "scheme", place, "is gone", where)
            return
        for key in dict.fromkeys((*old, *new)):
            if key != "flows" and old.get(key) != new.get(key):
                self.record("wording" if key == "description" else "breaking", "scheme", place, f"`{key}` has changed", where)
        for name, flow in old.get("flows", {}).items():
            now = new.get("flows", {}).get(name, {})
            for key in ("tokenUrl", "authorizationUrl", "refreshUrl"):
                if key in flow and flow[key] != now.get(key):
                    self.record("breaking", "scheme", place, f"`{key}` of {name} has changed", where)
            self.names("scheme", place, list(flow["scopes"]), list(now.get("scopes", ())), where)

    def names(self, kind: str, place: str, old: list[str], new: list[str], where: str) -> None:
        if lost := [name for name in old if name not in new]:
            self.record("breaking", kind, place, f"{', '.join(lost)} is gone", where)
        if fresh := [name for name in new if name not in old]:
            self.record("addition", kind, place, f"{', '.join(fresh)} is new", where)

    def no_operation(self) -> None:
        """Compare the responses to unknown paths, and to methods that a path does not have."""
        start = len(self.changes)
        used = {name for document in (self.old, self.new) for operation in document.operations() for name in operation.problems()}
        before, after = self.old.components("responses"), self.new.components("responses")
        for name in dict.fromkeys((*before, *after)):
            where, place = pointer("components", "responses", name), f"response {name} outside of operations"
            if name in used:
                continue
            if name not in after:
                self.record("breaking", "problem", place, "is gone", where)
            elif name not in before:
                self.record("addition", "problem", place, "is new", where)
            else:
                old, new = Response(0, before[name], where), Response(0, after[name], where)
                self.response(place, old, new, "problem")
                self.problems([old], [new])
        self.changes[start:] = [replace(change, kind="nowhere") for change in self.changes[start:]]

    def deliveries(self) -> None:
        """Compare webhooks and callbacks. A receiver reads a delivery as a caller reads a response."""
        before, after = ({delivery.name: delivery for delivery in document.deliveries()} for document in (self.old, self.new))
        for name in dict.fromkeys((*before, *after)):
            old, new = before.get(name), after.get(name)
            if new is None:
                self.record("breaking", "webhook", _place(before[name]), "is gone", before[name].at)
            elif old is None:
                self.record("addition", "webhook", _place(new), "is new", new.at)
            else:
                if old.url != new.url:
                    self.record("breaking", "webhook", _place(new), f"is posted to {new.url} instead of {old.url}", new.pointer)
                before_body, after_body = (delivery.spec.get("requestBody", {}) for delivery in (old, new))
                self.media(_place(new), before_body, after_body, (f"{old.at}/requestBody", f"{new.at}/requestBody"), "response")
                self.other_keywords("operation", _place(new), old.spec, new.spec, new.at)


def _place(delivery: Delivery) -> str:
    return f"{'callback' if delivery.operation else 'webhook'} {delivery.name}"


def references(node: Node) -> set[str]:
    """The targets of the references in a node."""
    return set(REFERENCE.findall(json.dumps(node)))


def _shape(path: str) -> str:
    return re.sub(r"{.*?}", "{}", path)
