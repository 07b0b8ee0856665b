"""Bodies that are no JSON: which media types there are, and what their schemas can state."""

from collections.abc import Iterator

from codegen.contract.document import ITEM_SCHEMA, Document, Node, Operation, pointer
from codegen.contract.media import BINARY, MULTIPART, STREAMS, TEXT, codec, is_binary, is_stream
from codegen.contract.schemas import schemas
from codegen.lint.breaches import Breach
from codegen.lint.shapes import types

FILE = "{type: string, format: binary, minLength: 1, maxLength: 10485760}"
STREAM = f"{{schema: {{type: string}}, {ITEM_SCHEMA}: {{$ref: ...}}}}"
# What explains a schema, at any place.
WORDS = {"title", "description", "examples"}
OF_FILES = {"type", "format", "minLength", "maxLength", *WORDS}
SCALARS = ("string", "integer", "number", "boolean")
OF_TEXTS = {"type", "enum", "const", "pattern", "minLength", "maxLength", *WORDS}


def media_types(document: Document) -> Iterator[Breach]:
    """Each body has a media type that server and clients read, and a schema that fits it."""
    for operation in document.operations():
        body = operation.spec.get("requestBody", {})
        for media, content in body.get("content", {}).items():
            at = operation.pointer + pointer("requestBody", "content", media)
            yield from _media(document, media, content, at)
            if media == MULTIPART:
                yield from _multipart(document, content, at)
            if codec(media) in ("text", "binary"):
                yield from _sent(document, media, body, content, at)
        for response in operation.successes():
            for media, content in response.spec.get("content", {}).items():
                if media == MULTIPART:
                    yield Breach("media", response.pointer + pointer("content", media), "a response is no form: write application/json")
                yield from _media(document, media, content, response.pointer + pointer("content", media))
        if len(operation.offers) > 1:
            yield from _negotiated(document, operation)


def _negotiated(document: Document, operation: Operation) -> Iterator[Breach]:
    """Callers choose among the media types of one response; each of them is the whole response."""
    remedy, bodies = "write two operations", [response for response in operation.successes() if response.media is not None]
    if len(bodies) > 1:
        yield Breach(
            "media", operation.pointer, f"the responses of {operation.id} have several media types, and callers choose one: {remedy}"
        )
        return
    (response,) = bodies
    if any(parameter.name == "Idempotency-Key" for parameter in operation.parameters()):
        yield Breach("media", response.pointer, f"a response that is stored for an Idempotency-Key has one media type: {remedy}")
    for name, link in response.spec.get("links", {}).items():
        if any(str(value).startswith("$response.body") for value in link.get("parameters", {}).values()):
            at = response.pointer + pointer("links", name)
            yield Breach("media", at, f"a link reads JSON, and callers may choose {operation.offers[-1]}: {remedy}")
    listed = document.components("schemas").get("NotAcceptableProblem", {}).get("properties", {}).get("available", {})
    if len(operation.offers) > listed.get("maxItems", len(operation.offers)):
        yield Breach(
            "media", response.pointer, f"NotAcceptable lists at most {listed['maxItems']} media types: raise `maxItems` of `available`"
        )
    etag = response.spec.get("headers", {}).get("ETag")
    if etag is not None and document.dereference(etag).get("x-edge") != "etag":
        message = "an ETag names the bytes of one media type, and a version has none: write `x-edge: etag` in headers.yaml"
        yield Breach("media", response.pointer + pointer("headers", "ETag"), message)


def _media(document: Document, media: str, content: Node, at: str) -> Iterator[Breach]:
    kind = codec(media)
    if kind is None:
        known = ", ".join(("application/json", MULTIPART, *STREAMS, *TEXT, *BINARY))
        yield Breach("media", at, f"nothing reads or writes {media}: write one of {known}")
        return
    if is_stream(media) and (content["schema"] != {"type": "string"} or ITEM_SCHEMA not in content):
        yield Breach("media", at, f"a stream is {STREAM}, for the text that arrives and for each of its items")
    if not is_stream(media) and ITEM_SCHEMA in content:
        yield Breach("media", at + pointer(ITEM_SCHEMA), f"{media} has no items: write {STREAMS[0]}, or leave `{ITEM_SCHEMA}` out")
    if kind not in ("text", "binary"):
        return
    schema = document.dereference(content["schema"])
    known_keywords = OF_FILES if kind == "binary" else OF_TEXTS
    if schema.get("type") != "string" or is_binary(schema) != (kind == "binary"):
        remedy = f"a file is {FILE}" if kind == "binary" else "a text is {type: string, maxLength: 1000}, without a format"
        yield Breach("media", at, f"the schema does not describe {media}: {remedy}, as a component")
    elif others := sorted(set(schema) - known_keywords):
        what = "a file" if kind == "binary" else "a text"
        yield Breach("media", at, f"{', '.join(others)} of {what} is never checked: leave it out, and describe it")
    elif kind == "binary" and "maxLength" not in schema:
        yield Breach("media", at, "a file needs maxLength, its largest size in bytes")


def _sent(document: Document, media: str, body: Node, content: Node, at: str) -> Iterator[Breach]:
    schema = document.dereference(content["schema"])
    if "x-max-bytes" in body and codec(media) == "binary":
        yield Breach("media", at, "maxLength is the largest size of a file: leave x-max-bytes out")
    if not {"enum", "const"} & set(schema) and schema.get("minLength", 0) < 1:
        yield Breach("media", at, f"an empty {media} is no body, because both have the length 0 in HTTP: write `minLength: 1`")


def _multipart(document: Document, content: Node, at: str) -> Iterator[Breach]:
    """One file and scalars, each in one part."""
    schema = document.dereference(content["schema"])
    members = {name: document.dereference(node) for name, node in schema.get("properties", {}).items()}
    if schema.get("type") != "object" or schema.get("additionalProperties") is not False or not members:
        yield Breach("media", at, "a form is a component of type object with `properties` and `additionalProperties: false`")
        return
    files_of = [name for name, node in members.items() if is_binary(node)]
    if len(files_of) != 1:
        many = f"{len(files_of)} files" if files_of else "no file"
        remedy = "send one file with each request" if files_of else f"write application/json, or add a member {FILE}"
        yield Breach("media", at, f"a form has one file, and this one has {many}: {remedy}")
    for name, node in members.items():
        if is_binary(node) and (set(node) - OF_FILES or "maxLength" not in node):
            yield Breach("media", at, f"the file {name} is {FILE}, without other keywords, and always with maxLength")
        elif not is_binary(node) and (len(types(node)) != 1 or types(node)[0] not in SCALARS):
            yield Breach("media", at, f"{name} is sent as a text: write a string, an integer, a number or a boolean, and no null")


def files(document: Document) -> Iterator[Breach]:
    """A file is a whole body, or a member of a form."""
    roots = {
        str(content.get("schema", {}).get("$ref", "")).removeprefix("#")
        for operation in document.operations()
        for holder in (operation.spec.get("requestBody", {}), *(response.spec for response in operation.successes()))
        for media, content in holder.get("content", {}).items()
        if codec(media) == "binary"
    }
    for operation in document.operations():
        form = operation.spec.get("requestBody", {}).get("content", {}).get(MULTIPART)
        if form is not None:
            at = str(form["schema"].get("$ref", "")).removeprefix("#")
            for name, node in document.dereference(form["schema"]).get("properties", {}).items():
                roots |= {at + pointer("properties", name), str(node.get("$ref", "")).removeprefix("#")}
    for schema in schemas(document):
        if is_binary(schema.node) and schema.pointer not in roots:
            remedy = "write `format: byte` (base64), or a body of application/octet-stream or multipart/form-data"
            yield Breach("media", schema.pointer, f"a file is a whole body, and no value in a {schema.use}: {remedy}")
