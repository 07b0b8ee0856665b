"""The check for Schemathesis that holds for any contract."""

from typing import Any

import schemathesis

from tests.kit.contract.checker import CONTRACT, Exchange


@schemathesis.check
def responses_match_the_contract(context: Any, response: Any, case: Any) -> None:  # noqa: ARG001  # the check's signature
    """Our checker, which is independent of Schemathesis and of the server."""
    sent = response.request
    fields = [(name.lower(), value) for name, values in response.headers.items() for value in values]
    CONTRACT.check(Exchange(sent.method, sent.path_url, response.status_code, fields, response.content, list(sent.headers.items())))
