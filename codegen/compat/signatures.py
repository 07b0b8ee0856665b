"""The calls that a function no longer accepts, the results that it returns instead, and its additional arguments.

griffe compares the names, order, kinds and defaults of parameters. It does not compare annotations or overloads.
"""

import copy
from collections.abc import Iterator

import griffe
from griffe import BreakageKind, ParameterKind

from codegen.compat.annotations import covers
from codegen.compat.changes import Reason

CALL = Reason("A valid call fails, or type checkers reject it.", "Accept every old call; give a default to a new parameter.")
RESULT = Reason("Programs get a value that the annotation excluded before.", "Keep it; put a new value under a new name.")
DEFAULT = Reason("The same call has another effect without notice.", "Keep the default; callers who need the new value pass it.")
VARIADIC = (ParameterKind.var_positional, ParameterKind.var_keyword)
# Marks of a function that change how a program calls it.
MARKS = {"async", "classmethod", "staticmethod", "contextmanager", "asynccontextmanager"}
# Special methods that programs call with their arguments; syntax calls the others.
CALLED = {"__init__", "__call__"}
# `{was}` and `{now}` are the parameter of the old and of the new function, or their annotations.
MESSAGES = {
    BreakageKind.PARAMETER_REMOVED: ("no longer takes `{was.name}`", CALL),
    BreakageKind.PARAMETER_ADDED_REQUIRED: ("requires `{now.name}`", CALL),
    BreakageKind.PARAMETER_CHANGED_REQUIRED: ("requires `{now.name}`, which could be left out", CALL),
    BreakageKind.PARAMETER_MOVED: ("takes `{now.name}` at another place", CALL),
    BreakageKind.PARAMETER_CHANGED_KIND: ("takes `{now.name}` {now.kind.value}, and took it {was.kind.value}", CALL),
    BreakageKind.PARAMETER_CHANGED_DEFAULT: ("takes {now.default} where `{now.name}` is left out, and took {was.default}", DEFAULT),
    BreakageKind.RETURN_CHANGED_TYPE: ("no longer has the return annotation {was}", RESULT),
}


def narrowed_call(before: griffe.Function, after: griffe.Function) -> Iterator[tuple[str, Reason]]:
    """Why a call of the old function may fail with the new function."""
    marks, was = _marks(after), _marks(before)
    if marks != was:
        yield f"is {_described(marks)} and was {_described(was)}", CALL
    if before.name.startswith("__") and before.name not in CALLED:
        return
    for form in before.overloads or [before]:
        # A form of the call is kept if a new form accepts it; otherwise the differences to the nearest new form are the reason.
        yield from min((list(_of_form(form, other)) for other in after.overloads or [after]), key=len)


def added_arguments(before: griffe.Function, after: griffe.Function) -> list[str]:
    """The names of arguments that only the new function takes."""
    known, now = (
        {parameter.name for form in function.overloads or [function] for parameter in form.parameters if parameter.kind not in VARIADIC}
        for function in (before, after)
    )
    return sorted(now - known)


def _marks(function: griffe.Function) -> frozenset[str]:
    decorators = {decorator.callable_path.rpartition(".")[2] for decorator in function.decorators}
    return frozenset((function.labels | decorators) & MARKS)


def _described(marks: frozenset[str]) -> str:
    return ", ".join(sorted(marks)) or "a plain function"


def _of_form(before: griffe.Function, after: griffe.Function) -> Iterator[tuple[str, Reason]]:
    # Calls do not contain the name of a positional-only or variadic parameter.
    unnamed = dict(_by_place(before, after))
    for was in before.parameters:
        now = unnamed.get(was.name) or next((parameter for parameter in after.parameters if parameter.name == was.name), None)
        if now is not None and was.annotation and now.annotation and not covers(str(now.annotation), str(was.annotation)):
            yield f"takes {now.annotation} as `{now.name}`, and took {was.annotation}", CALL
    for breakage in griffe.find_breaking_changes(_alone(before), _alone(after)):
        message, reason = MESSAGES[breakage.kind]
        if breakage.old_value in unnamed.values() or getattr(breakage.old_value, "name", None) in unnamed:
            continue
        if breakage.new_value not in unnamed.values():
            yield message.format(was=breakage.old_value, now=breakage.new_value), reason
    if before.returns and after.returns and str(before.returns) != "None" and not covers(str(before.returns), str(after.returns)):
        yield f"returns {after.returns} and returned {before.returns}", RESULT


def _by_place(before: griffe.Function, after: griffe.Function) -> Iterator[tuple[str, griffe.Parameter]]:
    """The names of old parameters that calls do not contain, with the new parameter in their place."""
    places = list(after.parameters)
    for index, was in enumerate(before.parameters):
        if was.kind in VARIADIC:
            now = next((other for other in places if other.kind is was.kind), None)
        else:
            now = next((other for other in places[index : index + 1] if other.kind is was.kind is ParameterKind.positional_only), None)
        if now is not None and now.name != was.name:
            yield was.name, now


def _alone(function: griffe.Function) -> griffe.Module:
    """A module with only this function, because griffe compares members of modules."""
    module, member = griffe.Module("alone"), copy.copy(function)
    module.set_member(member.name, member)
    return module
