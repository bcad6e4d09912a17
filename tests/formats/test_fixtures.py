"""Each folder of fixtures is a format; each case is an export file and, beside it, what it must read as.

A newcomer adds a case by adding the two files. The JSON holds `records` (fields as in records.jsonl), and where
needed `issues` (the codes that must be told), `mapping` and `encoding` (what a user would give).
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from review import formats
from review.model import Entry, Issue, Record

HERE = Path(__file__).parent / "fixtures"
# A case that is itself a .json file has its expectation in `<case>.expected.json`.
CASES = sorted(p for p in HERE.glob("*/*") if not p.name.endswith(".expected.json")
               and (p.suffix != ".json" or p.with_name(p.stem + ".expected.json").exists()))


def expectation(path: Path) -> dict[str, Any]:
    beside = path.with_name(path.stem + ".expected.json")
    if not beside.exists():
        beside = path.with_suffix(".json")
    found: dict[str, Any] = json.loads(beside.read_text(encoding="utf-8"))
    return found


def names(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", CASES, ids=names)
def test_a_file_reads_as_its_neighbour_says(path: Path) -> None:
    expected = expectation(path)
    data = path.read_bytes()
    found = list(formats.read(io.BytesIO(data), name=path.name, encoding=expected.get("encoding"),
                              mapping=expected.get("mapping")))
    records = [e.record.as_dict() for e in found if isinstance(e, Entry)]
    assert records == [Record.from_dict(r).as_dict() for r in expected["records"]]
    assert sorted({i.code for i in found if isinstance(i, Issue)}) == sorted(expected.get("issues", []))


@pytest.mark.parametrize("path", CASES, ids=names)
def test_the_format_is_known_by_content_not_by_name(path: Path) -> None:
    if expectation(path).get("mapping"):
        pytest.skip("a table of unknown names is known by the mapping that its user gives")
    assert formats.sniff(path.read_bytes()[:65536], "") == path.parent.name


@pytest.mark.parametrize("path", CASES, ids=names)
def test_the_independent_count_agrees(path: Path) -> None:
    expected = expectation(path)
    if path.parent.name == "records-jsonl" or "xml-cut" in expected.get("issues", []):
        pytest.skip("this case shows a file that holds more than can be read")
    n = formats.count(io.BytesIO(path.read_bytes()), format=path.parent.name, mapping=expected.get("mapping"))
    assert n == len(expected["records"])


@pytest.mark.parametrize("path", CASES, ids=names)
def test_every_record_is_found_again_by_its_place(path: Path) -> None:
    expected = expectation(path)
    data = path.read_bytes()
    format, encoding = formats.describe(io.BytesIO(data), path.name)
    for entry in formats.read(io.BytesIO(data), name=path.name, mapping=expected.get("mapping")):
        if not isinstance(entry, Entry) or entry.length == 0:
            continue
        piece = data[entry.offset:entry.offset + entry.length]
        tags = formats.tags_at(piece, format or "csv", encoding, header=data[:entry.offset] or data)
        assert tags
        if entry.tags and not expected.get("mapping"):
            assert tags == entry.tags
