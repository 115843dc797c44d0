"""Takes with a price, and budgets for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from studio import catalog
from studio.catalog import Price, VideoModel
from studio.catalog.schema import PriceRow
from studio.models import Budget, Generation, Order, Project, Team, User, budget_changes
from studio.pipeline import create

PRICE = 700_000  # micro-USD of one take
DOLLAR = 1_000_000


def priced(amount: int | None = PRICE) -> VideoModel:
    """A model of which a take costs so much; None: nobody knows."""
    rows = () if amount is None else (PriceRow(amount=amount),)
    price = Price(unit="video", rows=rows)
    return replace(catalog.get_model("aimlapi:veo2"), price=price)


def press(
    project: Project, user: User, *, price: int | None = PRICE, **fields: Any
) -> list[Generation]:
    """Takes of a model with a price, asked for as the composer does."""
    values = {"mode": "text_to_video", "prompt": "A lighthouse", **fields}
    order = Order(model=priced(price), **values)
    return create.create_takes(order, user=user, project=project)


def make_budget(team: Team, owner: User, **fields: Any) -> Budget:
    """A budget of a team; ten dollars each month."""
    values = {"limit": 10 * DOLLAR, **fields}
    budget = Budget(team=team, **values)
    budget_changes.keep_budget(budget, user=owner)
    return budget


def counters(budget: Budget) -> tuple[int, int]:
    """What was charged and what is held, as the row says now."""
    budget.refresh_from_db()
    return budget.spent, budget.reserved
