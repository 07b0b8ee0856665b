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
        declared = [name for one in self.by_key.values() for name in one.problems]
        self.common = frozenset(name for name in declared if declared.count(name) > COMMON_SHARE * len(self.by_key))
        for made in self.by_key.values():
            made.common = self.common

    def by_tag(self) -> dict[str, list[Method]]:
        tags: dict[str, list[Method]] = {}
        for method in self.by_key.values():
            tags.setdefault(method.tag, []).append(method)
        return tags

    def method(self, operation: Operation) -> Method:
        given = list(operation.parameters())
        tag = attribute(operation.spec["tags"][0])
        media, forms, positional, secrets = self._body(operation)
        responses = {answer.status: self._answer(answer) for answer in operation.successes()}
        made = Method(
            operation,
            key=snake(operation.id),
            name=method_name(operation.id, operation.spec["tags"][0]),
            tag=tag,
            path=[self._argument(one) for one in given if one.spec["in"] == "path"],
            forms=forms,
            positional=positional,
            query=[self._argument(one) for one in given if one.spec["in"] == "query"],
            headers=[self._argument(one) for one in given if one.spec["in"] == "header"],
            media=media,
            secrets=secrets,
            keyed=any(one.name == IDEMPOTENCY_KEY for one in given),
            guarded=any(one.name == IF_MATCH for one in given),
            revalidates=any(one.name == IF_NONE_MATCH for one in given),
            responses=responses or {204: None},
            binary=any(answer.media is not None and "json" not in answer.media for answer in operation.successes()),
            paged=self._paged(operation),
            problems=operation.problems(),
            examples=self._examples(operation),
        )
        names = [part.split(":")[0] for part in made.arguments(made.forms[0] if made.forms else None, raw=True)]
        if not made.has_forms and (twice := {name for name in names if names.count(name) > 1}):
            raise ContractError(f"{operation.id}: {', '.join(sorted(twice))} would be two arguments of one name. Rename one.")
        return made

    def _answer(self, answer: Response) -> PythonType | None:
        if answer.schema is None or answer.media is None:
            return None
        return self.types.of(answer.schema) if "json" in answer.media else PythonType("bytes", "bytes", returns=("bytes",))

    def _argument(self, given: Parameter) -> Argument:
        spec = given.spec
        told = with_bounds(self.document, sentence(spec.get("description", "")), spec["schema"])
        name = attribute(given.name)
        if given.name == IDEMPOTENCY_KEY:
            return Argument(
                name,
                IDEMPOTENCY_KEY,
                "str | None",
                required=False,
                documentation="Made for each call if left out, and kept over its attempts.",
            )
        if given.name == IF_MATCH:
            told = "The resource as it was read, or its tag: if it has changed since, errors.PreconditionFailed."
            return Argument(name, IF_MATCH, "str | Versioned | None", required=False, documentation=told)
        if given.name == IF_NONE_MATCH:
            told = "The tag of what is already held: if it is current, the answer is not_modified."
            return Argument(name, IF_NONE_MATCH, "str | None", required=False, documentation=told)
        kind = self.types.of(spec["schema"])
        return Argument(name, given.name, kind.given, bool(spec.get("required")), told, kind)

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
        variants = [str(referenced(one)) for one in resolved.get("oneOf", ()) if referenced(one) is not None]
        if variants and all(self.types.is_model(one) for one in variants):
            return media, [Form(one, self.models.members(one)) for one in variants], None, secrets
        kind = self.types.of(schema)
        words = with_bounds(self.document, sentence(resolved.get("description", "")), schema)
        return (
            media,
            [],
            Argument("entries" if kind.item else "body", "", kind.given, required=True, documentation=words, kind=kind),
            secrets,
        )

    def _paged(self, operation: Operation) -> Paged | None:
        for answer in operation.successes():
            link = answer.spec.get("links", {}).get("next")
            if link is None or link.get("operationId") != operation.id:
                continue
            expressions = {name: str(value) for name, value in link["parameters"].items() if str(value).startswith("$response.body#/")}
            constants = {name: value for name, value in link["parameters"].items() if not str(value).startswith("$")}
            if len(expressions) != 1 or answer.schema is None:
                raise ContractError(f"{operation.id}: the link `next` needs exactly one parameter from the answer's body.")
            ((cursor, expression),) = expressions.items()
            items = self.document.dereference(answer.schema)["properties"]["items"]
            item = self.types.of(items).item
            if item is None:
                raise ContractError(f"{operation.id}: `items` of a page is no array.")
            return Paged(item, cursor, attribute(expression.rpartition("/")[2]), constants)
        return None

    @staticmethod
    def _examples(operation: Operation) -> dict[str, Any]:
        for answer in operation.successes():
            content = answer.spec.get("content", {}).get(answer.media or "", {})
            shown = [example["value"] for example in content.get("examples", {}).values()] or [
                content[key] for key in ("example",) if key in content
            ]
            if shown:
                return {"response": shown[0]}
        return {}
