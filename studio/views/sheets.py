"""Tables as CSV files, that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

# What a spreadsheet reads as the beginning of a formula.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


class Line:
    """Hands back each line that a writer writes."""

    def write(self, text: str) -> str:
        """The line itself."""
        return text


def harmless(text: object) -> str:
    """Words that stay words: an apostrophe before what would be a formula."""
    words = str(text)
    is_formula = words.startswith(DANGEROUS) or words.lstrip().startswith(DANGEROUS)
    return f"'{words}" if is_formula else words


def dollars(amount: int | None) -> str:
    """Micro-USD to the last figure, as a number."""
    if amount is None:
        return ""
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 1_000_000)
    return f"{sign}{whole}.{rest:06d}"


def csv_file(
    name: str, head: Iterable[str], rows: Iterable[Iterable[str]]
) -> StreamingHttpResponse:
    """A file to keep, sent as its rows are read."""

    def lines() -> Iterator[str]:
        writer = csv.writer(Line())
        yield writer.writerow(head)
        for row in rows:
            yield writer.writerow(row)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
