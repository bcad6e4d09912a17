"""The hash of a record is that of its own bytes, also where the file is compressed."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from pathlib import Path

from review.sources.sealing import read_file

ONE = b"TY  - JOUR\r\nTI  - Children left behind\r\nER  - \r\n"
TWO = b"TY  - JOUR\r\nTI  - Children who followed\r\nER  - \r\n"


def stored(path: Path) -> list[str]:
    return [row.sha256 for row in read_file(path, path.name, "Embase").rows]


def test_records_of_a_plain_a_gzip_and_a_zip_file_hash_to_their_own_bytes(tmp_path: Path) -> None:
    plain, packed, archive = tmp_path / "a.ris", tmp_path / "a.ris.gz", tmp_path / "a.zip"
    plain.write_bytes(ONE + TWO)
    packed.write_bytes(gzip.compress(ONE + TWO))
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr("a.ris", ONE + TWO)
    rows = read_file(plain, plain.name, "Embase").rows
    expected = [hashlib.sha256((ONE + TWO)[r.offset:r.offset + r.length]).hexdigest() for r in rows]
    assert len(set(expected)) == 2
    assert stored(plain) == stored(packed) == stored(archive) == expected


def test_mapped_table_has_an_independent_count(tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("Article name;When\nChildren left behind;2019\nChildren who followed;2020\n", encoding="utf-8")
    found = read_file(table, table.name, "library", mapping={"Article name": "title", "When": "year"})
    assert (found.file.in_file, found.file.read) == (2, 2)
