"""The module of each object and enumeration of the SDK: that of the tag whose responses have it, or one of three others."""

from collections.abc import Iterable

from codegen.client.method import Method
from codegen.client.methods import Methods
from codegen.client.models import Models
from codegen.client.types import PythonType
from codegen.contract.schemas import is_enumeration

COMMON, PROBLEMS, INPUTS = "common", "problems", "inputs"
TITLES = {
    COMMON: "responses of several tags",
    PROBLEMS: "members of problems and events",
    INPUTS: "request bodies. Loaded at the first use, because no response needs it",
}


class Modules:
    """The modules of `steelyard_client.models`."""

    def __init__(self, models: Models, methods: Methods, events: Iterable[str]) -> None:
        self._models = models
        tags: dict[str, set[str]] = {}
        passed: set[str] = set()
        self.bodies: set[str] = set()
        """Objects that are only bodies of requests: their members are arguments, so they need no class."""
        for method in methods.by_key.values():
            for name in self._held(_classes(method.responses.values())):
                tags.setdefault(name, set()).add(method.tag)
            passed |= self._held(_classes(method.argument_types))
            self.bodies |= {form.name for form in method.forms if form.name in models.inputs}
        raised = {f"{name}Problem" for name, _ in models.problems()} | set(events)
        received = tags.keys() | self._held(frozenset(raised))
        self.bodies -= passed | received
        self.module_of: dict[str, str] = {}
        self.by_module: dict[str, list[str]] = {}
        for name, schema in models.types.schemas.items():
            if models.is_problem(name) or not (models.types.is_model(name) or is_enumeration(schema)):
                continue
            users = tags.get(name, set())
            module = INPUTS if name not in received else PROBLEMS if not users else COMMON if len(users) > 1 else next(iter(users))
            self.module_of[name] = module
            self.by_module.setdefault(module, []).append(name)
        if models.inputs:
            self.by_module.setdefault(INPUTS, [])
        self.titles = {module: TITLES.get(module, f"responses of the tag `{module}`") for module in self.by_module}

    def inputs(self) -> list[str]:
        """Objects that may be given as dictionaries."""
        return [name for name in self._models.types.schemas if name in self._models.inputs]

    def names(self) -> dict[str, list[str]]:
        """What each module offers."""
        dictionaries = [f"{name}Dict" for name in self.inputs()]
        return {
            module: [name for name in some if name not in self.bodies] + (dictionaries if module == INPUTS else [])
            for module, some in self.by_module.items()
        }

    def needed(self, module: str) -> dict[str, list[str]]:
        """What a module imports from the others."""
        members = [member for name in self.by_module[module] if self._models.types.is_model(name) for member in self._models.members(name)]
        if module == INPUTS:
            members += [member for name in self.inputs() for member in self._models.members(name)]
        held = _classes(member.kind for member in members)
        return self._by_module(name for name in held if self.module_of[name] != module)

    def read(self, some: Iterable[Method]) -> dict[str, list[str]]:
        """What a module of operations needs to read responses."""
        return self._by_module(_classes(kind for method in some for kind in method.responses.values()))

    def named(self, some: Iterable[Method]) -> dict[str, list[str]]:
        """What it names in signatures, beyond that: for type checkers alone."""
        methods = list(some)
        kinds = [kind for method in methods for kind in [*method.argument_types, *([method.paged.item] if method.paged else [])]]
        inputs = frozenset[str]().union(*(kind.inputs for kind in kinds))
        names = self._by_module(_classes(kinds) - _classes(kind for method in methods for kind in method.responses.values()))
        if inputs:
            names[INPUTS] = sorted({*names.get(INPUTS, ()), *inputs})
        return names

    def _by_module(self, names: Iterable[str]) -> dict[str, list[str]]:
        grouped: dict[str, list[str]] = {}
        for name in sorted(set(names)):
            grouped.setdefault(self.module_of[name], []).append(name)
        return dict(sorted(grouped.items()))

    def _held(self, names: frozenset[str]) -> set[str]:
        """These and whatever they hold."""
        reached: set[str] = set()
        todo = [*names]
        while todo:
            name = todo.pop()
            if name not in reached:
                reached.add(name)
                if self._models.types.is_model(name):
                    todo += [held for member in self._models.members(name) for held in member.kind.classes]
        return reached


def _classes(kinds: Iterable[PythonType | None]) -> frozenset[str]:
    return frozenset[str]().union(*(kind.classes for kind in kinds if kind is not None))
