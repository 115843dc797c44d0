"""How often somebody may try: counted in the cache that all processes share."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` times within ``seconds``."""

    name: str
    most: int
    seconds: int

    def is_reached(self, *whose: object) -> bool:
        """Whether nothing is left."""
        return int(cache.get(self.key(whose), 0)) >= self.most

    def count(self, *whose: object) -> None:
        """One more."""
        key = self.key(whose)
        if not cache.add(key, 1, self.seconds):
            try:
                cache.incr(key)
            except ValueError:  # it ended in between
                cache.set(key, 1, self.seconds)

    def key(self, whose: tuple[object, ...]) -> str:
        """Where it is counted; no address of anybody is written down."""
        text = "|".join(map(str, whose))
        return f"limit:{self.name}:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def address_of(request: HttpRequest) -> str:
    """From where a request comes, as sign-in sees it."""
    return str(get_adapter().get_client_ip(request))
