"""Template filters and tags: money, lengths of time, icons."""

from __future__ import annotations

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from studio import formats

register = template.Library()
register.filter("money", formats.money)
register.filter("dollars", formats.dollars)
register.filter("seconds", formats.seconds)
register.filter("about", formats.about)
register.filter("since", formats.since)


@register.simple_tag
@cache
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of the sprite. It is decoration: the control around it has the words."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" width="16" height="16">'
        '<use href="{}#{}"></use></svg>',
        classes,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
@cache
def stylesheets(*names: str) -> SafeString:
    """Links to our style sheets, in the order of their layers."""
    lines = ((static(f"css/{name}.css"),) for name in names)
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', lines)


@register.simple_tag
@cache
def scripts(*names: str) -> SafeString:
    """Our scripts, one file per behaviour, run when the page has been read."""
    lines = ((static(f"js/{name}.js"),) for name in names)
    return format_html_join("\n", '<script src="{}" defer></script>', lines)
