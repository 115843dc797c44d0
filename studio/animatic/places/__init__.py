"""The places a scene can be in, each a painter of layers."""

from __future__ import annotations

from collections.abc import Callable

from studio.animatic.places.aerial import aerial_city
from studio.animatic.places.battlefield import battlefield
from studio.animatic.places.nature import desert, field, mountains
from studio.animatic.places.platform import concert, studio
from studio.animatic.places.room import room
from studio.animatic.places.sea import beach, lake, sea
from studio.animatic.places.skyline import city
from studio.animatic.places.space import space
from studio.animatic.places.street import street
from studio.animatic.places.underwater import underwater
from studio.animatic.places.woods import forest
from studio.animatic.scene import Scene
from studio.animatic.stage import Stage

Painter = Callable[[Stage, Scene], None]
PLACES: dict[str, Painter] = {
    "mountains": mountains,
    "field": field,
    "desert": desert,
    "forest": forest,
    "sea": sea,
    "beach": beach,
    "lake": lake,
    "underwater": underwater,
    "city": city,
    "street": street,
    "aerial city": aerial_city,
    "room": room,
    "studio": studio,
    "concert": concert,
    "space": space,
    "battlefield": battlefield,
}
