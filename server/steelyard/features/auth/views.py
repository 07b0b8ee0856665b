"""Turns sessions and credentials into wire models."""

from steelyard.features.auth.api_keys import NewApiKey
from steelyard.features.auth.queries import CredentialRow
from steelyard.features.auth.sessions import Session
from steelyard.paging.paginator import Page
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


def credential_view(row: CredentialRow, *, current_id: int) -> m.Credential:
    return m.Credential.model_construct(
        id=row.id,
        kind=m.CredentialKind(row.kind),
        name=row.name,
        scopes=[m.Scope(scope) for scope in row.scopes.split()],
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        current=row.id == current_id,
    )


def credential_page_view(page: Page[CredentialRow], *, current_id: int) -> m.CredentialPage:
    return m.CredentialPage.model_construct(
        items=[credential_view(row, current_id=current_id) for row in page.rows],
        skip=page.skip,
        limit=page.limit,
        total=page.total,
        next_cursor=page.next_cursor,
    )


def api_key_created_view(created: NewApiKey) -> m.ApiKeyCreated:
    row = created.row
    return m.ApiKeyCreated.model_construct(
        id=row.id,
        kind=m.CredentialKind.api_key,
        name=row.name,
        scopes=[m.Scope(scope) for scope in row.scopes.split()],
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        current=False,
        secret=created.secret,
    )
