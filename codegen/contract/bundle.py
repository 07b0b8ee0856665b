"""Makes one complete OpenAPI document of the hand-written files, in their order.

Path items are inlined, and every referenced component is named once. `x-problems` and the shape of an operation become responses,
parameters and headers; the exchanges of openapi/examples/ become examples. Each allOf becomes one schema, and requests get a schema without
the members that only responses have. This module exists because JavaScript bundlers round 9223372036854775807 to ...6000, and others inline
every reference and lose the names.
"""

import json
from pathlib import Path
from typing import Any

from codegen.contract import deprecations, examples, extensions, joining, sides, structure, validity
from codegen.contract.document import Document, Operation
from codegen.contract.headers import Headers
from codegen.contract.problems import Problems
from codegen.contract.yaml import ContractError, SourceDict, read

# The section of the components that a file's entries go to; every other referenced file holds schemas.
SECTIONS = {"parameters.yaml": "parameters", "headers.yaml": "headers"}
ORDER = ("schemas", "responses", "parameters", "headers", "securitySchemes")
# A parameter of this name gives its operation a shape.
SHAPES = {"Idempotency-Key": "key", "If-Match": "version", "cursor": "cursor"}

Json = dict[str, Any]


def bundle(root: Path) -> Json:
    """The whole document of openapi/openapi.yaml, or ContractError."""
    return _Bundler(root.resolve()).run()


def to_text(document: Json) -> str:
    """The text that is served, hashed and released."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


class _Bundler:
    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root.parent
        self.files: dict[Path, SourceDict] = {}
        self.origin: dict[tuple[str, str], Path] = {}
        self.inlined: list[tuple[Path, str]] = []
        document = self.load(root)
        sections = validity.mapping(document, "components")
        self.components: SourceDict = sections.with_items((section, dict(validity.mapping(sections, section))) for section in sections)
        self.document: SourceDict = self.walk(
            document.with_items((key, held) for key, held in document.items() if key != "components"), root
        )
        written = self.whole(self.components)
        validity.check(written)
        structure.check(written)
        headers, problems, base = self.folder / "headers.yaml", self.folder / "problems.yaml", self.folder / "schemas" / "problems.yaml"
        validity.check_table("headers.yaml", self.load(headers))
        validity.check_table("problems.yaml", self.load(problems))
        self.headers = Headers(self.load(headers), lambda name: self.reference(headers, name, str(problems)))
        self.problems = Problems(
            self.walk(self.load(problems), problems), self.walk(self.entry(base, "Problem", str(problems)), base), self.headers
        )

    def run(self) -> Json:
        self.components.setdefault("schemas", {}).update(self.problems.schemas())
        self.components["responses"] = dict(self.problems.responses())
        document = self.whole(self.components)
        validity.check(document)  # the schemas of problems, too
        for operation in document.operations():
            self.complete(operation, document.location(operation.pointer))
        document = self.whole(self.components)
        joining.join(document)
        sides.separate(document)
        examples.attach(document, self.folder / "examples")
        kept = ((section, self.components[section]) for section in ORDER if self.components.get(section))
        return self.document.with_items({**self.document, "components": self.components.with_items(kept)}.items())

    def whole(self, components: SourceDict) -> Document:
        return Document(self.document.with_items({**self.document, "components": components}.items()))

    # -- references -----------------------------------------------------------------------------------------------

    def load(self, file: Path) -> SourceDict:
        if file not in self.files:
            self.files[file] = read(file)
        return self.files[file]

    def entry(self, file: Path, name: str, location: str) -> Any:
        """The entry of a file; `location` is where the reference is written."""
        if not file.is_file() or name not in self.load(file):
            raise ContractError(f"{location}: {self.shown(file)}#/{name} does not exist. Write it there, or correct the reference.")
        entry = self.load(file)[name]
        if not isinstance(entry, SourceDict | bool):
            what_now = "Write a mapping below it, or remove it."
            raise ContractError(f"{self.load(file).location(name)}: {name} is {'empty' if entry is None else repr(entry)}. {what_now}")
        return entry

    def shown(self, file: Path) -> str:
        return file.relative_to(self.folder).as_posix() if file.is_relative_to(self.folder) else str(file)

    def walk(self, node: Any, here: Path) -> Any:
        """The node, its references replaced by references within the bundle."""
        if isinstance(node, list):
            return [self.walk(entry, here) for entry in node]
        if not isinstance(node, SourceDict):
            return node
        if isinstance(ref := node.get("$ref"), str):
            file, name = self.target(ref, here)
            if file.parent.name == "paths":  # not every tool reads shared path items: inline them
                return self.inline(file, name, node.location("$ref"))
            return node.with_items(
                (key, self.reference(file, name, node.location(key)) if key == "$ref" else self.walk(held, here))
                for key, held in node.items()
            )
        walked = node.with_items((key, self.walk(held, here)) for key, held in node.items())
        if "propertyName" in node and isinstance(mapping := node.get("mapping"), SourceDict):  # the references of a discriminator
            walked["mapping"] = mapping.with_items(
                (kind, self.reference(*self.target(ref, here), mapping.location(kind))) for kind, ref in mapping.items()
            )
        return walked

    def inline(self, file: Path, name: str, location: str) -> Any:
        """The path item that a reference leads to."""
        if (file, name) in self.inlined:
            raise ContractError(f"{location}: the references of {self.shown(file)}#/{name} lead back to it. Write the operations there.")
        self.inlined.append((file, name))
        item = self.walk(self.entry(file, name, location), file)
        self.inlined.pop()
        return item

    def target(self, ref: str, here: Path) -> tuple[Path, str]:
        file, _, name = ref.partition("#/")
        return (here.parent / file).resolve() if file else here, name

    def reference(self, file: Path, name: str, location: str) -> str:
        """The reference to a component, which is added to the bundle at its first use."""
        section = SECTIONS.get(file.name, "schemas")
        if (first := self.origin.setdefault((section, name), file)) != file:
            both = f"{self.shown(first)} and {self.shown(file)}"
            raise ContractError(f"{location}: two components are named {name}, in {both}. Rename one: the name becomes a class.")
        held = self.components.setdefault(section, {})
        if name not in held:
            held[name] = None  # reserved while the component is walked, because it may refer to itself
            held[name] = self.walk(self.entry(file, name, location), file)
        return f"#/components/{section}/{name}"

    # -- operations -----------------------------------------------------------------------------------------------

    def complete(self, operation: Operation, location: str) -> None:
        """Add the responses, headers and parameters that follow from the shape of an operation."""
        spec: Json = operation.spec  # type: ignore[assignment]  # a bundle under construction
        shape, named, plain = shape_of(operation), spec.pop("x-problems", []), spec.pop("x-json-problems", None)
        for keyword, held in (("x-problems", named), ("x-json-problems", plain)):
            if held is not None and (complaint := extensions.complaint(keyword, held)) is not None:
                raise ContractError(f"{location}: {complaint}")
        for name in named:
            if name not in self.problems.table:
                raise ContractError(f"{location}: {operation.id} names {name}, which problems.yaml does not have. Write it there.")
        announcement = deprecation_of(operation, location)
        successes, edge = list(spec["responses"].values()), {**self.headers.edge(shape), **announcement}
        for response in successes:
            own = response.get("headers", {})
            if announcement and "Link" in own:
                own = {**own, "Link": deprecations.linked(Document({"components": self.components}).dereference(own["Link"]))}
            response["headers"] = {**edge, **own}
        if "etag" in shape:
            spec["parameters"] = [
                *spec.get("parameters", []),
                {"$ref": self.reference(self.folder / "parameters.yaml", "IfNoneMatch", location)},
            ]
            kept = {name: header for name, header in successes[0]["headers"].items() if name in {*edge, "ETag", "Cache-Control"}}
            spec["responses"]["304"] = {"description": "It has not changed.", "headers": kept}
        for status, names in self.problems.by_status(shape, named).items():
            shared = len(names) == 1 and "limited" in shape and not announcement and not plain
            ref, whole = {"$ref": f"#/components/responses/{names[0]}"}, self.problems.response(names, shape - {"key"}, plain=bool(plain))
            spec["responses"][str(status)] = ref if shared else {**whole, "headers": {**whole["headers"], **announcement}}


def deprecation_of(operation: Operation, location: str) -> Json:
    """The headers of all responses of a deprecated operation."""
    try:
        announcement = deprecations.deprecation(operation.spec)
    except (KeyError, TypeError, ValueError) as error:
        raise ContractError(f"{location}: x-deprecation is {{since: 2027-01-10, sunset: 2027-09-01, use: <operationId>}}.") from error
    if announcement is None:
        return {}
    if all(other.id != announcement.use for other in operation.document.operations()):
        raise ContractError(f"{location}: {operation.id} names {announcement.use} as its replacement, and no operation has that name.")
    return deprecations.headers(announcement)


def shape_of(operation: Operation) -> set[str]:
    """What an operation has, in the terms of `ambient` in problems.yaml and of `x-edge` in headers.yaml."""
    names = {parameter.name for parameter in operation.parameters() if not parameter.edge}
    successes = operation.successes()
    shape = {"always"} | {SHAPES[name] for name in names if name in SHAPES}
    claims = {
        "limited": operation.rate_class != "none",
        "security": bool(operation.security),  # also where a token is optional: an invalid one is a 401
        "scopes": any(scopes for way in operation.security for scopes in way.values()),
        "body": "requestBody" in operation.spec,
        "input": "requestBody" in operation.spec or bool(names),
        "response": any(response.media for response in successes),
        "etag": operation.method == "get" and any("ETag" in response.spec.get("headers", {}) for response in successes),
    }
    return shape | {name for name, holds in claims.items() if holds}
