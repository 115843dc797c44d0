"""Compare the catalog with the providers' own live lists; take over what is confirmed.

The shipped catalog is never written: what is taken over becomes model settings of the
installation, which lie over it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import catalog
from studio.catalog import Price, VideoModel
from studio.models import Event, ModelSetting, User
from studio.models.offers import laid_over_all, read_price
from studio.outbound.client import build_client
from studio.pipeline.credentials import (
    credentials_of,
    credentials_of_environment,
    installation_account,
)
from studio.providers import PROVIDERS, get_provider, provider_class
from studio.providers.base import Credentials, ListedModel
from studio.providers.errors import ProviderError, ProviderNotConfigured

PATIENCE = 60  # seconds for a provider's whole list
NEW, ENDED, PRICE = "new", "ended", "price"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference between the catalog and a provider's list."""

    kind: str  # new, ended or price
    provider: str
    model: str
    name: str = ""
    before: str = ""
    after: str = ""
    price: Mapping[str, Any] | None = None  # as a model setting keeps it

    @property
    def key(self) -> str:
        """Names the change in a form."""
        return f"{self.kind}|{self.provider}:{self.model}"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What comparing one provider brought."""

    provider: str
    changes: tuple[Change, ...] = ()
    trouble: str = ""  # why nothing could be compared


def compare_all(
    providers: Iterable[str] = (), transport: httpx.AsyncBaseTransport | None = None
) -> list[Comparison]:
    """Every provider that has a list, or those named."""
    slugs = list(providers) or [s for s in PROVIDERS if provider_class(s).needs_key]
    return [compare(slug, transport) for slug in slugs]


def compare(slug: str, transport: httpx.AsyncBaseTransport | None = None) -> Comparison:
    """One provider's list against the catalog as it is offered here."""
    try:
        listed = asyncio.run(live_list(slug, list_credentials(slug), transport))
    except (ProviderError, ProviderNotConfigured, TimeoutError) as error:
        return Comparison(provider=slug, trouble=str(error) or _("No answer in time."))
    if listed is None:
        return Comparison(provider=slug, trouble=_("This provider has no list."))
    return Comparison(provider=slug, changes=tuple(differences(slug, listed)))


def list_credentials(slug: str) -> Credentials:
    """The installation's key where there is one; most lists need none."""
    if account := installation_account(slug):
        return credentials_of(slug, account)
    try:
        return credentials_of_environment(slug)
    except ProviderNotConfigured:
        return Credentials()


async def live_list(
    slug: str, credentials: Credentials, transport: httpx.AsyncBaseTransport | None
) -> list[ListedModel] | None:
    """The provider's list, read once."""
    async with asyncio.timeout(PATIENCE), build_client(transport=transport) as client:
        return await get_provider(slug, credentials, client).list_models()


def differences(slug: str, listed: Iterable[ListedModel]) -> list[Change]:
    """New ids, ended ids and other prices, in this order."""
    settings = ModelSetting.for_team(None)
    known = known_models(slug, settings)
    names = {name for model in known.values() for name in (model.id, *model.aliases)}
    there = {model.id: model for model in listed}
    new = [
        Change(kind=NEW, provider=slug, model=item.id, name=item.name, after=item.name)
        for item in there.values()
        if item.id not in names
    ]
    today = timezone.localdate()
    ended = [
        Change(kind=ENDED, provider=slug, model=model.id, name=model.name)
        for model in known.values()
        if not model.is_ended(today) and not {model.id, *model.aliases} & there.keys()
    ]
    prices = [
        change
        for model in known.values()
        if (item := there.get(model.id)) and (change := price_change(model, item))
    ]
    return [*new, *ended, *prices]


def known_models(slug: str, settings: Iterable[ModelSetting]) -> dict[str, VideoModel]:
    """The catalog's entries of a provider with what was taken over before."""
    known = {model.id: model for model in catalog.models_of(slug)}
    for row in settings:
        if row.provider == slug and row.is_new and row.model not in known:
            known[row.model] = catalog.get_model(row.key)
    return {
        model_id: laid_over_all(model, [s for s in settings if s.key == model.key])
        for model_id, model in known.items()
    }


def price_change(model: VideoModel, item: ListedModel) -> Change | None:
    """The live price in our words, where it is another than the catalog's."""
    table = our_price(model, item.price)
    if table is None or same_price(model.price, read_price(table)):
        return None
    return Change(
        kind=PRICE,
        provider=model.provider,
        model=model.id,
        name=model.name,
        before=price_text(model.price),
        after=price_text(read_price(table)),
        price=table,
    )


def our_price(model: VideoModel, price: Mapping[str, Any]) -> dict[str, Any] | None:
    """A live price with our option names and values; None where it does not fit."""
    if not price.get("rows"):
        return None
    rows = []
    for row in price["rows"]:
        when = {}
        for name, value in row.get("when", {}).items():
            pair = our_condition(model, name, value)
            if pair is None:
                return None
            when[pair[0]] = pair[1]
        rows.append({"amount": row["amount"], "when": when})
    # A row with more conditions goes first: the first that fits is taken.
    rows.sort(key=lambda row: -len(row["when"]))
    note = _("Live price of %(date)s.") % {"date": date.today().isoformat()}
    return {"unit": price["unit"], "rows": rows, "note": note}


def our_condition(
    model: VideoModel, name: str, value: Any
) -> tuple[str, list[Any]] | None:
    """A condition on a wire field as one on our option."""
    for option in model.options:
        if name not in (option.wire or option.name, option.name):
            continue
        wanted = value if isinstance(value, list) else [value]
        theirs = {str(w): ours for ours, w in option.wire_values.items()}
        texts = [str(theirs.get(str(item), item)) for item in wanted]
        ours = [v for v in option.values if str(v) in texts]
        if option.type == "boolean":
            ours = [text.lower() == "true" for text in texts]
        return (option.name, ours) if ours else None
    return None


def same_price(one: Price, other: Price) -> bool:
    """Whether both say the same, whatever their notes."""
    return (one.unit, one.rows) == (other.unit, other.rows)


def price_text(price: Price) -> str:
    """A price table in one line."""
    if not price.rows:
        return _("unknown") if price.unit == "unknown" else price.unit
    parts = []
    for row in price.rows:
        when = ", ".join(
            f"{name} {'/'.join(map(str, values))}" for name, values in row.when.items()
        )
        amount = f"${row.amount / 1_000_000:g}"
        parts.append(f"{amount} ({when})" if when else amount)
    return f"{'; '.join(parts)} / {price.unit}"


def take_over(changes: Iterable[Change], *, user: User | None) -> int:
    """Write the confirmed changes as the installation's model settings."""
    done = 0
    with transaction.atomic():
        for change in changes:
            row, _created = ModelSetting.objects.get_or_create(
                team=None, provider=change.provider, model=change.model
            )
            apply(row, change)
            Event.record(
                "catalog.taken_over",
                actor=user,
                data={"change": change.kind, "model": row.key, "after": change.after},
            )
            done += 1
    return done


def apply(row: ModelSetting, change: Change) -> None:
    """One change on its row."""
    match change.kind:
        case "new":
            row.is_new, row.name = True, change.name[:120]
        case "ended":
            row.ends = timezone.localdate()
            row.note = _("Gone from the provider's list.")
        case "price":
            row.price = dict(change.price or {})
    row.save(update_fields=["is_new", "name", "ends", "note", "price", "updated_at"])
