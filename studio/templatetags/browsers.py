"""What a browser calls itself, in words that its owner recognises."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()
# The first that is found counts: every browser also names those that came before it.
PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("HeadlessChrome", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(words: str) -> str:
    """``Firefox on Linux``; the beginning of its own words where it is another."""
    program = next((name for mark, name in PROGRAMS if mark in words), "")
    system = next((name for mark, name in SYSTEMS if mark in words), "")
    if program and system:
        return _("%(program)s on %(system)s") % {"program": program, "system": system}
    return program or words[:40] or _("Unknown")
