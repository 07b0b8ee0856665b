"""Turns sessions into wire models."""

from steelyard.features.auth.sessions import Session
from steelyard_contract import models as m


def token_view(session: Session) -> m.Token:
    return m.Token.model_construct(
        access_token=session.access_token,
        token_type="bearer",  # noqa: S106 - a kind of token, no password
        expires_in=session.expires_in,
        refresh_token=session.refresh_token,
        scope=" ".join(session.scopes),
        session_id=session.session_id,
    )
