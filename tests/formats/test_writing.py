"""What those who take our files need of them, beyond that we can read them back."""

from __future__ import annotations

import io
import re

import pytest

from review import formats
from review.model import Entry, Record

ODD = Record(title="Pots & pans: 5% {safe}_not # \\ -- a trial", authors=("Roe and Sons, R.", "Study Group of Pots and Pans",
             "van der Doe, Jane", "王明"),
             ids={"doi": "10.1000/a_(b)<c>;2-#", "pmid": "29000001"}, journal="Pots; Pans", pages="S1-S9",
             abstract="Aim.\n\n  Two  blanks,\r\nTY  - JOUR\nER  - \nend.", year=2019,
             url="https://example.org/a?b=1&c=%20_x~y", database="Embase", notices=("retracted",), mesh=("Child*",))


def written(format: str, *records: Record) -> str:
    out = io.BytesIO()
    formats.write(records, out, format=format, extra=lambda _: {"key": "R000001-ab", "decision": "include"})
    return out.getvalue().decode()


@pytest.mark.parametrize("format", formats.writable())
def test_odd_values_and_a_record_of_nothing_come_back(format: str) -> None:
    out = io.BytesIO()
    formats.write([ODD, Record(), ODD], out, format=format)
    out.seek(0)
    found = [e.record for e in formats.read(out, name="x") if isinstance(e, Entry)]
    assert [r.as_dict() for r in found] == [ODD.as_dict(), Record().as_dict(), ODD.as_dict()]
    out.seek(0)
    assert formats.count(out, format=format) == 3


def test_bibtex_splits_no_author_whose_name_holds_and() -> None:
    authors = re.search(r"author = \{(.*)\},", written("bibtex", ODD))
    assert authors and authors[1] == "{Roe and Sons, R.} and {Study Group of Pots and Pans} and van der Doe, Jane and {王明}"


def test_bibtex_leaves_addresses_and_dois_as_they_are() -> None:
    text = written("bibtex", ODD)
    assert "doi = {10.1000/a_(b)<c>;2-#}" in text
    assert "url = {https://example.org/a?b=1&c=%20_x~y}" in text


def test_bibtex_repeats_no_field_prints_no_note_and_breaks_no_paragraph() -> None:
    text = written("bibtex", ODD)
    names = re.findall(r"^  (\w+) = ", text, re.M)
    assert len(names) == len(set(names)) and "note" not in names
    assert "annote = {key: R000001-ab; decision: include}" in text
    assert "\n\n" not in text.strip()


def test_bibtex_keys_differ() -> None:
    keys = re.findall(r"^@\w+\{([^,]+),", written("bibtex", *[Record(title="Same", authors=("Doe, J",), year=2019)] * 3), re.M)
    assert len(set(keys)) == 3


def test_ris_has_one_line_a_value_crlf_and_no_counters() -> None:
    """Zotero, EndNote, Covidence and Rayyan: `TY` first, `ER` last, two blanks before the hyphen."""
    lines = written("ris", ODD, ODD).split("\r\n")
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines if line)
    assert [line[:2] for line in lines if line[:2] in ("TY", "ER")] == ["TY", "ER"] * 2
    assert not any("\n" in line for line in lines)
