"""A zip of exports: each member is read by its own content, and what can't be read is told."""

from __future__ import annotations

import gzip
import io
import random
import zipfile

from review import formats
from review.model import Entry, Issue

RIS = b"TY  - JOUR\r\nTI  - From a RIS file\r\nER  - \r\n"
NBIB = b"PMID- 31234567\nTI  - From PubMed\n\n"
TABLE = b"\xef\xbb\xbfTitle,Authors,Year\n\"A table, with a comma\",Doe J,2019\n"
CHINESE = "RT Journal Article\nT1 风筝对儿童平静的影响\nA1 阿尔巴;\nJF 风筝学报\nDS CNKI\n".encode("gb18030")
PAGE = b'<html><head><meta name="citation_title" content="Page %d"></head></html>'


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


def read(data: bytes, name: str = "exports.zip") -> tuple[list[Entry], list[Issue]]:
    found = list(formats.read(io.BytesIO(data), name=name))
    return [e for e in found if isinstance(e, Entry)], [i for i in found if isinstance(i, Issue)]


def titles(data: bytes) -> list[str]:
    return [e.record.title for e in read(data)[0]]


def test_members_of_several_formats_and_encodings_are_each_read_by_their_content() -> None:
    data = zipped(a__ris=RIS, b__nbib=NBIB, c__csv=TABLE, d__txt=CHINESE)
    assert titles(data) == ["From a RIS file", "From PubMed", "A table, with a comma", "风筝对儿童平静的影响"]
    assert formats.describe(io.BytesIO(data), "exports.zip")[0] == "zip"
    assert formats.count(io.BytesIO(data), format="zip") == 4


def test_saved_pages_in_one_zip_are_a_record_each() -> None:
    assert titles(zipped(a__html=PAGE % 1, b__html=PAGE % 2)) == ["Page 1", "Page 2"]


def test_places_count_over_the_joined_contents() -> None:
    members = [RIS, CHINESE, RIS]
    joined = b"\n".join(members)
    for entry in read(zipped(a__ris=RIS, b__txt=CHINESE, c__ris=RIS))[0]:
        piece = joined[entry.offset:entry.offset + entry.length]
        assert formats.tags_at(piece, "zip", "gb18030" if b"DS CNKI" in piece else "utf-8") == entry.tags


def test_a_member_that_is_no_export_is_told_by_name_and_the_others_are_read() -> None:
    entries, issues = read(zipped(a__ris=RIS, b__pdf=b"%PDF-1.4\n1 0 obj\n", c__zip=zipped(i__ris=RIS)))
    assert len(entries) == 1
    assert {(i.code, i.file, i.severity) for i in issues} == {
        ("format-unknown", "exports.zip/b.pdf", "error"), ("archive-nested", "exports.zip/c.zip", "error")}


def test_a_damaged_member_does_not_cost_the_others() -> None:
    data = bytearray(zipped(a__ris=RIS + random.Random(1).randbytes(500), b__nbib=NBIB))
    data[100:110] = bytes(10)
    entries, issues = read(bytes(data))
    assert "From PubMed" in [e.record.title for e in entries]
    assert [i.code for i in issues if i.severity == "error"] == ["archive-damaged"]


def test_of_a_cut_off_gzip_the_records_before_the_cut_are_read() -> None:
    whole = gzip.compress(b"".join(b"TY  - JOUR\r\nTI  - Record %d of %d\r\nER  - \r\n" % (i, i * 7919 % 10007)
                                   for i in range(5000)))
    entries, issues = read(whole[:len(whole) // 2], "cut.ris.gz")
    assert len(entries) > 1000
    assert entries[0].record.title == "Record 0 of 0"
    assert [i.code for i in issues] == ["archive-damaged"]


def test_a_large_workbook_in_a_zip_is_read_whole() -> None:
    from review.model import Record

    out, noise = io.BytesIO(), random.Random(1)
    records = (Record(title=f"Record {i}", abstract=noise.randbytes(1500).hex()) for i in range(1500))
    n = formats.write(records, out, format="xlsx")
    assert len(out.getvalue()) > 1 << 20
    assert len(read(zipped(a__xlsx=out.getvalue()))[0]) == n


def test_a_zip_damaged_anywhere_is_told_and_never_raises() -> None:
    whole = zipped(a__ris=RIS * 3, b__csv=TABLE, c__txt=CHINESE)
    rng = random.Random(7)
    for _ in range(300):
        data = bytearray(whole)
        at = rng.randrange(len(data))
        if rng.random() < 0.5:
            del data[at:at + rng.choice((1, 8, 200))]
        else:
            data[at:at + 4] = rng.randbytes(4)
        format, _ = formats.describe(io.BytesIO(data), "x.zip")
        entries, issues = read(bytes(data), "x.zip")
        assert entries or any(i.severity == "error" for i in issues)
        if format:
            formats.count(io.BytesIO(data), format=format)
