"""What an import relies on: archives, mappings, places, counts, large files, refusals."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zipfile

import pytest

from review import formats
from review.formats import archive
from review.model import Entry, Issue, Record, ReviewError
from tests.shared_data import shared

RIS = b"TY  - JOUR\r\nTI  - One\r\nER  - \r\n\r\nTY  - BOOK\r\nTI  - Two\r\nER  - \r\n"


def titles(data: bytes, name: str = "x", **how: object) -> list[str]:
    return [e.record.title for e in formats.read(io.BytesIO(data), name=name, **how) if isinstance(e, Entry)]  # type: ignore[arg-type]


def codes(data: bytes, name: str = "x", **how: object) -> list[str]:
    return [i.code for i in formats.read(io.BytesIO(data), name=name, **how) if isinstance(i, Issue)]  # type: ignore[arg-type]


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name.replace("_", "."), data)
    return out.getvalue()


def test_gzip_and_zip_are_opened() -> None:
    assert titles(gzip.compress(RIS)) == ["One", "Two"]
    assert titles(zipped(a_ris=RIS, b_ris=RIS.replace(b"One", b"Three"))) == ["One", "Two", "Three", "Two"]
    assert formats.count(io.BytesIO(gzip.compress(RIS)), format="ris") == 2
    assert formats.describe(gzip.compress(RIS), "x.ris.gz") == ("ris", "utf-8")


def test_places_in_an_archive_count_in_its_contents() -> None:
    entries = [e for e in formats.read(io.BytesIO(gzip.compress(RIS)), name="x") if isinstance(e, Entry)]
    assert RIS[entries[1].offset:entries[1].offset + entries[1].length] == b"TY  - BOOK\r\nTI  - Two\r\nER  - \r\n"


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FREE", 1 << 20)
    monkeypatch.setattr(archive, "RATIO", 100)
    bomb = gzip.compress(b"TY  - JOUR\nTI  - " + b"0" * (8 << 20))
    assert len(bomb) < 20_000
    assert "archive-too-large" in codes(bomb)


def test_a_damaged_archive_is_told() -> None:
    assert codes(gzip.compress(RIS * 50)[:60]) == ["archive-damaged"]
    assert codes(zipped(a_ris=RIS * 50)[:80]) == ["archive-damaged"]


def test_an_empty_file_and_an_unknown_one_are_told() -> None:
    assert codes(b"") == ["file-empty"]
    assert codes(b"\n \r\n") == ["file-empty"]
    assert codes(b"Dear colleague, please find the list attached.") == ["format-unknown"]


def test_a_mapping_with_a_field_that_records_lack_is_told() -> None:
    assert codes(b"Was;Wann\na;2001\n", mapping={"Was": "colour"}) == ["mapping-field"]


def test_the_file_name_does_not_decide() -> None:
    assert formats.describe(RIS, "export.csv")[0] == "ris"
    assert formats.describe(b"PMID- 1\nTI  - x\n", "export.ris")[0] == "medline"


def test_a_stream_that_cannot_seek_is_read_too() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self._inner = io.BytesIO(data)

        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return False

        def read(self, size: int = -1) -> bytes:
            return self._inner.read(size)

    found = list(formats.read(Pipe(RIS), name="-"))  # type: ignore[arg-type]
    assert len([e for e in found if isinstance(e, Entry)]) == 2


def test_many_issues_of_one_kind_are_counted_not_listed() -> None:
    data = b"TY  - JOUR\nTI  - x\n" * 200
    found = codes(data)
    assert 10 < len(found) < 100
    last = [i for i in formats.read(io.BytesIO(data), name="x") if isinstance(i, Issue)][-1]
    assert "further" in last.message


def test_a_large_file_is_not_held_in_memory() -> None:
    one = b"TY  - JOUR\nTI  - A title\nAU  - Doe, Jane\nAB  - " + b"word " * 400 + b"\nER  - \n\n"
    data = io.BytesIO(one * 4000)               # 8 MB
    tracemalloc.start()
    n = sum(isinstance(e, Entry) for e in formats.read(data, name="x.ris"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n == 4000
    assert peak < 6 << 20


def test_external_entities_are_not_fetched(tmp_path: object) -> None:
    data = (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><records><record>'
            b'<ref-type name="Book">6</ref-type><titles><title>T &f;</title></titles></record></records></xml>')
    assert all("root:" not in t for t in titles(data))


def test_formulas_are_defused_and_come_back() -> None:
    items = [Record(title="=HYPERLINK(\"x\")", authors=("+Doe, J", "-Roe"), abstract="@cmd", journal="'=x'")]
    out = io.BytesIO()
    formats.write(items, out, format="csv")
    cells = out.getvalue().decode("utf-8-sig").splitlines()[1]
    assert not any(cell.lstrip('"').startswith(("=", "+", "-", "@")) for cell in cells.split(","))
    assert [e.record for e in formats.read(io.BytesIO(out.getvalue()), name="x") if isinstance(e, Entry)] == items


def test_equal_records_give_equal_bytes() -> None:
    item = Record(title="T", authors=("Doe, Jane",), year=2001, mesh=("Child/psychology*",), dates={"entrez": "2001-01-01"})
    for format in formats.writable():
        first, second = io.BytesIO(), io.BytesIO()
        formats.write([item], first, format=format)
        formats.write([item], second, format=format)
        assert first.getvalue() == second.getvalue()


def test_written_ris_is_what_other_programs_take() -> None:
    out = io.BytesIO()
    formats.write([Record(title="T", kind="journal-article", pages="1-9"), Record(title="U", kind="thesis")], out,
                  format="ris")
    lines = out.getvalue().decode().split("\r\n")
    assert "\n" not in out.getvalue().decode().replace("\r\n", "")
    assert lines[0] == "TY  - JOUR"
    assert [x for x in lines if x.startswith("ER")] == ["ER  - ", "ER  - "]
    assert "SP  - 1" in lines
    assert "EP  - 9" in lines
    assert all(x == "" or x[2:6] == "  - " for x in lines)


def test_what_cannot_be_written_says_what_can() -> None:
    with pytest.raises(ReviewError, match="formats to write: .*ris"):
        formats.write([], io.BytesIO(), format="pubmed-xml")
    with pytest.raises(ReviewError, match="no format"):
        formats.count(io.BytesIO(RIS), format="word")


def test_long_exports_are_split_where_a_taker_has_a_limit() -> None:
    parts: list[io.BytesIO] = []

    def part(number: int) -> io.BytesIO:
        parts.append(io.BytesIO())
        return parts[-1]

    sizes = formats.write_parts((Record(title=f"T{i}") for i in range(25)), part, format="ris", limit=10)
    assert sizes == [10, 10, 5]
    assert [formats.count(io.BytesIO(p.getvalue()), format="ris") for p in parts] == [10, 10, 5]


def test_a_cell_beyond_excels_limit_survives() -> None:
    item = Record(title="T", abstract="word " * 20000 + "end")
    out = io.BytesIO()
    formats.write([item], out, format="xlsx")
    assert [e.record for e in formats.read(io.BytesIO(out.getvalue()), name="x") if isinstance(e, Entry)] == [item]


def test_archives_other_than_workbooks_are_told_from_them() -> None:
    out = io.BytesIO()
    formats.write([Record(title="T")], out, format="xlsx")
    assert not archive.is_compressed(out.getvalue())
    assert archive.is_compressed(zipped(a_ris=RIS))


def test_shortened_scholar_fields_are_noted() -> None:
    page = (b'<div class="gs_r gs_or gs_scl" data-cid="C1" data-rp="0"><h3 class="gs_rt"><a href="https://x.example">Long '
            b"title \xe2\x80\xa6</a></h3><div class=\"gs_a\">A Wang, B Li\xe2\x80\xa6 - J \xe2\x80\xa6, 2019 - x</div></div>")
    entry = next(e for e in formats.read(io.BytesIO(page), name="p.html") if isinstance(e, Entry))
    assert ("truncated", "title authors venue") in entry.tags


# On real files, where they are beside the checkout.

def test_all_real_exports_read_in_full() -> None:
    short = []
    for path in sorted(shared("formats").rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        format = formats.describe(data, path.name)[0]
        if format is None:
            continue
        read = sum(isinstance(e, Entry) for e in formats.read(io.BytesIO(data), name=path.name))
        if formats.count(io.BytesIO(data), format=format) not in (read, None):
            short.append(path.name)
    assert short == []


def test_real_pubmed_replies_read_with_their_pmids() -> None:
    path = shared("pubmed/china_child_mental.xml")
    records = [e.record for e in formats.read(io.BytesIO(path.read_bytes()), name=path.name) if isinstance(e, Entry)]
    assert len(records) == 247
    assert len({r.ids["pmid"] for r in records}) == 247
    assert all(r.title and r.year and r.journal and "entrez" in r.dates for r in records)


def test_the_offline_library_reads() -> None:
    path = shared("left-behind-children/records.jsonl")
    lines = [json.loads(x) for x in path.read_text(encoding="utf-8").splitlines()]
    records = [e.record for e in formats.read(io.BytesIO(path.read_bytes()), name=path.name) if isinstance(e, Entry)]
    assert [(r.title, r.year, list(r.authors)) for r in records] == [(x["title"], x["year"], x["authors"]) for x in lines]


def test_exports_of_one_set_agree_field_by_field() -> None:
    """The same ten records, exported by one database in several forms."""
    folder = shared("formats/database-exports")

    def of(name: str) -> dict[str, tuple[object, ...]]:
        data = (folder / name).read_bytes()
        return {e.record.ids["doi"]: (e.record.title, e.record.year, e.record.journal, e.record.volume, e.record.issue,
                                      e.record.abstract) for e in formats.read(io.BytesIO(data), name=name)
                if isinstance(e, Entry)}

    assert of("_baseline_scopus.csv") == of("_baseline_scopus.ris")
    assert of("_baseline_embase.csv") == of("_baseline_embase.xlsx") == of("_baseline_excel.csv")
    assert of("_baseline.csv") == of("_baseline.tsv") == of("_baseline.xlsx")
