"""Rules for operations: P11, P12, P15 and P17-P19, and how operations are named, ordered and guarded."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from codegen.contract.deprecations import NOTICE, deprecation
from codegen.contract.document import Document, Node, Operation, Response, pointer
from codegen.contract.yaml import SourceDict
from codegen.lint.findings import Finding
from codegen.lint.shapes import types

JSON, PATCH, FORM = "application/json", "application/merge-patch+json", "application/x-www-form-urlencoded"
ID = re.compile(r"[a-z]+([A-Z][a-z0-9]+)*")
ORDER = (
    *("operationId", "tags", "summary", "description", "security", "x-access", "x-rate-class"),
    *("parameters", "requestBody", "x-problems", "responses"),
)
CREDENTIALS = {"any", "session", "fresh"}
EXPRESSION = re.compile(r"\$(?:response\.body#(?P<body>/.+)|response\.header\.(?P<header>.+)|request\.(?P<where>path|query)\.(?P<name>.+))")


def p11_parameters(document: Document) -> Iterator[Finding]:
    """Parameters that every client writes alike."""
    for operation in document.operations():
        for given in operation.parameters():
            schema = document.dereference(given.spec["schema"]) if "schema" in given.spec else {}
            if given.spec["in"] not in ("path", "query", "header"):
                yield Finding("P11", given.pointer, f"a parameter stands in path, query or header, not in {given.spec['in']}")
            if {"style", "explode", "content", "allowReserved", "allowEmptyValue"} & set(given.spec):
                yield Finding("P11", given.pointer, "a parameter has the usual style: simple in path and headers, repeated in the query")
            single = document.dereference(schema.get("items", {})) if "array" in types(schema) else schema
            if not set(types(single)) <= {"string", "integer", "boolean"}:
                yield Finding("P11", given.pointer, "a parameter is a scalar or an array of scalars")
            if given.spec["in"] == "header" and schema.get("format") == "date-time":
                yield Finding("P11", given.pointer, "a header holds no RFC 3339 time")
        wanted = set(re.findall(r"{(.+?)}", operation.path))
        named = {given.name for given in operation.parameters() if given.spec["in"] == "path"}
        if wanted != named:
            yield Finding("P11", operation.pointer, f"the path has {sorted(wanted)}, the parameters {sorted(named)}")


def p12_media(document: Document) -> Iterator[Finding]:
    """One media type for each body and answer, and a component as its schema."""
    flows = [flow for scheme in document.components("securitySchemes").values() for flow in scheme.get("flows", {}).values()]
    for_tokens = {flow[key].strip("/") for flow in flows for key in ("tokenUrl", "refreshUrl") if key in flow}
    for operation in document.operations():
        content = operation.spec.get("requestBody", {}).get("content", {})
        # RFC 6749 (4.3.2): a login is a form.
        wanted = PATCH if operation.method == "patch" else FORM if operation.path.strip("/") in for_tokens else JSON
        at = operation.pointer + pointer("requestBody")
        if "requestBody" in operation.spec and list(content) != [wanted]:
            yield Finding("P12", at, f"the body of {operation.method.upper()} is {wanted} and nothing else")
        holders = [(at, content), *((answer.pointer, answer.spec.get("content", {})) for answer in operation.successes())]
        for where, held in holders:
            if len(held) > 1 or (where != at and set(held) - {JSON}):
                yield Finding("P12", where, f"an answer is {JSON} and nothing else")
            for media, one in held.items():
                if "$ref" not in one.get("schema", {}):
                    yield Finding("P12", where + pointer("content", media), "the schema of a body is a component: it becomes a class")


def p15_headers(document: Document) -> Iterator[Finding]:
    """An optional header is never checked: each is required, or says when it is missing."""
    holders = [
        (answer.pointer + pointer("headers", name), node)
        for one in document.operations()
        for answer in one.responses()
        for name, node in answer.spec.get("headers", {}).items()
        if "$ref" not in node and answer.status < 400
    ]
    holders += [(pointer("components", "headers", name), node) for name, node in document.components("headers").items()]
    for at, node in holders:
        if not node.get("required") and not re.search(r"(?i)\b(missing|present|only|left out)\b", node.get("description", "")):
            yield Finding("P15", at, "a header is `required: true`, or its description says when it is missing")


def p17_links(document: Document) -> Iterator[Finding]:
    """Links lead somewhere: from page to page, from what was made to what can be done with it."""
    operations = {operation.id: operation for operation in document.operations()}
    for operation in operations.values():
        names = {given.name for given in operation.parameters()}
        for answer in operation.successes():
            links = answer.spec.get("links", {})
            if "cursor" in names and answer.status == 200:
                following = links.get("next", {})
                if (
                    following.get("operationId") != operation.id
                    or following.get("parameters", {}).get("cursor") != "$response.body#/next_cursor"
                ):
                    wanted = f"{{operationId: {operation.id}, parameters: {{cursor: $response.body#/next_cursor}}}}"
                    yield Finding("P17", answer.pointer, f"a page links to the one after it, `next: {wanted}`")
            if answer.status == 201 and not links:
                yield Finding("P17", answer.pointer, "a 201 links to what can be done with what was made: get, change, act")
            for name, link in links.items():
                yield from _link(
                    document, operation, answer, operations.get(link.get("operationId", "")), answer.pointer + pointer("links", name)
                )


def _link(document: Document, operation: Operation, answer: Response, target: Operation | None, at: str) -> Iterator[Finding]:
    link = document.get(at)
    if target is None:
        yield Finding("P17", at, f"no operation is called {link.get('operationId')}")
        return
    known = {given.name: given for given in target.parameters()}
    given = link.get("parameters", {})
    for name, expression in given.items():
        if name not in known:
            yield Finding("P17", at, f"{target.id} has no parameter {name}")
        elif isinstance(expression, str) and expression.startswith("$") and not _exists(document, operation, answer, expression):
            yield Finding("P17", at, f"{expression} is not there")
    if missing := [name for name, one in known.items() if one.spec["in"] == "path" and name not in given]:
        yield Finding("P17", at, f"{target.id} needs {', '.join(missing)}")


def _exists(document: Document, operation: Operation, answer: Response, expression: str) -> bool:
    found = EXPRESSION.fullmatch(expression)
    if found is None:
        return False
    if found["header"]:
        return found["header"] in answer.spec.get("headers", {})
    if found["name"]:
        return any(given.name == found["name"] and given.spec["in"] == found["where"] for given in operation.parameters())
    node = answer.schema or {}
    for step in found["body"].split("/")[1:]:
        node = document.dereference(node).get("properties", {}).get(step)
        if node is None:
            return False
    return True


def p18_repetition(document: Document) -> Iterator[Finding]:
    """What may be sent twice says so, and a write knows what it overwrites."""
    versioned = {one.path for one in document.operations() for answer in one.successes() if "ETag" in answer.spec.get("headers", {})}
    for operation in document.operations():
        names = {given.name for given in operation.parameters()}
        by_somebody = any(operation.security) and {} not in operation.security
        if operation.method == "post" and by_somebody and "Idempotency-Key" not in names and not operation.spec.get("x-safe"):
            yield Finding("P18", operation.pointer, "a POST declares Idempotency-Key, or `x-safe: true` because it changes nothing")
        one_resource = operation.method in ("put", "patch", "delete") and operation.path.endswith("}")
        if one_resource and operation.path in versioned and "If-Match" not in names:
            yield Finding("P18", operation.pointer, "a write on something with an ETag declares If-Match")


def p19_deprecation(document: Document) -> Iterator[Finding]:
    """Who is told that something goes is told when, early enough, and what comes instead."""
    operations = {one.id: one.spec for one in document.operations()}
    holders = [(operation.pointer, operation.spec, operations) for operation in document.operations()]
    holders += [
        (pointer("components", "schemas", name, "properties", member), node, schema["properties"])
        for name, schema in document.components("schemas").items()
        for member, node in schema.get("properties", {}).items()
    ]
    for at, node, others in holders:
        if bool(node.get("deprecated")) != ("x-deprecation" in node):
            yield Finding("P19", at, "`deprecated: true` and `x-deprecation` come together")
        elif "x-deprecation" in node:
            yield from _announced(node, others, at)


def _announced(node: Node, others: Mapping[str, Node], at: str) -> Iterator[Finding]:
    try:
        told = deprecation(node)
    except (KeyError, ValueError):
        told = None
    if told is None or set(node["x-deprecation"]) != {"since", "sunset", "use"}:
        yield Finding("P19", at, "x-deprecation says since and sunset, as days, and use")
        return
    if told.sunset < told.since + NOTICE:
        yield Finding("P19", at, f"callers have at least {NOTICE.days} days: the sunset is {told.since + NOTICE} or later")
    if told.use not in others or others[told.use] is node or others[told.use].get("deprecated"):
        yield Finding("P19", at, f"{told.use} is nothing to use instead")


def naming(document: Document) -> Iterator[Finding]:
    """operationId, tag and summary, in the order of a story."""
    tags, seen = {tag["name"] for tag in document.root.get("tags", ())}, set[str]()
    for operation in document.operations():
        spec, at = operation.spec, operation.pointer
        if ID.fullmatch(operation.id) is None:
            yield Finding("name", at, "an operationId is a verb and what it acts on, listStockMovements, without acronyms")
        if operation.id in seen:
            yield Finding("name", at, f"two operations are called {operation.id}")
        seen.add(operation.id)
        if len(spec.get("tags", ())) != 1 or spec["tags"][0] not in tags:
            yield Finding("name", at, "an operation has exactly one tag, of those that openapi.yaml describes: it is its folder")
        summary = spec.get("summary", "")
        if not summary or len(summary) > 60 or summary.endswith("."):
            yield Finding("name", at, "a summary has 1 to 60 characters and no full stop")
        if isinstance(spec, SourceDict):
            keys = sorted((key for key in ORDER if key in spec.lines), key=lambda key: spec.lines[key])
            for before, after in pairwise(keys):
                if ORDER.index(before) > ORDER.index(after):
                    yield Finding("order", at + pointer(after), f"{after} comes before {before}")


def guards(document: Document) -> Iterator[Finding]:
    """Who may do what is said, and the scopes are those of `security`."""
    schemes = document.components("securitySchemes")
    for operation in document.operations():
        access, at = operation.spec.get("x-access", {}), operation.pointer
        demanded = {scope for way in operation.security for scopes in way.values() for scope in scopes}
        for scheme in {scheme for way in operation.security for scheme in way}:
            known = {scope for flow in schemes.get(scheme, {}).get("flows", {}).values() for scope in flow.get("scopes", {})}
            if scheme not in schemes or demanded - known:
                yield Finding("access", at, f"{scheme} does not know {', '.join(sorted(demanded - known)) or 'itself'}")
        if "{" in operation.path and not access:
            yield Finding("access", at, "an operation on something with an id says in x-access who may")
        ways = [way if isinstance(way, dict) else {"scope": way} for way in access.values()]
        if any(way.get("credential", "any") not in CREDENTIALS for way in ways):
            yield Finding("access", at, f"the credential of x-access is {', '.join(sorted(CREDENTIALS))}")
        named = {way.get("scope") for way in ways} - {"none"}
        if access and named != demanded:
            yield Finding("access", at, f"x-access has the scopes {sorted(map(str, named))}, security {sorted(demanded)}")
