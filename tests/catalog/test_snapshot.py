"""A take keeps the catalog's words on its model, and can read them again and again."""

from __future__ import annotations

import pytest

from studio.catalog import all_models, snapshot


@pytest.mark.parametrize("key", ["vtrix:veo_31_fast", "segmind:veo-3-fast"])
def test_it_reads_the_same_table_twice(key: str) -> None:
    table = snapshot.to_json(all_models()[key])

    assert snapshot.from_json(table) == all_models()[key]
    assert snapshot.from_json(table) == all_models()[key]
