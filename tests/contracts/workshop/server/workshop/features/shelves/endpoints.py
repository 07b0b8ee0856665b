"""Paths and parameters of further shapes: each handler returns what it gets."""

from steelyard_contract import models as m
from steelyard_contract import params as p


async def get_shelf(shelf_id: p.ShelfId) -> m.Shelf:
    return m.Shelf(id=shelf_id)


async def get_shelf_sheet(shelf_id: p.ShelfId) -> m.Shelf:
    return m.Shelf(id=shelf_id)


async def publish_shelf(shelf_id: p.ShelfId) -> m.Shelf:
    return m.Shelf(id=shelf_id)


async def get_month(year: p.Year, month: p.Month) -> m.Month:
    return m.Month(year=year, month=month)


async def find_chosen(ids: p.Ids, months: p.Months, words: p.Words, days: p.Days, x_flags: p.XFlags) -> m.Chosen:
    return m.Chosen(ids=ids, months=months, words=words, days=days, flags=x_flags)
