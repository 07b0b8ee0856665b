"""Rules for operations: P11, P12, P15 and P17-P19, and how operations are named, ordered and guarded."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from codegen.contract.deprecations import NOTICE, deprecation
from codegen.contract.document import Document, Node, Operation, Response, pointer, schema_field
from codegen.contract.media import FORM, JSON, MULTIPART, PATCH, is_raw, is_stream
from codegen.contract.yaml import SourceDict
from codegen.lint.breaches import Breach
from codegen.lint.shapes import types

ID = re.compile(r"[a-z]+([A-Z][a-z0-9]+)*")
ORDER = (
    *("operationId", "tags", "summary", "description", "security", "x-access", "x-rate-class"),
    *("parameters", "requestBody", "x-problems", "x-json-problems", "responses"),
)
CREDENTIALS = {"any", "session", "fresh"}
EXPRESSION = re.compile(r"\$(?:response\.body#(?P<body>/.+)|response\.header\.(?P<header>.+)|request\.(?P<where>path|query)\.(?P<name>.+))")


def p11_parameters(document: Document) -> Iterator[Breach]:
    """Parameters that all clients serialise alike."""
    for operation in document.operations():
        for parameter in operation.parameters():
            schema = document.dereference(parameter.spec["schema"]) if "schema" in parameter.spec else {}
            if parameter.spec["in"] not in ("path", "query", "header") and parameter.spec.get("x-edge") != "browser":
                yield Breach("P11", parameter.pointer, f"a parameter is in path, query or header, not in {parameter.spec['in']}")
            single = document.dereference(schema.get("items", {})) if "array" in types(schema) else schema
            if "null" in {*types(schema), *types(single)}:
                yield Breach("P11", parameter.pointer, "null has no text: leave it out, and let callers leave out the parameter")
            elif not set(types(single)) <= {"string", "integer", "number", "boolean"}:
                yield Breach("P11", parameter.pointer, "a parameter is a scalar or an array of scalars")
            if "enum" in single and types(single) not in (["string"], ["integer"]):
                yield Breach("P11", parameter.pointer, "a parameter is a text: beside its enum write the one type of its values, or a body")
            if parameter.spec["in"] == "header" and schema.get("format") == "date-time":
                yield Breach("P11", parameter.pointer, "a header cannot be an RFC 3339 time")
        expected = set(re.findall(r"{(.+?)}", operation.path))
        named = {parameter.name for parameter in operation.parameters() if parameter.spec["in"] == "path"}
        if expected != named:
            yield Breach("P11", operation.pointer, f"the path has {sorted(expected)}, the parameters {sorted(named)}")


def p20_navigation(document: Document) -> Iterator[Breach]:
    """An operation for browsers leads on, and only such an operation has a cookie."""
    for operation in document.operations():
        statuses = [response.status for response in operation.successes()]
        if operation.navigates and (operation.method != "get" or any(operation.security)):
            yield Breach("P20", operation.pointer, "a browser opens a page by GET and without a token: x-navigation needs both")
        if operation.navigates and statuses != [303]:
            yield Breach("P20", operation.pointer, "the only success of an operation with x-navigation is 303")
        for response in operation.successes():
            if response.status == 303 and "Location" not in response.spec.get("headers", {}):
                yield Breach("P20", response.pointer, "a 303 has a header Location: it says where the browser continues")
        for parameter in operation.parameters():
            if parameter.spec["in"] == "cookie" and not operation.navigates:
                yield Breach("P20", operation.pointer, "only an operation with x-navigation reads a cookie: browsers send them to it alone")


def p12_media(document: Document) -> Iterator[Breach]:
    """One media type for each request, and a component as the schema of each body."""
    flows = [flow for scheme in document.components("securitySchemes").values() for flow in scheme.get("flows", {}).values()]
    for_tokens = {flow[key].strip("/") for flow in flows for key in ("tokenUrl", "refreshUrl") if key in flow}
    for operation in document.operations():
        content = operation.spec.get("requestBody", {}).get("content", {})
        # RFC 6749 (4.3.2): a login is a form.
        expected = PATCH if operation.method == "patch" else FORM if operation.path.strip("/") in for_tokens else JSON
        at = operation.pointer + pointer("requestBody")
        others = [media for media in content if is_raw(media) or is_stream(media) or media == MULTIPART]
        is_file = expected == JSON and len(content) == len(others) == 1
        if "requestBody" in operation.spec and list(content) != [expected] and not is_file:
            other = ", a text, a file, a form with one, or a stream," if expected == JSON else ""
            yield Breach("P12", at, f"the body of {operation.method.upper()} is {expected}{other} and nothing else")
        holders = [(at, content), *((response.pointer, response.spec.get("content", {})) for response in operation.successes())]
        for where, held in holders:
            if where != at and any(media != JSON and not (is_raw(media) or is_stream(media)) for media in held):
                yield Breach("P12", where, f"a response is {JSON}, a text, a file or a stream, and nothing else")
            for media, body in held.items():
                if "$ref" not in body.get(schema_field(body), {}):
                    yield Breach("P12", where + pointer("content", media), "the schema of a body is a component: it becomes a class")


def p15_headers(document: Document) -> Iterator[Breach]:
    """A header is required, or its description states when it is missing: validators do not check optional headers."""
    holders = [
        (response.pointer + pointer("headers", name), node)
        for operation in document.operations()
        for response in operation.responses()
        for name, node in response.spec.get("headers", {}).items()
        if "$ref" not in node and response.status < 400
    ]
    holders += [(pointer("components", "headers", name), node) for name, node in document.components("headers").items()]
    for at, node in holders:
        if not node.get("required") and not re.search(r"(?i)\b(missing|present|only|left out)\b", node.get("description", "")):
            yield Breach("P15", at, "a header is `required: true`, or its description states when it is missing")


def p17_links(document: Document) -> Iterator[Breach]:
    """Links lead to operations: from a page to the next one, and from a new resource to its operations."""
    operations = {operation.id: operation for operation in document.operations()}
    for operation in operations.values():
        names = {parameter.name for parameter in operation.parameters()}
        for response in operation.successes():
            links = response.spec.get("links", {})
            if "cursor" in names and response.status == 200:
                following = links.get("next", {})
                if (
                    following.get("operationId") != operation.id
                    or following.get("parameters", {}).get("cursor") != "$response.body#/next_cursor"
                ):
                    expected = f"{{operationId: {operation.id}, parameters: {{cursor: $response.body#/next_cursor}}}}"
                    yield Breach("P17", response.pointer, f"a page links to the next page, `next: {expected}`")
            if response.status == 201 and not links:
                yield Breach("P17", response.pointer, "a 201 links to the operations of the new resource: get, change, act")
            for name, link in links.items():
                yield from _link(
                    document, operation, response, operations.get(link.get("operationId", "")), response.pointer + pointer("links", name)
                )


def _link(document: Document, operation: Operation, response: Response, target: Operation | None, at: str) -> Iterator[Breach]:
    link = document.get(at)
    if target is None:
        yield Breach("P17", at, f"there is no operation {link.get('operationId')}")
        return
    known = {sent.name: sent for sent in target.parameters()}
    sent = link.get("parameters", {})
    for name, expression in sent.items():
        if name not in known:
            yield Breach("P17", at, f"{target.id} has no parameter {name}")
        elif isinstance(expression, str) and expression.startswith("$") and not _exists(document, operation, response, expression):
            yield Breach("P17", at, f"{expression} does not exist")
    if missing := [name for name, parameter in known.items() if parameter.spec["in"] == "path" and name not in sent]:
        yield Breach("P17", at, f"{target.id} needs {', '.join(missing)}")


def _exists(document: Document, operation: Operation, response: Response, expression: str) -> bool:
    match = EXPRESSION.fullmatch(expression)
    if match is None:
        return False
    if match["header"]:
        return match["header"] in response.spec.get("headers", {})
    if match["name"]:
        return any(parameter.name == match["name"] and parameter.spec["in"] == match["where"] for parameter in operation.parameters())
    node = response.schema or {}
    for step in match["body"].split("/")[1:]:
        node = document.dereference(node).get("properties", {}).get(step)
        if node is None:
            return False
    return True


def p18_repetition(document: Document) -> Iterator[Breach]:
    """A POST can be repeated, and a write can name the version that it replaces."""
    versioned = {
        operation.path
        for operation in document.operations()
        for response in operation.successes()
        if "ETag" in response.spec.get("headers", {})
    }
    for operation in document.operations():
        names = {parameter.name for parameter in operation.parameters()}
        needs_login = any(operation.security) and {} not in operation.security
        if operation.method == "post" and needs_login and "Idempotency-Key" not in names and not operation.spec.get("x-safe"):
            yield Breach("P18", operation.pointer, "a POST declares Idempotency-Key, or `x-safe: true` because it changes nothing")
        one_resource = operation.method in ("put", "patch", "delete") and "{" in operation.path.rpartition("/")[2]
        if one_resource and operation.path in versioned and "If-Match" not in names:
            yield Breach("P18", operation.pointer, "a write to a resource with an ETag declares If-Match")


def p19_deprecation(document: Document) -> Iterator[Breach]:
    """An announcement has its days, early enough, and a replacement."""
    operations = {operation.id: operation.spec for operation in document.operations()}
    holders = [(operation.pointer, operation.spec, operations) for operation in document.operations()]
    holders += [
        (pointer("components", "schemas", name, "properties", member), node, schema["properties"])
        for name, schema in document.components("schemas").items()
        for member, node in schema.get("properties", {}).items()
    ]
    for at, node, others in holders:
        if bool(node.get("deprecated")) != ("x-deprecation" in node):
            yield Breach("P19", at, "`deprecated: true` and `x-deprecation` come together")
        elif "x-deprecation" in node:
            yield from _announced(node, others, at)


def _announced(node: Node, others: Mapping[str, Node], at: str) -> Iterator[Breach]:
    try:
        announcement = deprecation(node)
    except (KeyError, ValueError):
        announcement = None
    if announcement is None or set(node["x-deprecation"]) != {"since", "sunset", "use"}:
        yield Breach("P19", at, "x-deprecation has since and sunset, as dates, and use")
        return
    if announcement.sunset < announcement.since + NOTICE:
        yield Breach("P19", at, f"callers get at least {NOTICE.days} days: the sunset is {announcement.since + NOTICE} or later")
    if announcement.use not in others or others[announcement.use] is node or others[announcement.use].get("deprecated"):
        yield Breach("P19", at, f"{announcement.use} cannot replace it")


def naming(document: Document) -> Iterator[Breach]:
    """operationId, tag and summary, in the order of a story."""
    tags, seen = {tag["name"] for tag in document.root.get("tags", ())}, set[str]()
    for operation in document.operations():
        spec, at = operation.spec, operation.pointer
        if ID.fullmatch(operation.id) is None:
            yield Breach("name", at, "an operationId is a verb and its object, such as listStockMovements, without acronyms")
        if operation.id in seen:
            yield Breach("name", at, f"two operations have the name {operation.id}")
        seen.add(operation.id)
        if len(spec.get("tags", ())) != 1 or spec["tags"][0] not in tags:
            yield Breach("name", at, "an operation has exactly one tag, which openapi.yaml describes: it is the folder of its code")
        summary = spec.get("summary", "")
        if not summary or len(summary) > 60 or summary.endswith("."):
            yield Breach("name", at, "a summary has 1 to 60 characters and no full stop")
        if isinstance(spec, SourceDict):
            keys = sorted((key for key in ORDER if key in spec.lines), key=lambda key: spec.lines[key])
            for before, after in pairwise(keys):
                if ORDER.index(before) > ORDER.index(after):
                    yield Breach("order", at + pointer(after), f"{after} comes before {before}")


def guards(document: Document) -> Iterator[Breach]:
    """Operations on a resource have `x-access`, and its scopes are those of `security`."""
    schemes = document.components("securitySchemes")
    for operation in document.operations():
        access, at = operation.spec.get("x-access", {}), operation.pointer
        demanded = {scope for way in operation.security for scopes in way.values() for scope in scopes}
        for scheme in dict.fromkeys(scheme for way in operation.security for scheme in way):
            known = {scope for flow in schemes.get(scheme, {}).get("flows", {}).values() for scope in flow.get("scopes", {})}
            unknown = {scope for way in operation.security for scope in way.get(scheme, ())} - known
            if scheme not in schemes:
                yield Breach("access", at, f"there is no security scheme {scheme}")
            elif unknown and schemes[scheme].get("type") != "oauth2":
                yield Breach("access", at, f"{scheme} has no scopes, which are those of oauth2: write `{scheme}: []`")
            elif unknown:
                yield Breach("access", at, f"{scheme} has no scope {', '.join(sorted(unknown))}")
        if "{" in operation.path and not access:
            yield Breach("access", at, "an operation on a resource with an id has x-access")
        ways = [way if isinstance(way, dict) else {"scope": way} for way in access.values()]
        if any(way.get("credential", "any") not in CREDENTIALS for way in ways):
            yield Breach("access", at, f"the credential of x-access is {', '.join(sorted(CREDENTIALS))}")
        named = {way.get("scope") for way in ways} - {"none"}
        if access and named != demanded:
            yield Breach("access", at, f"x-access has the scopes {sorted(map(str, named))}, security {sorted(demanded)}")
