"""Binds operations to endpoint functions, or refuses to start with a list of everything that does not fit.

`<package>.<tag>.endpoints.<operationId in snake case>` is the handler. Its parameters are the contract's, by name and annotation,
and `body` when there is one; everything else must be `Annotated[..., Depends(...)]`. It returns the generated response classes.
"""

import importlib
import inspect
import re
import types
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Any, Literal, Union, cast, get_args, get_origin

from steelyard.contract.errors import ContractError
from steelyard.contract.execution.injection import Call, InjectionError, build_plan, dependency_of, signature_of
from steelyard.contract.http.media_types import is_file, is_stream
from steelyard.contract.response.encoder import body_hint, body_models
from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r
from steelyard_contract.operations import Body, Operation
from steelyard_contract.uploads import SentItems, Upload


def bind_handlers(operations: Mapping[str, Operation], package: str, schemes: Collection[str]) -> dict[str, Call]:
    """The handler of every operation, by operationId; ContractError when anything does not fit."""
    wrong: list[str] = []
    bound: dict[str, Call] = {}
    modules = {tag: f"{package}.{tag}.endpoints" for tag in sorted({operation.tag for operation in operations.values()})}
    loaded = {tag: _module(name, wrong) for tag, name in modules.items()}
    for operation in operations.values():
        module = loaded[operation.tag]
        handler = getattr(module, operation.handler, None)
        if handler is None:
            where = f"{modules[operation.tag]}.{operation.handler}"
            way_out = f"write that coroutine, or take the operation out of openapi/paths/{operation.tag}.yaml"
            wrong.append(f"{operation.id}: there is no {where}; {way_out}")
            continue
        bound[operation.id] = handler
        wrong += [f"{operation.id}: {text}" for text in (*check_signature(operation, handler), *check_security(operation, schemes))]
    wrong += _strangers(operations, loaded)
    wrong += _twins(operations)
    if wrong:
        raise ContractError(wrong)
    return bound


def check_signature(operation: Operation, handler: Call) -> Iterator[str]:
    """In which ways the handler differs from its operation."""
    if not inspect.iscoroutinefunction(handler):
        yield "the handler is not `async def`; the request path has no threads"
        return
    hints, parameters = signature_of(handler)
    declared: dict[str, Any] = {parameter.argument: getattr(p, parameter.alias) for parameter in operation.parameters}
    if len(operation.offers) > 1:
        declared["media"] = Literal[operation.offers]
    if operation.bodies:
        (body,) = operation.bodies
        model = _body_type(body)
        declared["body"] = model if body.required else model | None
    taken = {name: parameter for name, parameter in parameters.items() if dependency_of(hints.get(name)) is None}
    for name in sorted(declared.keys() - taken.keys()):
        yield f"{name!r} is in the contract and not among the handler's parameters; add `{name}: {_show(declared[name])}`"
    for name in sorted(taken.keys() - declared.keys()):
        yield f"{name!r} is neither in the contract nor a dependency; add it to the contract, or annotate it with Depends"
    for name in sorted(declared.keys() & taken.keys()):
        if hints.get(name) != declared[name]:
            yield f"{name!r} is annotated {_show(hints.get(name))}; the contract says {_show(declared[name])}"
        if taken[name].default is not inspect.Parameter.empty:
            yield f"{name!r} has a default; the contract has the defaults, which are passed in"
    try:
        build_plan(handler)
    except InjectionError as error:
        yield str(error)
    yield from _returns(operation, hints.get("return"))


def _body_type(body: Body) -> Any:
    """The annotation of a body that is there."""
    model, items = getattr(m, body.model), cast("Any", SentItems)
    return items[model] if is_stream(body.media) else Upload if is_file(body.media) else model


def _returns(operation: Operation, hint: Any) -> Iterator[str]:
    have = _members(hint)
    promised = {getattr(r, spec.class_name) for spec in operation.responses}
    if have == promised:
        return
    only = operation.responses[0]
    if all(spec.status == only.status for spec in operation.responses):
        own = {name for name, _ in only.headers} - set(only.edge) - {name for name, _ in only.constants}
        if only.media is None and not own and have == {type(None)}:
            return
        if only.media is not None and not own and not is_stream(only.media):
            # A body of each media type.
            if any(have == set().union(*bodies) for bodies in product(*map(_bodies, promised))):
                return
            promised |= {model for response in promised for model in body_models(response)}
    yield f"it returns {_names(have)}; the contract promises {_names(promised)}"


def _bodies(response: type[r.Response]) -> Iterator[frozenset[Any]]:
    """What a handler may return instead of the response."""
    accepted, models = frozenset(_members(body_hint(response))), body_models(response)  # type: ignore[arg-type]  # as in the encoder
    yield from (models, accepted - models, accepted)


def check_security(operation: Operation, schemes: Collection[str]) -> Iterator[str]:
    """In which ways the server would not enforce the security of the operation."""
    for scheme in sorted({name for way in operation.security for name, _ in way} - set(schemes)):
        yield f"no authenticator enforces the security scheme {scheme!r}; give create_app an authenticator that does, or correct `security`"
    if any(parameter.where == "path" for parameter in operation.parameters) and operation.security and not operation.access:
        yield "a path that names one resource needs `x-access`: say who may reach it"


def _module(name: str, wrong: list[str]) -> types.ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
        wrong.append(f"there is no module {name}: each tag of the contract is a folder with endpoints.py")
        return None


def _strangers(operations: Mapping[str, Operation], modules: Mapping[str, types.ModuleType | None]) -> Iterator[str]:
    """Public coroutines of an endpoints module are operations; everything else there starts with an underscore."""
    for tag, module in modules.items():
        known = {operation.handler for operation in operations.values() if operation.tag == tag}
        for name, value in vars(module).items() if module is not None else ():
            own = inspect.iscoroutinefunction(value) and value.__module__ == module.__name__  # type: ignore[union-attr]  # not None here
            if own and not name.startswith("_") and name not in known:
                yield f"{module.__name__}.{name} is not in the contract; describe the operation, or start the name with an underscore"  # type: ignore[union-attr]  # not None here


def _twins(operations: Mapping[str, Operation]) -> Iterator[str]:
    """Operations for the same requests."""
    shapes = Counter((operation.method, re.sub(r"{[^}]*}", "{}", operation.path)) for operation in operations.values())
    for (method, shape), count in shapes.items():
        if count > 1:
            yield f"{count} operations are for {method} {shape}; paths that differ in the names of their parameters alone are one path"


def _members(hint: Any) -> set[Any]:
    return set(get_args(hint)) if get_origin(hint) in (Union, types.UnionType) else {hint}


def _names(kinds: set[Any]) -> str:
    return " or ".join(sorted(_show(kind) for kind in kinds))


def _show(kind: Any) -> str:
    if kind is None or kind is inspect.Parameter.empty:
        return "nothing"
    if get_origin(kind) is r.Encoded:
        return f"Encoded[{_names(_members(*get_args(kind)))}]"
    if get_origin(kind) is Literal:
        return next((f"r.{name}" for name, value in vars(r).items() if value == kind), str(kind))
    alias = next((name for name, value in vars(p).items() if value == kind and not name.startswith("_")), None)
    return f"p.{alias}" if alias is not None else "None" if kind is type(None) else getattr(kind, "__name__", str(kind))
