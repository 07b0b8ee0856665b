"""All operations of the contract as methods of the SDK."""

from typing import Any

from codegen.client.docstrings import sentence, with_bounds
from codegen.client.method import IF_NONE_MATCH, Argument, Form, Method, Paged
from codegen.client.models import Models
from codegen.client.names import attribute, method_name
from codegen.client.types import PythonType
from codegen.contract.document import Document, Operation, Parameter, Response, referenced
from codegen.contract.names import snake
from codegen.contract.yaml import ContractError

IDEMPOTENCY_KEY, IF_MATCH = "Idempotency-Key", "If-Match"
# A problem that more than this share of all operations declare is described once, not with each of them.
COMMON_SHARE = 0.75
FORM = "application/x-www-form-urlencoded"


class Methods:
    """The operations of a document."""

    def __init__(self, document: Document, models: Models) -> None:
        self.document, self.models, self.types = document, models, models.types
        self.by_key: dict[str, Method] = {}
        names: dict[tuple[str, str], str] = {}
        for operation in document.operations():
            made = self.method(operation)
            other = names.setdefault((made.tag, made.name), operation.id)
            if other != operation.id:
                raise ContractError(f"client.{made.tag}.{made.name} would be both {other} and {operation.id}. Rename one of them.")
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

    def method(self, operation: Operation) -> Method:
        parameters = list(operation.parameters())
        tag = attribute(operation.spec["tags"][0])
        media, forms, positional, secrets = self._body(operation)
        responses = {response.status: self._result(response) for response in operation.successes()}
        made = Method(
            operation,
            key=snake(operation.id),
            name=method_name(operation.id, operation.spec["tags"][0]),
            tag=tag,
            path=[self._argument(parameter) for parameter in parameters if parameter.spec["in"] == "path"],
            forms=forms,
            positional=positional,
            query=[self._argument(parameter) for parameter in parameters if parameter.spec["in"] == "query"],
            headers=[self._argument(parameter) for parameter in parameters if parameter.spec["in"] == "header"],
            media=media,
            secrets=secrets,
            keyed=any(parameter.name == IDEMPOTENCY_KEY for parameter in parameters),
            guarded=any(parameter.name == IF_MATCH for parameter in parameters),
            revalidates=any(parameter.name == IF_NONE_MATCH for parameter in parameters),
            responses=responses or {204: None},
            binary=any(response.media is not None and "json" not in response.media for response in operation.successes()),
            paged=self._paged(operation),
            problems=operation.problems(),
            examples=self._examples(operation),
        )
        names = [part.split(":")[0] for part in made.arguments(made.forms[0] if made.forms else None, raw=True)]
        if not made.has_forms and (twice := {name for name in names if names.count(name) > 1}):
            raise ContractError(f"{operation.id}: {', '.join(sorted(twice))} would be two arguments of one name. Rename one.")
        return made

    def _result(self, response: Response) -> PythonType | None:
        if response.schema is None or response.media is None:
            return None
        return self.types.of(response.schema) if "json" in response.media else PythonType("bytes", "bytes", returns=("bytes",))

    def _argument(self, parameter: Parameter) -> Argument:
        spec = parameter.spec
        text = with_bounds(self.document, sentence(spec.get("description", "")), spec["schema"])
        name = attribute(parameter.name)
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
        return Argument(name, parameter.name, kind.accepted, bool(spec.get("required")), text, kind)

    def _body(self, operation: Operation) -> tuple[str | None, list[Form], Argument | None, frozenset[str]]:
        content = operation.spec.get("requestBody", {}).get("content", {})
        if not content:
            return None, [], None, frozenset()
        media, spec = next(iter(content.items()))
        schema = spec["schema"]
        secrets = self.models.secrets(schema)
        if "json" not in media and media != FORM:
            return media, [], Argument("content", "", "bytes", required=True, documentation="The body as it is sent."), secrets
        resolved = self.document.dereference(schema)
        name = referenced(schema) or operation.id
        if "properties" in resolved or "allOf" in resolved:
            return media, [Form(name, self.models.members(name))], None, secrets
        variants = [str(referenced(branch)) for branch in resolved.get("oneOf", ()) if referenced(branch) is not None]
        if variants and all(self.types.is_model(branch) for branch in variants):
            return media, [Form(branch, self.models.members(branch)) for branch in variants], None, secrets
        kind = self.types.of(schema)
        words = with_bounds(self.document, sentence(resolved.get("description", "")), schema)
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
    def _examples(operation: Operation) -> dict[str, Any]:
        for response in operation.successes():
            content = response.spec.get("content", {}).get(response.media or "", {})
            shown = [example["value"] for example in content.get("examples", {}).values()] or [
                content[key] for key in ("example",) if key in content
            ]
            if shown:
                return {"response": shown[0]}
        return {}
