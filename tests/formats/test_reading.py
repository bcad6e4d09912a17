"""What an import relies on: archives, mappings, places, counts, large files, refusals."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zipfile
from pathlib import Path

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


BOMB = (b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)) + b"]>")
FETCHED = b'<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'


def with_declaration(book: bytes, part: str, declaration: bytes) -> bytes:
    """A workbook with a document type in one of its parts, and the entity `j` in its first text."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == part:
                start = data.find(b"?>") + 2 if data.startswith(b"<?xml") else 0
                data = data[:start] + declaration + data[start:].replace(b"Left-behind", b"&j; Left-behind", 1)
            new.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("declaration", [BOMB, FETCHED], ids=["bomb", "file"])
@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_workbooks_with_entities_do_no_harm(suffix: str, declaration: bytes) -> None:
    book = (Path(__file__).parent / "fixtures/xlsx" / f"by-hand{'' if suffix == '.xlsx' else '-ods'}{suffix}").read_bytes()
    parts = zipfile.ZipFile(io.BytesIO(book)).namelist()
    for part in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "content.xml"):
        if part in parts:
            data = with_declaration(book, part, declaration)
            found = list(formats.read(io.BytesIO(data), name="x" + suffix))
            text = "".join(str(e.record) for e in found if isinstance(e, Entry))
            assert len(text) < 100_000
            assert "root:" not in text
            formats.count(io.BytesIO(data), format="xlsx")


def test_a_bomb_of_entities_in_a_record_is_told_and_stays_small() -> None:
    data = (b'<?xml version="1.0"?>' + BOMB + b'<xml><records><record><ref-type name="Book">6</ref-type><titles><title>'
            b"T &j;</title></titles></record></records></xml>")
    assert "xml-entities" in codes(data)
    assert all(len(t) < 1000 for t in titles(data))


HEADER = b"Title,Authors,Year,Journal,DOI\n"


def rows(n: int) -> list[bytes]:
    return [b'Title number %d,"Doe, Jane",%d,A Journal,10.1000/x%d\n' % (i, 2000 + i, i) for i in range(n)]


@pytest.mark.parametrize("last", [b"Doe Jane", b'"Doe Jane"'], ids=["to the end", "to the next mark"])
def test_a_quotation_mark_that_is_not_closed_is_noticed(last: bytes) -> None:
    lines = [line.replace(b'"Doe, Jane"', b"Doe Jane") for line in rows(12)]
    lines[3] = lines[3].replace(b"Doe Jane", b'"Doe Jane')
    lines[9] = lines[9].replace(b"Doe Jane", last)
    data = HEADER + b"".join(lines)
    told = [i for i in formats.read(io.BytesIO(data), name="x.csv") if isinstance(i, Issue)]
    assert [(i.code, i.line, i.severity) for i in told] == [("table-quote", 5, "error")]
    assert len(titles(data)) < 12
    assert formats.count(io.BytesIO(data), format="csv") == 12


def test_lines_within_a_text_are_no_rows() -> None:
    data = HEADER + b'T,"Doe, Jane",2001,"A journal, of\nthis, and, 2002, that, and, 10.1000/y\nand more",10.1000/x\n'
    assert codes(data) == []
    assert titles(data) == ["T"]
    assert formats.count(io.BytesIO(data), format="csv") == 1


def test_a_last_row_whose_quotation_is_open_is_told() -> None:
    assert codes(HEADER + rows(1)[0] + b'Cut,"Doe, Ja') == ["table-quote"]


def test_joined_tables_have_one_header() -> None:
    data = HEADER + b"".join(rows(3)) + b"\xef\xbb\xbf" + HEADER + b"".join(rows(2))
    assert titles(data) == ["Title number 0", "Title number 1", "Title number 2", "Title number 0", "Title number 1"]
    assert formats.count(io.BytesIO(data), format="csv") == 5


def test_no_member_of_a_zip_is_left_out_but_what_systems_add() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in ("../a.ris", "/b.ris", "folder/c.ris", ".DS_Store", "__MACOSX/folder/._c.ris"):
            packed.writestr(name, RIS)
    assert len(titles(out.getvalue())) == 6


@pytest.mark.parametrize("data", [
    b"\xef\xbb\xbfTY  - BOOK\nTI  - A\nER  -\xef\xbb\xbfTY  - JOUR\r\nTI  - B\r\nER  - \r\n",
    b"TY  - BOOK\rTI  - A\rER  - \r\nTY  - JOUR\nTI  - B\nER  - \n",
    b"TY  - BOOK\nTI  - A\nTY  - JOUR\nTI  - B\n",
    b"1.\nTY  - BOOK\nTI  - A\nER  - 1\n\n2.\nTY  - JOUR\nTI  - B\nER  - 2\n\x1a",
], ids=["joined with marks", "mixed line ends", "no ends", "counters"])
def test_what_joining_and_carrying_over_does_to_ris(data: bytes) -> None:
    found = [e.record for e in formats.read(io.BytesIO(data), name="x") if isinstance(e, Entry)]
    assert [(r.title, r.kind) for r in found] == [("A", "book"), ("B", "journal-article")]
    assert formats.count(io.BytesIO(data), format="ris") == 2


def test_a_stretch_of_a_database_is_that_database() -> None:
    data = b"TY  - JOUR\nTI  - A\nDB  - APA PsycInfo <2020 to 2022>\nER  - \n"
    assert [e.record.database for e in formats.read(io.BytesIO(data), name="x") if isinstance(e, Entry)] == ["APA PsycInfo"]


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


def test_what_no_field_holds_is_found_among_the_tags_of_a_pubmed_record() -> None:
    data = (Path(__file__).parent / "fixtures" / "pubmed-xml" / "people-grants-comments.xml").read_bytes()
    entry = next(e for e in formats.read(io.BytesIO(data), name="x.xml") if isinstance(e, Entry))
    tags = formats.tags_at(data[entry.offset:entry.offset + entry.length], "pubmed-xml")
    for value in ("Institute of Made Records, Somewhere.", "Substance", "One within a list within a list.", "eng",
                  "30000000", "000000015109370x", "AB000001"):
        assert value in [v for _, v in tags], value


def test_a_pubmed_record_that_breaks_off_among_its_addresses_is_read_as_far_as_it_goes() -> None:
    data = (b"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>One</ArticleTitle>"
            b"<AuthorList><Author><LastName>Doe</LastName><AffiliationInfo><Affiliation>A</Author></AuthorList>"
            b"</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>")
    assert titles(data) == ["One"]
    assert codes(data) == ["xml-broken"]


def test_a_table_with_a_declaration_that_no_parser_knows_is_no_crash() -> None:
    """Python's own parser refuses it by an assertion; the rows are read all the same, and not counted."""
    data = (b"<html><table><tr><th>Title</th><th>Authors</th><th>Year</th></tr><![x y[>"
            b"<tr><td>Kites</td><td>Alba, A.</td><td>2018</td></tr></table>")
    assert [e.record.title for e in formats.read(io.BytesIO(data), name="a.xls") if isinstance(e, Entry)] == ["Kites"]
    assert formats.count(io.BytesIO(data), format="html-table") is None
