"""bounds.py: a constant for each number of the contract that server code uses by name."""

from codegen.contract.policy import Policy


def render(policy: Policy) -> str:
    """The module."""
    return "\n".join(f"# {where}\n{name.upper()} = {number:_}\n" for name, (number, where) in policy.bounds.items())
