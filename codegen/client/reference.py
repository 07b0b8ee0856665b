"""docs/sdk.md: every method of the SDK, with its arguments, its result and the refusals that it may raise."""

from collections.abc import Sequence

from codegen.client.method import Form, Method
from codegen.client.package import TemplateContext

HEAD = """<!-- Written by `python -m codegen generate` from openapi/; change the contract, never this file. -->
# The SDK: all methods

`steelyard_client` for the contract {version}: {operations} operations, {problems} problem types. How it is used is in its
[README](../client/README.md). Methods of the asynchronous client have the same names and are awaited; lists are walked with `async for`.

Every method also takes `timeout`, in seconds for each phase of an attempt, and `headers`, sent beside those of the client, for this one
call. Where the contract has an argument of that name, the argument is the contract's, and `client.with_options` has the option.

"""


def text(contract: TemplateContext) -> str:
    """The page."""
    methods = list(contract.methods.by_key.values())
    problems = list(contract.models.problems())
    lines = [HEAD.format(version=contract.info["version"], operations=len(methods), problems=len(problems)) + _overview(methods)]
    common = contract.methods.common
    lines.append(
        f"Nearly every call may meet {', '.join(name for name, _ in problems if name in common)}; each method lists what comes on top.\n"
    )
    for tag, some in contract.methods.by_tag().items():
        lines.append(f"## client.{tag}\n")
        lines += [_method(method) for method in some]
    lines.append("## Refusals\n\n| `errors.` | status | type | members |\n|---|---|---|---|")
    for name, kind in problems:
        members = ", ".join(f"`{member.attribute}: {_cell(member.read)}`" for member in contract.models.problem_members(name))
        lines.append(f"| {name} | {contract.models.status(name)} | `{kind}` | {members} |")
    return "\n".join(lines) + "\n"


def _overview(methods: list[Method]) -> str:
    rows = [f"| `client.{one.tag}.{one.name}` | `{one.http} {one.operation.path}` | {one.operation.spec['summary']} |" for one in methods]
    return "\n".join(["| method | operation | |", "|---|---|---|", *rows, ""])


def _method(method: Method) -> str:
    result = f"Pages[{method.paged.item.read}]" if method.paged else method.result
    lines = [f"### {method.tag}.{method.name}\n", "```python"]
    forms: Sequence[Form | None] = method.forms or [None]
    lines += [_signature(method, form, result) for form in forms]
    lines += ["```\n", f"{method.operation.spec['summary']}: `{method.http} {method.operation.path}`, operation `{method.id}`."]
    notes = [
        f"Deprecated: {method.deprecation}." if method.deprecation else "",
        "Needs no login." if not method.secured else "A login is optional." if method.optional else "",
        f"Scope: {' or '.join(f'`{scope}`' for scope in method.scopes)}." if method.scopes else "",
        "Sent with a key of its own: an answer that got lost does no harm." if method.keyed else "",
    ]
    told = " ".join(note for note in notes if note)
    lines += [told, ""] if told else [""]
    rows = [f"| `{name}` | {_cell(words)} |" for name, words in method.argument_docs()]
    if rows:
        lines += ["| argument | |", "|---|---|", *rows, ""]
    lines.append(f"Refusals: {', '.join(method.own_problems) or 'only those of any call'}.\n")
    return "\n".join(lines)


def _signature(method: Method, form: Form | None, result: str) -> str:
    inner = "".join(f"    {one},\n" for one in method.arguments(form, options=False))
    return f"client.{method.tag}.{method.name}(\n{inner}) -> {result}" if inner else f"client.{method.tag}.{method.name}() -> {result}"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")
