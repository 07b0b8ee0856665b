"""Which module of the SDK an object or enumeration stands in: that of the tag that uses it, or the one for what several use."""

from codegen.client.methods import Methods
from codegen.client.models import Models

COMMON, REFUSALS = "common", "refusals"


class Groups:
    """The modules of `steelyard_client.models`. Whatever a common class holds is common, too: modules import each other one way."""

    def __init__(self, models: Models, methods: Methods) -> None:
        self._models = models
        tags: dict[str, set[str]] = {}
        bodies: set[str] = set()
        values: set[str] = set()
        for method in methods.by_key.values():
            kinds = [*method.kinds, *(kind for kind in method.answers.values() if kind is not None)]
            held = self._held(frozenset[str]().union(*(kind.classes for kind in kinds)))
            forms = {form.name for form in method.forms if form.name in models.inputs}
            bodies |= forms
            values |= held
            for name in held | forms:
                tags.setdefault(name, set()).add(method.tag)
        self.bodies = bodies - values
        """Objects that are only ever the body of a request: their members are arguments, so no value of them exists."""
        self.module_of: dict[str, str] = {}
        self.by_module: dict[str, list[str]] = {}
        for name, schema in models.kinds.schemas.items():
            if models.is_problem(name) or not (models.kinds.is_model(name) or "enum" in schema):
                continue
            users = tags.get(name, set())
            module = REFUSALS if not users else COMMON if len(users) > 1 else next(iter(users))
            self.module_of[name] = module
            self.by_module.setdefault(module, []).append(name)
        told = {COMMON: "what operations of several tags use", REFUSALS: "what is told with refusals and events"}
        self.told = {module: told.get(module, f"what operations of the tag `{module}` use") for module in self.by_module}

    def names(self) -> dict[str, list[str]]:
        """What each module offers: values, and dictionaries that may be given instead."""
        inputs = self._models.inputs
        return {
            module: [*(name for name in some if name not in self.bodies), *(f"{name}Dict" for name in some if name in inputs)]
            for module, some in self.by_module.items()
        }

    def needed(self, module: str) -> dict[str, list[str]]:
        """What a module imports from the others."""
        found: dict[str, set[str]] = {}
        for name in self.by_module[module]:
            if not self._models.kinds.is_model(name):
                continue
            for member in self._models.members(name):
                for held in member.kind.classes:
                    if self.module_of[held] != module:
                        inputs = {f"{held}Dict"} & member.kind.inputs if name in self._models.inputs else set[str]()
                        found.setdefault(self.module_of[held], set()).update({held}, inputs)
        return {name: sorted(classes) for name, classes in sorted(found.items())}

    def _held(self, names: frozenset[str]) -> set[str]:
        """These and whatever they hold."""
        found: set[str] = set()
        todo = [*names]
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                if self._models.kinds.is_model(name):
                    todo += [held for member in self._models.members(name) for held in member.kind.classes]
        return found
