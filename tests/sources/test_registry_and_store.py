"""Finding a source by the database's name, and keeping files."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from review.model import ReviewError
from review.sources import DirectoryStore, all_sources, for_database, library, pubmed, scholar


@pytest.mark.parametrize("name", ["pubmed", "PubMed", "Pub Med"])
def test_pubmed_is_found_however_it_is_written(name: str) -> None:
    assert for_database(name) is pubmed


@pytest.mark.parametrize("name", ["google-scholar", "Google Scholar", "GoogleScholar"])
def test_scholar_is_found_however_it_is_written(name: str) -> None:
    assert for_database(name) is scholar


def test_a_database_without_an_interface_has_no_source() -> None:
    assert for_database("scopus") is None
    assert for_database("library") is None  # a library is named by its file


def test_every_source_offers_what_is_asked_of_it() -> None:
    assert {source.NAME for source in all_sources()} >= {pubmed.NAME, scholar.NAME, library.NAME}
    for source in all_sources():
        assert callable(source.run) and callable(source.count) and source.RECORD_FILES


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path / "new" / "folder")
    assert store.names() == []
    store.write("b.xml", b"\x00\xffbytes\r\n", "records")
    store.write("a.xml", b"", "reply")
    (store.folder / ".c.part").write_bytes(b"half")  # what a killed process leaves
    assert store.names() == ["a.xml", "b.xml"]
    assert store.read("b.xml") == b"\x00\xffbytes\r\n"
    assert store.roles == {"a.xml": "reply", "b.xml": "records"}


def test_a_folder_that_cant_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(ReviewError, match="could not be written") as error:
        DirectoryStore(blocked).write("a.xml", b"x", "reply")
    assert error.value.status == 2 and error.value.code == "disk"


def test_files_can_be_read_by_others_as_the_umask_says(tmp_path: Path) -> None:
    import os

    before = os.umask(0o022)
    try:
        DirectoryStore(tmp_path).write("a.xml", b"x", "reply")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.xml").stat().st_mode) == 0o644
