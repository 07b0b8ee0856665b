"""All operations of the contract as methods of the SDK."""

from collections.abc import Sequence
from typing import Any

from codegen.client.docstrings import sentence, with_bounds
from codegen.client.method import IF_NONE_MATCH, Argument, Form, Method, Paged
from codegen.client.models import Models
from codegen.client.names import attribute, members, method_name
from codegen.client.types import PythonType
from codegen.contract.document import Document, Operation, Parameter, Response, referenced, schema_field
from codegen.contract.media import EVENTS, FORM, LAST_EVENT_ID, MULTIPART, Codec, codec, is_raw, is_stream, suffix
from codegen.contract.names import snake
from codegen.contract.yaml import ContractError

IDEMPOTENCY_KEY, IF_MATCH = "Idempotency-Key", "If-Match"
# What is read and sent in place of a value of the schema.
BY_CODEC: dict[Codec | None, PythonType] = {
    "text": PythonType("str", "str", lambda data: f"{data}.decode()", returns=("str",)),
    "binary": PythonType("bytes", "bytes", returns=("bytes",)),
}
# A problem that more than this share of all operations declare is described once, not with each of them.
COMMON_SHARE = 0.75


class Methods:
    """The operations of a document."""

    def __init__(self, document: Document, models: Models) -> None:
        self.document, self.models, self.types = document, models, models.types
        self.by_key: dict[str, Method] = {}
        names: dict[tuple[str, str], str] = {}
        for operation in document.operations():
            if operation.navigates:  # a program cannot follow it: SDK users open it in a browser
                continue
            for media in operation.offers or (None,):
                made = self.method(operation, media)
                other = names.setdefault((made.tag, made.name), operation.id)
                if other != operation.id:
                    raise ContractError(f"client.{made.tag}.{made.name} would be both {other} and {operation.id}. Rename one of them.")
                if made.key in self.by_key:
                    other = self.by_key[made.key].id
                    raise ContractError(f"operations.{made.key} would be both {other} and {operation.id}. Rename one of them.")
                self.by_key[made.key] = made
        declared = [name for method in self.by_key.values() for name in method.problems]
        self.common = frozenset(name for name in declared if declared.count(name) > COMMON_SHARE * len(self.by_key))
        for made in self.by_key.values():
            made.common = self.common

    def by_tag(self) -> dict[str, list[Method]]:
        tags: dict[str, list[Method]] = {}
        for method in self.by_key.values():
            tags.setdefault(method.tag, []).append(method)
        return tags

    def method(self, operation: Operation, accepted: str | None) -> Method:
        """The method for one of its media types."""
        ending = suffix(operation, accepted)
        parameters = list(operation.parameters())
        spelled = members(parameter.name for parameter in parameters)
        tag = attribute(operation.spec["tags"][0])
        others = {spelled[parameter.name] for parameter in parameters}
        media, forms, positional, secrets = self._body(operation, others)
        read = [response for response in operation.representations() if response.media in (accepted, None)]
        made = Method(
            operation,
            key="_".join(filter(None, (snake(operation.id), ending))),
            name="_".join(filter(None, (method_name(operation.id, operation.spec["tags"][0]), ending))),
            tag=tag,
            path=[self._argument(parameter, spelled[parameter.name]) for parameter in parameters if parameter.spec["in"] == "path"],
            forms=forms,
            positional=positional,
            query=[self._argument(parameter, spelled[parameter.name]) for parameter in parameters if parameter.spec["in"] == "query"],
            headers=[self._argument(parameter, spelled[parameter.name]) for parameter in parameters if parameter.spec["in"] == "header"],
            media=media,
            secrets=secrets,
            keyed=any(parameter.name == IDEMPOTENCY_KEY for parameter in parameters),
            guarded=any(parameter.name == IF_MATCH for parameter in parameters),
            resumable=any(parameter.name == LAST_EVENT_ID for parameter in parameters),
            revalidates=any(parameter.name == IF_NONE_MATCH for parameter in parameters),
            responses={response.status: self._result(response) for response in read} or {204: None},
            accepted=accepted,
            paged=self._paged(operation),
            problems=operation.problems(),
            examples=self._examples(read),
        )
        names = [part.split(":")[0] for part in made.arguments(made.forms[0] if made.forms else None, raw=True)]
        if not made.has_forms and (twice := {name for name in names if names.count(name) > 1}):
            raise ContractError(f"{operation.id}: {', '.join(sorted(twice))} would be two arguments of one name. Rename one.")
        return made

    def _result(self, response: Response) -> PythonType | None:
        if response.schema is None or response.media is None:
            return None
        if is_stream(response.media):
            return self.types.stream(response.schema, are_events=response.media == EVENTS)
        return BY_CODEC.get(codec(response.media)) or self.types.of(response.schema)

    def _argument(self, parameter: Parameter, name: str) -> Argument:
        spec = parameter.spec
        text = with_bounds(self.document, sentence(spec.get("description", "")), spec["schema"])
        if parameter.name == IDEMPOTENCY_KEY:
            return Argument(
                name,
                IDEMPOTENCY_KEY,
                "str | None",
                required=False,
                documentation="Made for each call if left out, and kept over its attempts.",
            )
        if parameter.name == IF_MATCH:
            text = "The resource, or its tag. If it has changed since, errors.PreconditionFailed is raised."
            return Argument(name, IF_MATCH, "str | Versioned | None", required=False, documentation=text)
        if parameter.name == IF_NONE_MATCH:
            text = "The tag of a copy. If it is current, the response is not_modified."
            return Argument(name, IF_NONE_MATCH, "str | None", required=False, documentation=text)
        kind = self.types.of(spec["schema"])
        is_joined = spec["in"] == "query" and parameter.separator is not None and kind.item is not None
        return Argument(name, parameter.name, kind.accepted, bool(spec.get("required")), text, kind, is_joined)

    def _body(self, operation: Operation, others: set[str]) -> tuple[str | None, list[Form], Argument | None, frozenset[str]]:
        content = operation.spec.get("requestBody", {}).get("content", {})
        if not content:
            return None, [], None, frozenset()
        media, spec = next(iter(content.items()))
        schema = spec[schema_field(spec)]
        secrets, required = self.models.secrets(schema), bool(operation.spec["requestBody"].get("required"))
        resolved = self.document.dereference(schema)
        words = with_bounds(self.document, sentence(resolved.get("description", "")), schema)
        if is_raw(media):
            accepted = BY_CODEC[codec(media)].accepted
            content = Argument("content", "", accepted if required else f"{accepted} | None", required, words)
            return media, [], content, secrets
        if is_stream(media):
            kind = self.types.of(schema)
            return media, [], Argument("items", "", f"Iterable[{kind.accepted}]", required, words, kind), secrets
        name = referenced(schema) or operation.id
        if referenced(schema) is not None and self.types.is_model(name):
            form = Form(name, self.models.members(name))
            if media in (FORM, MULTIPART) or not others & {member.attribute for member in form.members}:
                return media, [form], None, secrets
        union = resolved.get("oneOf", ())
        variants = [str(referenced(branch)) for branch in union if referenced(branch) is not None]
        if variants and len(variants) == len(union) and all(self.types.is_model(branch) for branch in variants):
            forms = [Form(branch, self.models.members(branch)) for branch in variants]
            if not others & {member.attribute for form in forms for member in form.members}:
                return media, forms, None, secrets
        kind = self.types.of(schema)
        return (
            media,
            [],
            Argument("entries" if kind.item else "body", "", kind.accepted, required=True, documentation=words, kind=kind),
            secrets,
        )

    def _paged(self, operation: Operation) -> Paged | None:
        for response in operation.successes():
            link = response.spec.get("links", {}).get("next")
            if link is None or link.get("operationId") != operation.id:
                continue
            expressions = {name: str(value) for name, value in link["parameters"].items() if str(value).startswith("$response.body#/")}
            constants = {name: value for name, value in link["parameters"].items() if not str(value).startswith("$")}
            if len(expressions) != 1 or response.schema is None:
                raise ContractError(f"{operation.id}: the link `next` needs exactly one parameter from the body of the response.")
            ((cursor, expression),) = expressions.items()
            items = self.document.dereference(response.schema)["properties"]["items"]
            item = self.types.of(items).item
            if item is None:
                raise ContractError(f"{operation.id}: `items` of a page is not an array.")
            return Paged(item, cursor, attribute(expression.rpartition("/")[2]), constants)
        return None

    @staticmethod
    def _examples(responses: Sequence[Response]) -> dict[str, Any]:
        for response in responses:
            content = response.spec.get("content", {}).get(response.media or "", {})
            shown = [example["value"] for example in content.get("examples", {}).values()] or [
                content[key] for key in ("example",) if key in content
            ]
            if shown:
                return {"response": shown[0]}
        return {}
