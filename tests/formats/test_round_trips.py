"""What is written reads back equal: every field of every record, whatever it holds."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review import formats
from review.model import Entry, Issue, Record
from tests.formats.strategies import records


def there_and_back(items: list[Record], format: str) -> tuple[bytes, list[Record]]:
    out = io.BytesIO()
    assert formats.write(items, out, format=format) == len(items)
    data = out.getvalue()
    found = list(formats.read(io.BytesIO(data), name="x" + formats.suffixes(format)[0], format=format))
    worst = [i for i in found if isinstance(i, Issue) and i.severity != "info"]
    assert worst == []
    return data, [e.record for e in found if isinstance(e, Entry)]


@pytest.mark.parametrize("format", formats.writable())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(items=st.lists(records(), min_size=1, max_size=3))
def test_every_field_survives(format: str, items: list[Record]) -> None:
    data, back = there_and_back(items, format)
    assert back == items
    assert formats.count(io.BytesIO(data), format=format) == len(items)


@pytest.mark.parametrize("format", formats.writable())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(items=st.lists(records().filter(lambda r: r.title and len(r.authors) > 0), min_size=1, max_size=3))
def test_a_written_file_is_recognised_by_its_content(format: str, items: list[Record]) -> None:
    data, _ = there_and_back(items, format)
    assert formats.sniff(data[:65536]) == format


@pytest.mark.parametrize("format", formats.writable())
def test_extra_columns_or_notes_do_not_disturb_the_record(format: str) -> None:
    item = Record(title="Left-behind children", authors=("Zhou, Yuming",), year=2021, kind="journal-article")
    out = io.BytesIO()
    formats.write([item], out, format=format, extra=lambda r: {"Report key": "R000123-ab", "Decision": "include"})
    found = [e.record for e in formats.read(io.BytesIO(out.getvalue()), name="x", format=format)
             if isinstance(e, Entry)]
    assert found == [item]
    if format not in ("xlsx",):
        assert b"R000123-ab" in out.getvalue()


def test_a_keyword_that_is_a_mesh_term_too_stays_both() -> None:
    items = [Record(title="Kites", keywords=("Child", "Calm"), mesh=("Child",)),
             Record(title="Pots", keywords=("Child",), mesh=("Child",)),
             Record(title="Bells", keywords=("Wind", "Child"), mesh=("Child", "Calm")), Record(title="Cups", mesh=("Child",))]
    assert there_and_back(items, "ris")[1] == items
