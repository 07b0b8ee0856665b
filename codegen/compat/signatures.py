"""What a function no longer takes, or gives, of what was taken and given; and what it takes besides.

griffe judges parameters: which are there, which are demanded, where they stand, what stands for those left out. Annotations and overloads
it does not look into.
"""

import copy
from collections.abc import Iterator

import griffe
from griffe import BreakageKind, ParameterKind

from codegen.compat.annotations import covers
from codegen.compat.changes import Reason

CALL = Reason("A call that was right fails, or type checkers refuse it.", "Take what was taken; give a default to what is new.")
GIVEN = Reason("Programs are given what they were told they never get.", "Keep it; put what is new under a name of its own.")
DEFAULT = Reason("The same call does something else, and nobody is told.", "Keep the default; let those who want the new value give it.")
VARIADIC = (ParameterKind.var_positional, ParameterKind.var_keyword)
# How a function is called, as far as its parameters do not show it.
MANNERS = {"async", "classmethod", "staticmethod", "contextmanager", "asynccontextmanager"}
# Special methods that somebody calls with arguments of his own; syntax calls the others.
CALLED = {"__init__", "__call__"}
# `{was}` and `{now}` are the parameter of the old and of the new function, or their annotations.
TOLD = {
    BreakageKind.PARAMETER_REMOVED: ("does not take `{was.name}` any more", CALL),
    BreakageKind.PARAMETER_ADDED_REQUIRED: ("demands `{now.name}`", CALL),
    BreakageKind.PARAMETER_CHANGED_REQUIRED: ("demands `{now.name}`, which could be left out", CALL),
    BreakageKind.PARAMETER_MOVED: ("takes `{now.name}` at another place", CALL),
    BreakageKind.PARAMETER_CHANGED_KIND: ("takes `{now.name}` {now.kind.value}, and took it {was.kind.value}", CALL),
    BreakageKind.PARAMETER_CHANGED_DEFAULT: ("takes {now.default} where `{now.name}` is left out, and took {was.default}", DEFAULT),
    BreakageKind.RETURN_CHANGED_TYPE: ("does not say any more that it gives {was}", GIVEN),
}


def narrowed_call(before: griffe.Function, after: griffe.Function) -> Iterator[tuple[str, Reason]]:
    """Why a call of the one may not be a call of the other."""
    manner, was = _manner(after), _manner(before)
    if manner != was:
        yield f"is {_told(manner)} and was {_told(was)}", CALL
    if before.name.startswith("__") and before.name not in CALLED:
        return
    for form in before.overloads or [before]:
        # A form of the call is kept when one of today's takes it; otherwise the nearest of them tells what is in the way.
        yield from min((list(_of_form(form, one)) for one in after.overloads or [after]), key=len)


def added_arguments(before: griffe.Function, after: griffe.Function) -> list[str]:
    """The names of what is taken now and was not."""
    known, now = (
        {one.name for form in function.overloads or [function] for one in form.parameters if one.kind not in VARIADIC}
        for function in (before, after)
    )
    return sorted(now - known)


def _manner(function: griffe.Function) -> frozenset[str]:
    decorators = {one.callable_path.rpartition(".")[2] for one in function.decorators}
    return frozenset((function.labels | decorators) & MANNERS)


def _told(manner: frozenset[str]) -> str:
    return ", ".join(sorted(manner)) or "a plain function"


def _of_form(before: griffe.Function, after: griffe.Function) -> Iterator[tuple[str, Reason]]:
    # Nobody writes the name of a parameter that is passed by its place alone, or of what gathers all the others.
    unnamed = dict(_by_place(before, after))
    for was in before.parameters:
        now = unnamed.get(was.name) or next((one for one in after.parameters if one.name == was.name), None)
        if now is not None and was.annotation and now.annotation and not covers(str(now.annotation), str(was.annotation)):
            yield f"takes {now.annotation} as `{now.name}`, and took {was.annotation}", CALL
    for breakage in griffe.find_breaking_changes(_alone(before), _alone(after)):
        told, reason = TOLD[breakage.kind]
        if breakage.old_value in unnamed.values() or getattr(breakage.old_value, "name", None) in unnamed:
            continue
        if breakage.new_value not in unnamed.values():
            yield told.format(was=breakage.old_value, now=breakage.new_value), reason
    if before.returns and after.returns and str(before.returns) != "None" and not covers(str(before.returns), str(after.returns)):
        yield f"gives {after.returns} and gave {before.returns}", GIVEN


def _by_place(before: griffe.Function, after: griffe.Function) -> Iterator[tuple[str, griffe.Parameter]]:
    """The names of old parameters whose name says nothing, with what stands in their place now."""
    places = list(after.parameters)
    for index, one in enumerate(before.parameters):
        if one.kind in VARIADIC:
            now = next((other for other in places if other.kind is one.kind), None)
        else:
            now = next((other for other in places[index : index + 1] if other.kind is one.kind is ParameterKind.positional_only), None)
        if now is not None and now.name != one.name:
            yield one.name, now


def _alone(function: griffe.Function) -> griffe.Module:
    """A module with this function only: what griffe compares are members of modules."""
    module, one = griffe.Module("alone"), copy.copy(function)
    module.set_member(one.name, one)
    return module
