"""The error of a server that does not fit its contract. It imports nothing, because the command line catches it."""


class ContractError(Exception):
    """The code does not fit the contract; one line per misfit, each with a way to correct it."""

    def __init__(self, misfits: list[str]) -> None:
        self.misfits = misfits
        super().__init__("the server does not fit its contract and will not start:\n" + "\n".join(f"  - {misfit}" for misfit in misfits))
