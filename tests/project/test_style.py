"""Our own rules, checked on the syntax tree. Each message gives the reason for the rule and a solution.

A line may break a rule if it is marked: `# style: RULE, reason`. The marks are counted, and the count may only fall.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

from steelyard.db.columns import metadata
from steelyard.db.statements import Command
from steelyard.telemetry.logs import FIELDS
from steelyard_contract.operations import OPERATIONS, Operation
from tests.kit.servers.schema import import_tables

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "server" / "steelyard"
# The packages of the marketplace, as opposed to HTTP and the server process.
INNER = ("features", "security", "mail", "events", "jobs", "idempotency", "tables", "paging", "db")
# How many lines may break a rule. Lower the number when a mark is removed. Raising it needs a decision.
MARKS = {"broad-except": 2, "sleep": 5}

Breach = tuple[int, str]
Rule = Callable[[ast.Module, str], Iterator[Breach]]

SQL = {"select", "insert", "update", "delete"}
# Files that must catch all exceptions: to send a response, to reject a token, to retry a job, to close a connection, or to end a command
# with a message.
EXPECTED_BROAD = (
    "contract/edge.py",
    "contract/operation.py",
    "contract/streaming.py",
    "security/access_tokens.py",
    "jobs/execution.py",
    "jobs/periodic.py",
    "jobs/worker.py",
    "db/postgres/backend.py",
    "db/postgres/pool.py",
    "db/postgres/reads.py",
    "db/postgres/transaction.py",
    "cli/main.py",
)
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter", "random", "choice", "token_bytes", "token_hex", "urandom", "uuid4"}
CLOCK_OWNERS = {"datetime", "date", "time", "uuid", "random", "secrets", "os"}
DOES_SOMETHING = {
    "open",
    "print",
    "getenv",
    "connect",
    "read_text",
    "read_bytes",
    "write_text",
    "import_module",
    "create_app",
    "load",
    "Settings",
}
WRAPPED = {
    "jose": "security/access_tokens.py",
    "passlib": "security/passwords.py",
    "authlib": "security/identity_providers/connection.py",
    "joserfc": "security/identity_providers/id_tokens.py",
}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def name_of(node: ast.AST) -> str:
    """The last part of a name: `now` for `datetime.now`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def imports(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """Line, module and name; the name is empty for a plain import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, node.module or "", alias.name) for alias in node.names)


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the module is imported: all that are outside of functions."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from at_import(child)


def sql(tree: ast.Module, path: str) -> Iterator[Breach]:
    if path.endswith("/queries.py") or path.startswith("db/"):
        return
    for line, module, name in imports(tree):
        if module.startswith("sqlalchemy") and (name in SQL or (name == "text" and not path.startswith("tables/"))):
            yield line, f"`{name}` outside queries.py: SQL has one address per domain. Name the statement in queries.py and run it by name"


def statements(tree: ast.Module, path: str) -> Iterator[Breach]:
    if path == "db/statements.py":
        return
    once = {id(call) for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign) for call in calls(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            name_of(getattr(each, "func", each)) in {"cache", "lru_cache"} for each in node.decorator_list
        ):
            once |= {id(call) for call in calls(node)}
    for call in calls(tree):
        if name_of(call.func) == "statement" and id(call) not in once:
            yield call.lineno, "a statement built per call is compiled per call. Give it a name at module level, or a @cache for a family"


def endpoints(tree: ast.Module, path: str) -> Iterator[Breach]:
    if path.endswith("/endpoints.py"):
        for node in ast.walk(tree):
            if isinstance(node, ast.If | ast.For | ast.AsyncFor | ast.While | ast.Try | ast.Match):
                yield node.lineno, "endpoints do not decide. Move it to the service"


def namesake(tree: ast.Module, path: str) -> Iterator[Breach]:
    if path.endswith("/endpoints.py"):
        for node in (each for each in tree.body if isinstance(each, ast.AsyncFunctionDef)):
            if not node.name.startswith("_") and node.name not in {name_of(call.func) for call in calls(node)}:
                yield node.lineno, "an operation has one name on every floor. Call the service function of the same name"


def foreign(tree: ast.Module, path: str) -> Iterator[Breach]:
    own = ".".join(path.split("/")[:2])
    for line, module, name in imports(tree):
        imported = re.fullmatch(r"steelyard\.(features\.\w+)\.(endpoints|views|queries|tasks)\b.*", f"{module}.{name}")
        if imported and imported[1] != own:
            yield (
                line,
                f"`{imported[2]}` belong to one feature. Call a function of another of its modules, or read the table in queries.py",
            )


def wire(tree: ast.Module, path: str) -> Iterator[Breach]:
    if path.split("/", 1)[0] not in INNER:
        return
    for line, module, name in imports(tree):
        if name in {"HTTPException", "HTTPStatus"} or module == "http":
            yield line, "a status written by hand can differ from the contract's. Raise a problem, return a response class"
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.fullmatch(r"(application|text|image)/[\w.+-]+", node.value)
        ):
            yield node.lineno, "a media type written by hand can differ from the contract's. The response class has it"
        if isinstance(node, ast.keyword) and node.arg == "status_code":
            yield node.value.lineno, "a status written by hand can differ from the contract's. The response class has it"


def clocks(tree: ast.Module, path: str) -> Iterator[Breach]:
    if path.split("/", 1)[0] in (*INNER, "contract"):
        for call in calls(tree):
            reads_clock = (
                name_of(call.func.value) in CLOCK_OWNERS if isinstance(call.func, ast.Attribute) else name_of(call.func) == "uuid4"
            )
            if reads_clock and name_of(call.func) in CLOCKS:
                yield call.lineno, "time and randomness are arguments, so that a test can repeat them. Use tx.now, or Sources"


def wrapped(tree: ast.Module, path: str) -> Iterator[Breach]:
    for line, module, _ in imports(tree):
        home = WRAPPED.get(module.split(".")[0], path)
        if path != home:
            yield line, f"`{module}` is used through one wrapper, so that there is one place to audit: {home}"


def logging(tree: ast.Module, path: str) -> Iterator[Breach]:
    if path.startswith("telemetry/"):
        return
    for line, module, _ in imports(tree):
        if module.split(".")[0] == "logging":
            yield line, "stdlib log lines interpolate values. Use structlog.get_logger()"
    for call in calls(tree):
        owner = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS else None
        if name_of(owner or call) not in {"log", "_log"} and name_of(getattr(owner, "func", call)) != "get_logger":
            continue
        events = {each.value for arg in call.args for each in ast.walk(arg) if isinstance(each, ast.Constant)}
        if len(call.args) != 1 or any(isinstance(each, ast.JoinedStr | ast.BinOp) for each in ast.walk(call.args[0])) or not events:
            yield call.lineno, "a log event is one constant text, so that nothing secret is interpolated. Put values into fields"
        for unknown in {each.arg for each in call.keywords} - FIELDS - {"exc_info"}:
            yield call.lineno, f"the field `{unknown}` would be left out. Use a field of telemetry.logs.FIELDS, or add it there on purpose"


def importing(tree: ast.Module, path: str) -> Iterator[Breach]:  # noqa: ARG001  # every rule has one signature
    for node in at_import(tree):
        if isinstance(node, ast.Call) and name_of(node.func) in DOES_SOMETHING:
            yield node.lineno, "importing a module must have no effect. Do it in create_app, or in the function that needs it"
        if isinstance(node, ast.Attribute) and node.attr == "environ":
            yield node.lineno, "importing must not read the environment. Settings are loaded by the command line and passed as an argument"


def broad(tree: ast.Module, path: str) -> Iterator[Breach]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = "everything" if node.type is None else name_of(node.type)
            passes_on = any(
                isinstance(each, ast.Raise) or name_of(getattr(each, "func", each)) == "set_exception" for each in ast.walk(node)
            )
            if caught in {"everything", "Exception", "BaseException"} and not passes_on and path not in EXPECTED_BROAD:
                yield node.lineno, f"catching {caught} hides faults. Catch a specific exception, or raise it again"


def sleeping(tree: ast.Module, path: str) -> Iterator[Breach]:  # noqa: ARG001  # every rule has one signature
    for call in calls(tree):
        if name_of(call.func) == "sleep" and not (call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0):
            yield call.lineno, "a test that sleeps is slow, and fails on a busy machine. Wait for a condition"


SERVER_RULES: dict[str, Rule] = {
    "sql": sql,
    "statement": statements,
    "endpoints": endpoints,
    "namesake": namesake,
    "foreign": foreign,
    "wire": wire,
    "clock": clocks,
    "wrapped": wrapped,
    "log": logging,
    "import": importing,
    "broad-except": broad,
}
TEST_RULES: dict[str, Rule] = {"sleep": sleeping, "broad-except": broad}


def breaches(source: str, path: str, rules: dict[str, Rule]) -> tuple[list[str], Counter[str]]:
    """Lines that break a rule, and how often a mark allowed one. A mark that allows nothing is a breach, too."""
    tree, lines = ast.parse(source), source.splitlines()
    marked = {number: mark[1] for number, line in enumerate(lines, 1) if (mark := re.search(r"# style: ([\w-]+), \S", line))}
    broken, used = [], set[int]()
    for name, rule in rules.items():
        for line, why in rule(tree, path):
            if marked.get(line) == name:
                used.add(line)
            else:
                broken.append(f"{path}:{line} [{name}] {why}")
    broken += [f"{path}:{line} [{marked[line]}] this mark allows nothing. Remove it" for line in marked if line not in used]
    return broken, Counter(marked[line] for line in used)


def test_the_code_keeps_our_rules() -> None:
    broken: list[str] = []
    marks: Counter[str] = Counter()
    for folder, rules in ((SERVER, SERVER_RULES), (ROOT / "tests", TEST_RULES)):
        for file in sorted(folder.rglob("*.py")):
            if file != Path(__file__):
                broken_here, allowed = breaches(file.read_text(), file.relative_to(folder).as_posix(), rules)
                broken += broken_here
                marks += allowed

    assert not broken, "\n" + "\n".join(broken)
    assert marks == Counter(MARKS), "lower the number in MARKS when a mark is removed; avoid raising it"


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        ("sql", "features/items/service.py", "from sqlalchemy import select"),
        ("sql", "tables/items.py", "from sqlalchemy import update"),
        ("statement", "features/items/queries.py", "def by(): return statement(select(items))"),
        ("endpoints", "features/items/endpoints.py", "async def a(x):\n    if x: pass"),
        ("endpoints", "features/items/endpoints.py", "async def a(x):\n    try: pass\n    finally: pass"),
        ("namesake", "features/items/endpoints.py", "async def get_item(db):\n    return await service.one(db)"),
        ("foreign", "features/orders/placing.py", "from steelyard.features.items import queries"),
        ("foreign", "features/orders/queries.py", "from steelyard.features.items.queries import reserve_stock"),
        ("foreign", "features/orders/views.py", "from steelyard.features.items.views import item_view"),
        ("foreign", "demo/seed.py", "import steelyard.features.items.tasks"),
        ("wire", "features/items/service.py", "from fastapi import HTTPException"),
        ("wire", "features/items/service.py", "kind = 'application/json'"),
        ("wire", "features/items/service.py", "send(status_code=404)"),
        ("clock", "features/orders/service.py", "def f(): return datetime.now(UTC)"),
        ("clock", "features/orders/service.py", "def f(): return uuid4()"),
        ("clock", "features/orders/pricing.py", "def f(): return time.time()"),
        ("wrapped", "features/auth/service.py", "from jose import jwt"),
        ("wrapped", "features/auth/service.py", "import passlib.context"),
        ("log", "features/auth/service.py", "log.info(f'hello {name}')"),
        ("log", "features/auth/service.py", "structlog.get_logger().warning('hello %s', name)"),
        ("log", "features/auth/service.py", "_log.info(name)"),
        ("log", "features/auth/service.py", "log.info('login', password=password)"),
        ("log", "features/auth/service.py", "import logging"),
        ("import", "features/auth/service.py", "words = Path('words').read_text()"),
        ("import", "features/auth/service.py", "debug = os.environ['DEBUG']"),
        ("import", "features/auth/service.py", "class A:\n    settings = Settings()"),
        ("broad-except", "features/auth/service.py", "try: f()\nexcept: pass"),
        ("broad-except", "features/auth/service.py", "try: f()\nexcept Exception: pass"),
        ("sleep", "unit/test_a.py", "async def test_a(): await asyncio.sleep(0.1)"),
    ],
)
def test_a_rule_finds_what_it_forbids(rule: str, path: str, source: str) -> None:
    broken, _ = breaches(source, path, SERVER_RULES | TEST_RULES)

    assert [each for each in broken if f"[{rule}]" in each]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("features/items/queries.py", "from sqlalchemy import select\nall_items = statement(select(items))"),
        ("features/items/queries.py", "@cache\ndef family(names):\n    return statement(select(items))"),
        ("features/items/endpoints.py", "async def get_item(db):\n    return await access.get_item(db)"),
        ("features/items/stock.py", "from steelyard.features.items import queries"),
        ("features/orders/placing.py", "from steelyard.features.items.stock import reserve_stock"),
        ("tables/items.py", "from sqlalchemy import text"),
        ("features/items/service.py", "def f(tx): return tx.now"),
        ("features/items/service.py", "def f(): return Path('a').read_text()"),
        ("features/items/service.py", "log.info('placed', order_id=7)"),
        ("security/access_tokens.py", "from jose import jwt"),
        ("features/items/service.py", "try: f()\nexcept Exception as error:\n    raise Better from error"),
        ("unit/test_a.py", "async def test_a(): await asyncio.sleep(0)"),
        ("features/items/service.py", "from jose import jwt  # style: wrapped, shows that a mark allows"),
    ],
)
def test_a_rule_accepts_what_it_allows(path: str, source: str) -> None:
    assert breaches(source, path, SERVER_RULES | TEST_RULES)[0] == []


def test_a_mark_that_allows_nothing_is_reported() -> None:
    broken, used = breaches("x = 1  # style: sql, no longer true", "features/items/service.py", SERVER_RULES)

    assert len(broken) == 1
    assert not used


# Columns of `users` that `auth` writes, with those that every change of a user writes. Each counts as a table.
WRITTEN_BY_AUTH = {
    frozenset({"hashed_password"}): "users.hashed_password",
    frozenset({"email_verified_at", "updated_at", "version"}): "users.email_verified_at",
}


def writers() -> dict[str, set[str]]:
    """The packages that write each table, from the commands in their modules."""
    result: dict[str, set[str]] = {}
    for file in sorted(SERVER.rglob("*.py")):
        name = ".".join(["steelyard", *file.relative_to(SERVER).with_suffix("").parts])
        if "queries" not in name.split("."):
            continue
        for command in vars(import_module(name)).values():
            for change in command.compiled["postgresql"].changes if isinstance(command, Command) else ():
                table = WRITTEN_BY_AUTH.get(change.columns or frozenset(), change.table)
                result.setdefault(table, set()).add(name.partition(".queries")[0])
    return result


def test_one_package_writes_a_table() -> None:
    import_tables()
    shared = {table: packages for table, packages in writers().items() if len(packages) > 1}

    assert not shared, "only one package writes a table. Call one of its functions, which run the statement"
    assert set(writers()) == {*(table.name for table in metadata.sorted_tables), *WRITTEN_BY_AUTH.values()}, "a table without a writer"


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.id)
def test_an_operation_has_one_name_in_contract_endpoint_and_service(operation: Operation) -> None:
    """Exactly one module of the feature, or of another one that the endpoints import, defines the function, and the endpoint calls it."""
    feature = SERVER / "features" / operation.tag
    endpoints = ast.parse((feature / "endpoints.py").read_text())
    handlers = {node.name: node for node in endpoints.body if isinstance(node, ast.AsyncFunctionDef)}
    modules = {file.stem: file for file in feature.glob("*.py") if file.stem not in {"endpoints", "queries"}}
    homes = [name for name, file in {**modules, **imported_modules(endpoints)}.items() if defines(file, operation.handler)]

    called = {ast.unparse(call.func) for call in calls(handlers[operation.handler])}

    assert len(homes) == 1, homes
    assert f"{homes[0]}.{operation.handler}" in called


def imported_modules(tree: ast.Module) -> dict[str, Path]:
    """The modules of features that a file imports, by their names there."""
    names = (
        (alias.asname or alias.name, SERVER / "features" / Path(*node.module.split(".")[2:]) / f"{alias.name}.py")
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("steelyard.features.")
        for alias in node.names
    )
    return {name: file for name, file in names if file.exists()}


def defines(file: Path, name: str) -> bool:
    return name in {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
