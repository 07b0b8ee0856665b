"""Names that are words of Python or TypeScript, or no words at all."""

from steelyard_contract import models as m
from steelyard_contract import params as p
from steelyard_contract import responses as r


async def echo_words(body: m.Words) -> m.Words:
    return body


async def echo_optionals(body: m.Optionals) -> None:
    """Nothing comes back."""


async def find_words(
    page_size: p.PageSize, filter_x: p.FilterX, top: p.Top, query: p.QueryModel, from_: p.From, x_odd_header: p.XOddHeader
) -> r.FindWords200:
    parameters = m.Found.model_construct(page_size=page_size, filter=filter_x, top=top, query=query, from_=from_, headers=x_odd_header)
    return r.FindWords200(body=parameters, x_odd_header=x_odd_header or "")


async def echo_enums(body: m.Enums) -> m.Enums:
    return body


async def echo_schemas(body: m.ProblemModel) -> m.ProblemModel:
    return body


async def echo_word(id: p.Id, body: m.Word) -> m.Word:  # noqa: A002, ARG001  # the name of the parameter
    return body
