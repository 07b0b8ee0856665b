"""docs/sdk.md: every method of the SDK, with its arguments, its result and its problems."""

from collections.abc import Sequence

from codegen.client.method import Form, Method
from codegen.client.package import TemplateContext

HEAD = """<!-- Written by `python -m codegen generate` from openapi/; change the contract, never this file. -->
# The SDK: all methods

`steelyard_client` for the contract {version}: {operations} operations, {problems} problem types. For its use see the
[README](../client/README.md). Methods of the asynchronous client have the same names and are awaited; iterate over lists with `async for`.

Every method also takes `timeout`, in seconds for each phase of an attempt, and `headers`, sent beside those of the client, for this one
call. If the contract has an argument of that name, it is the argument of the contract, and `client.with_options` has the option.

"""


def text(contract: TemplateContext) -> str:
    """The page."""
    methods = list(contract.methods.by_key.values())
    problems = list(contract.models.problems())
    lines = [HEAD.format(version=contract.info["version"], operations=len(methods), problems=len(problems)) + _overview(methods)]
    common = contract.methods.common
    lines.append(
        f"Nearly every method can raise {', '.join(name for name, _ in problems if name in common)}. Each method lists the others.\n"
    )
    if events := contract.events():
        lines.append("## Webhooks\n\n`webhooks.read` returns the event of a delivery.\n\n| type | event |\n|---|---|")
        lines.append("\n".join(f"| `{kind}` | `models.{name}` |" for kind, name in events.items()) + "\n")
    for tag, some in contract.methods.by_tag().items():
        lines.append(f"## client.{tag}\n")
        lines += [_method(method) for method in some]
    lines.append("## Problems\n\n| `errors.` | status | type | members |\n|---|---|---|---|")
    for name, kind in problems:
        members = ", ".join(f"`{member.attribute}: {_cell(member.read)}`" for member in contract.models.problem_members(name))
        lines.append(f"| {name} | {contract.models.status(name)} | `{kind}` | {members} |")
    return "\n".join(lines) + "\n"


def _overview(methods: list[Method]) -> str:
    rows = [f"| `client.{method.tag}.{method.name}` | `{method.http} {method.operation.path}` | {method.summary} |" for method in methods]
    return "\n".join(["| method | operation | |", "|---|---|---|", *rows, ""])


def _method(method: Method) -> str:
    result = f"Pages[{method.paged.item.read}]" if method.paged else method.stream.iterates if method.stream else method.result
    lines = [f"### {method.tag}.{method.name}\n", "```python"]
    forms: Sequence[Form | None] = method.forms or [None]
    lines += [_signature(method, form, result) for form in forms]
    lines += ["```\n", f"{method.summary}: `{method.http} {method.operation.path}`, operation `{method.id}`."]
    notes = [
        f"Deprecated: {method.deprecation}." if method.deprecation else "",
        "Needs no login." if not method.secured else "A login is optional." if method.optional else "",
        f"Scope: {' or '.join(f'`{scope}`' for scope in method.scopes)}." if method.scopes else "",
        "Sent with a new idempotency key, so retries after a lost response are safe." if method.keyed else "",
    ]
    text = " ".join(note for note in notes if note)
    lines += [text, ""] if text else [""]
    rows = [f"| `{name}` | {_cell(words)} |" for name, words in method.argument_docs()]
    if rows:
        lines += ["| argument | |", "|---|---|", *rows, ""]
    lines.append(f"Problems: {', '.join(method.own_problems) or 'only the common ones'}.\n")
    return "\n".join(lines)


def _signature(method: Method, form: Form | None, result: str) -> str:
    inner = "".join(f"    {argument},\n" for argument in method.arguments(form, options=False))
    return f"client.{method.tag}.{method.name}(\n{inner}) -> {result}" if inner else f"client.{method.tag}.{method.name}() -> {result}"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")
