"""openapi/examples/<operationId>.yaml: named exchanges, each a request with its response."""

from collections.abc import Iterator
from pathlib import Path

from codegen.contract import validity
from codegen.contract.document import Document, Operation
from codegen.contract.media import EVENTS, is_event, is_stream, stream_text
from codegen.contract.yaml import ContractError, SourceDict, read

PARTS = {"summary", "parameters", "body", "accept", "status", "response"}


def examples(document: Document, folder: Path) -> Iterator[tuple[Operation, str, SourceDict]]:
    """Every exchange, with its operation and its name."""
    operations = {operation.id: operation for operation in document.operations()}
    for file in sorted(folder.glob("*.yaml")):
        if file.stem not in operations:
            raise ContractError(f"examples/{file.name}: no operation is called {file.stem}. Rename the file, or remove it.")
        table = read(file)
        validity.check_table("examples", table)
        for name, exchange in table.items():
            operation, status = operations[file.stem], str(exchange.get("status"))
            if unknown := set(exchange) - PARTS:
                message = f"an exchange holds {', '.join(sorted(PARTS))}, not {', '.join(sorted(unknown))}"
                raise ContractError(f"{exchange.location(min(unknown))}: {message}.")
            if status not in operation.spec["responses"]:
                raise ContractError(
                    f"{exchange.location('status')}: {operation.id} has no response {status}. Name its problem in x-problems."
                )
            content = document.dereference(operation.spec["responses"][status]).get("content", {})
            if exchange.get("accept") not in {*content, None}:
                what_now = f"Write {' or '.join(content)}." if content else "Leave it out."
                message = f"{status} of {operation.id} is not sent as {exchange['accept']}"
                raise ContractError(f"{exchange.location('accept')}: {message}. {what_now}")
            yield operation, name, exchange


def attach(document: Document, folder: Path) -> None:
    """Make examples of the successful exchanges. A failed one does not show a body that the operation accepts."""
    for operation, name, exchange in examples(document, folder):
        if exchange["status"] < 400:
            _attach(operation, name, exchange)
    for operation in document.operations():
        bodies = [operation.spec.get("requestBody", {}), *(response.spec for response in operation.successes())]
        if any("examples" not in media for body in bodies for media in body.get("content", {}).values()):
            what_now = f"Write an exchange that succeeds in examples/{operation.id}.yaml."
            raise ContractError(f"{document.location(operation.pointer)}: a body of {operation.id} has no example. {what_now}")


def _attach(operation: Operation, name: str, exchange: SourceDict) -> None:
    holders = {"body": operation.spec.get("requestBody", {}), "response": operation.spec["responses"][str(exchange["status"])]}
    summary = {"summary": exchange["summary"]} if "summary" in exchange else {}
    for part, holder in holders.items():
        content = holder.get("content", {})
        if part in exchange and not content:
            raise ContractError(f"{exchange.location(part)}: {operation.id} has no {part} there. Leave it out, or declare it.")
        accepted = list(content) if part == "body" else [exchange.get("accept", next(iter(content), None))]
        for media in accepted if part in exchange else ():
            value = _stream(media, part, exchange) if is_stream(str(media)) else exchange[part]
            content[media].setdefault("examples", {})[name] = {**summary, "value": value}


def _stream(media: str | None, part: str, exchange: SourceDict) -> str:
    """The text of a stream, whose items are written as a list."""
    items = exchange[part]
    if not isinstance(items, list):
        raise ContractError(f"{exchange.location(part)}: the {part} is a stream. Write the list of its items.")
    if media == EVENTS and not all(map(is_event, items)):
        raise ContractError(f"{exchange.location(part)}: the {part} is a stream of events. Write {{id: '7', data: ...}} for each.")
    return stream_text(str(media), items)
