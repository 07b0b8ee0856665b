"""What the bundler and the generators need of a valid document before they can read it: statuses, bodies, and references that end."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from codegen.contract.document import ITEM_SCHEMA, METHODS, Document, Node, pointer, referenced
from codegen.contract.keywords import AROUND, instead
from codegen.contract.schemas import LIST, MAP, ONE
from codegen.contract.yaml import ContractError

SUCCESS = re.compile("2[0-9]{2}")
RECEIVED = re.compile("2([0-9]{2}|XX)")
JSON = "application/json"
# Where a browser continues; only of operations that browsers open as pages.
SEE_OTHER = "303"
WITHOUT_BODY = ("get", "delete")
WITHOUT_CONTENT = {"204": "No Content", "205": "Reset Content", SEE_OTHER: "See Other"}
# Keywords whose schemas apply to the value itself, not to a part of it.
IN_PLACE = ("oneOf", "allOf", "anyOf", "if", "then", "else", "not")


def check(document: Document) -> None:
    """Stop at what cannot be read."""
    errors = list(_errors(document))
    if errors:
        raise ContractError("\n".join(dict.fromkeys(f"{document.location(at)}: {message}" for at, message in errors)))


def _errors(document: Document) -> Iterator[tuple[str, str]]:
    yield from _chains(document)
    for section in document.root.get("components", {}):
        if section not in AROUND["components"] or section == "responses":
            yield pointer("components", section), f"`{section}` of components is left out of the bundle: {instead(section, 'components')}."
    for section in ("parameters", "headers"):
        for name, node in document.components(section).items():
            yield from _spec(node, pointer("components", section, name), section)
    for name, schema in document.components("schemas").items():
        yield from _schema(schema, pointer("components", "schemas", name))
    yield from _cycles(document)
    for path, item in document.root.get("paths", {}).items():
        yield from _parameters(item, pointer("paths", path))
        for method in METHODS:
            if method in item:
                yield from _operation(method, item[method], pointer("paths", path, method))
    yield from _deliveries(document)


def _operation(method: str, spec: Node, at: str) -> Iterator[tuple[str, str]]:
    name = spec.get("operationId", "the operation")
    yield from _parameters(spec, at)
    if method in WITHOUT_BODY and "requestBody" in spec:
        remedy = "Write parameters, or a POST."
        yield at + pointer("requestBody"), f"a body of {method.upper()} has no meaning (RFC 9110), and caches drop it. {remedy}"
    if (body := spec.get("requestBody")) is not None:
        yield from _here(body, at + pointer("requestBody")) or _content(body, at + pointer("requestBody"))
    if not spec.get("responses"):
        yield at, f"{name} has no responses. Write at least its success: '200' or '204'."
    for status, response in spec.get("responses", {}).items():
        below = at + pointer("responses", status)
        if not SUCCESS.fullmatch(status) and not (status == SEE_OTHER and spec.get("x-navigation")):
            yield below, _status(name, status)
            continue
        yield from _here(response, below) or _response(status, response, below)


def _deliveries(document: Document) -> Iterator[tuple[str, str]]:
    for operation in document.operations():
        for name, callback in operation.spec.get("callbacks", {}).items():
            if len(callback) != 1:
                at = operation.pointer + pointer("callbacks", name)
                yield at, f"{name} has {len(callback) or 'no'} URLs. Write one: an event has one receiver."
    for delivery in document.deliveries():
        yield from _delivery(delivery.name, delivery.item, delivery.pointer)


def _delivery(name: str, item: Node, at: str) -> Iterator[tuple[str, str]]:
    if list(item) != ["post"]:
        yield at, f"{name} has {', '.join(item) or 'nothing'}. Write `post` and nothing else: events are posted to receivers."
        return
    body, below = item["post"].get("requestBody", {}), at + pointer("post", "requestBody")
    if list(body.get("content", {})) != [JSON] or not body.get("required"):
        yield at + pointer("post"), f"{name} has no event. Write `requestBody: {{required: true, content: {{{JSON}: {{schema: ...}}}}}}`."
        return
    yield from _here(body, below) or _content(body, below)
    for status in item["post"].get("responses", {}):
        if not RECEIVED.fullmatch(status):
            remedy = "Write '204' or '2XX', by which a receiver says that it has the event."
            yield at + pointer("post", "responses", status), f"{name} has {status}. {remedy}"


def _status(name: str, status: str) -> str:
    if status.startswith("1"):
        return f"{name} has {status}, which the server sends by itself. Write its success: '200' or '204'."
    if status in ("default", "2XX"):
        return f"{name} has {status}, which promises nothing. Write each success with its status, and name problems in x-problems."
    if status == SEE_OTHER:
        return f"{name} has 303, which only browsers follow. Write `x-navigation: true` if it is for them, or another success."
    return f"{name} has {status} by hand. Name its problem in x-problems; an ETag makes 304."


def _response(status: str, response: Node, at: str) -> Iterator[tuple[str, str]]:
    if status in WITHOUT_CONTENT and "content" in response:
        yield at + pointer("content"), f"{status} {WITHOUT_CONTENT[status]} has content. Write '200', or leave out the content."
    yield from _content(response, at)
    for name, node in response.get("headers", {}).items():
        yield from _spec(node, at + pointer("headers", name), "headers")
    for name, link in response.get("links", {}).items():
        yield from _here(link, at + pointer("links", name))


def _content(holder: Node, at: str) -> Iterator[tuple[str, str]]:
    if "content" in holder and not holder["content"]:
        yield at + pointer("content"), "`content` is empty. Write a media type with its schema, or leave it out."
    for media, content in holder.get("content", {}).items():
        below = at + pointer("content", media)
        if "schema" not in content:
            yield below, f"{media} has no schema. Write `schema: {{$ref: ...}}`: anything would be valid."
        else:
            yield from _schema(content["schema"], below + pointer("schema"))
        if ITEM_SCHEMA in content:
            yield from _item(content[ITEM_SCHEMA], below + pointer(ITEM_SCHEMA))
        yield from _examples(content, below)


def _item(schema: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(schema, Mapping) and "$ref" in schema:
        yield from _schema(schema, at)
    else:
        yield at, f"`{ITEM_SCHEMA}` names no component. Write {{$ref: ...}}: each item of the stream has its class."


def _parameters(holder: Node, at: str) -> Iterator[tuple[str, str]]:
    for index, node in enumerate(holder.get("parameters", ())):
        yield from _spec(node, at + pointer("parameters", index), "parameters")


def _spec(node: Node, at: str, section: str) -> Iterator[tuple[str, str]]:
    """A parameter or header."""
    if "$ref" in node:
        if not node["$ref"].startswith(f"#/components/{section}/"):
            yield at, f"the reference leads to no entry of {section}.yaml. Correct it."
        return
    if "schema" not in node:
        yield at, "there is no schema. Write `schema`: a parameter or header is text, and `content` is not supported."
        return
    yield from _schema(node["schema"], at + pointer("schema"))
    yield from _examples(node, at)


def _examples(holder: Node, at: str) -> Iterator[tuple[str, str]]:
    for name, example in holder.get("examples", {}).items():
        if "value" not in example:
            yield at + pointer("examples", name), f"the example {name} has no value. Write `value`: examples are checked and sent."


def _here(node: Node, at: str) -> list[tuple[str, str]]:
    return [(at, "only schemas, parameters, headers and path items can be referred to. Write it here.")] if "$ref" in node else []


def _schema(schema: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(schema, bool):
        remedy = "Write the schema of the values that are valid." if schema else "Leave it out."
        yield at, f"`{str(schema).lower()}` is a schema for {'all' if schema else 'no'} values. {remedy}"
        return
    if "$ref" in schema and not schema["$ref"].startswith("#/components/schemas/"):
        yield at, "the reference leads to no schema. Correct it: schemas are entries of the files in schemas/."
    for key, held in schema.items():
        if key in ONE and not (isinstance(held, bool) and key in ("additionalProperties", "unevaluatedProperties", "unevaluatedItems")):
            yield from _schema(held, at + pointer(key))
        elif key in LIST or key in MAP:
            for step, child in enumerate(held) if isinstance(held, list) else held.items():
                yield from _schema(child, at + pointer(key, step))


def _chains(document: Document) -> Iterator[tuple[str, str]]:
    """References that lead back to themselves, or nowhere."""
    for section in ("schemas", "parameters", "headers"):
        components = document.components(section)
        for name in components:
            seen, current = [name], components[name]
            while (following := referenced(current)) in components:
                if following in seen:
                    yield pointer("components", section, name), f"the references of {name} lead back to it. Write what it is."
                    return
                seen.append(str(following))
                current = components[following]


def _cycles(document: Document) -> Iterator[tuple[str, str]]:
    """Schemas that contain themselves in every value, so that no finite value is valid or checking does not end."""
    components = document.components("schemas")
    below = {name: set(_inevitable(schema)) & components.keys() for name, schema in components.items()}
    for name in components:
        waiting, seen = [*below[name]], set[str]()
        while waiting:
            step = waiting.pop()
            if step == name:
                remedy = "Make one of the members on the way optional, or allow null."
                yield pointer("components", "schemas", name), f"every {name} has a {name} in it, without end. {remedy}"
                break
            if step not in seen:
                seen.add(step)
                waiting += below[step]


def _inevitable(schema: Any) -> Iterator[str]:
    """The components that each value of a schema has to meet by itself or in a required member."""
    if not isinstance(schema, Mapping):
        return
    if "$ref" in schema:
        yield str(referenced(schema))
    for keyword in IN_PLACE:
        for branch in schema.get(keyword, ()) if keyword in LIST else [schema.get(keyword)]:
            # A branch of a union can be left out as a member, yet a validator tries it.
            yield from (name for name in [referenced(branch)] if name) if isinstance(branch, Mapping) else ()
            if isinstance(branch, Mapping) and keyword == "allOf":
                yield from _inevitable(branch)
    for name in schema.get("required", ()):
        member = schema.get("properties", {}).get(name)
        if isinstance(member, Mapping) and "$ref" in member:
            yield str(referenced(member))
