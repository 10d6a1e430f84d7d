"""The products table, read by its index ``byType``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from larder.adapters.aws import store_errors
from larder.adapters.items import Item, from_item
from larder.domain.catalogue import Product
from larder.domain.money import Money
from larder.services.errors import BadCursor
from larder.services.ports import Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

PRODUCT_TYPES = (
    "beverages", "dairy", "fruits", "grains", "pantry", "proteins", "tubers", "vegetables",
)  # fmt: skip
"""In the order of their names, which is also that of the ids: an id begins with its type."""

FRESH_FOR = 30.0
"""Seconds that `products` may answer from memory."""

_PRODUCT_ID = re.compile(rf"({'|'.join(PRODUCT_TYPES)})-[0-9]{{3}}", re.ASCII)


class DynamoCatalogue:
    """Products in the order of their ids. ``clock`` gives seconds and never goes back."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._kept: tuple[float, Sequence[Product]] | None = None

    def products(self) -> Sequence[Product]:
        """All that is on sale, at most FRESH_FOR seconds old."""
        now = self._clock()
        if self._kept is None or now - self._kept[0] > FRESH_FOR:
            every = [one for kind in PRODUCT_TYPES for one in self._of_type(kind)]
            self._kept = (now, tuple(one for one in every if one.available))
        return self._kept[1]

    def page(self, product_type: str | None, *, limit: int, cursor: str | None) -> Page[Product]:
        """A page of them. A cursor is the id of the product before. Raises BadCursor."""
        if cursor is not None and not _PRODUCT_ID.fullmatch(cursor):
            raise BadCursor("A product cursor is the id of a product.")
        found: list[Product] = []
        for kind in PRODUCT_TYPES if product_type is None else (product_type,):
            if cursor is not None and f"{kind}-999" < cursor:
                continue
            found += self._of_type(kind, after=cursor, limit=limit + 1 - len(found))
            if len(found) > limit:
                break
        page = tuple(found[:limit])
        return Page(page, page[-1].product_id if len(found) > limit else None)

    def _of_type(
        self, kind: str, *, after: str | None = None, limit: int | None = None
    ) -> list[Product]:
        query: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": "byType",
            "KeyConditionExpression": "productType = :type",
            "ExpressionAttributeValues": {":type": {"S": kind}},
        }
        if after is not None:
            query["KeyConditionExpression"] += " AND productId > :after"
            query["ExpressionAttributeValues"][":after"] = {"S": after}
        if limit is not None:
            query["Limit"] = limit
        items: list[Item] = []
        while True:
            with store_errors("read the products"):
                answer = self._client.query(**query)
            items += answer["Items"]
            last = answer.get("LastEvaluatedKey")
            if not last or (limit is not None and len(items) >= limit):
                return [_product(item) for item in items]
            query["ExclusiveStartKey"] = last


def _product(item: Mapping[str, Any]) -> Product:
    record = from_item(item)
    return Product(
        product_id=record["productId"],
        name=record["name"],
        product_type=record["productType"],
        price=Money(int(record["price"]), record["currency"]),
        unit=record.get("unit", "each"),
        aliases=_aliases(record.get("aliases", ())),
        available=_is_yes(record.get("available", True)),
    )


def _aliases(value: object) -> tuple[str, ...]:
    """Seeds and other tools write them as a list, a set or one text with bars."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split("|") if part.strip())
    if isinstance(value, set):
        return tuple(sorted(map(str, value)))
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


def _is_yes(value: object) -> bool:
    return value.strip().lower() == "true" if isinstance(value, str) else bool(value)
