"""Pages for people: the contract as it is, Swagger UI, ReDoc, and one page for each way to say no. Nothing here is an operation."""

from starlette.routing import Route

from steelyard.pages import contract, reference, refusals
from steelyard.settings import Settings


def routes(settings: Settings, bundle: bytes) -> list[Route]:
    """Plain routes for the application: the document always, the pages about it unless they are switched off."""
    document = contract.routes(bundle)
    return [*document, *reference.routes(), *refusals.routes(bundle)] if settings.docs else document
