# Written by `python -m codegen generate` from openapi/ (Steelyard 1.0.0); change the contract, never this file.
from steelyard_runtime.model import OpenEnum


class GrantType(OpenEnum):
    """`password`: log in with e-mail and password. `refresh_token`: stay logged in without asking for them again.

    The values that this version of the SDK knows; another one from a newer server becomes a member, too, and no error.
    """

    PASSWORD = "password"
    REFRESH_TOKEN = "refresh_token"
