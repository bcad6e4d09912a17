"""Grey literature without metadata: a person's few fields are the record, and the page is kept beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.reviewer import command, workspace

PAGE = b"<html><body><h1>Breakfast for all</h1>\r\n\xff not even sound text</body></html>"
ON_WEBSITES = ("--database", "Office", "--method", "website", "--date", "2026-11-02")
FIELDS = ("--fields", "title=Breakfast for all: a plan", "authors=School Office; Doe, Jane", "year=2019",
          "url=https://example.org/plan")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return workspace(tmp_path)


def page(folder: Path, name: str = "plan.html") -> str:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(PAGE)
    return str(folder / name)


def search_folder(folder: Path, answer: dict[str, Any]) -> Path:
    return folder / "outputs" / "test" / "searches" / str(answer["search"])


def records(folder: Path) -> list[dict[str, Any]]:
    command(folder, "dedupe")
    text = (folder / "outputs" / "test" / "records.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_page_with_a_persons_fields_is_one_record_and_lies_beside_it_byte_for_byte(folder: Path) -> None:
    answer = command(folder, "import", page(folder), *ON_WEBSITES, *FIELDS)
    assert (answer["read"], answer["state"], answer["beside"]) == (1, "sealed", ["plan.html"])
    assert (search_folder(folder, answer) / "plan.html").read_bytes() == PAGE
    [record] = records(folder)
    assert record["title"] == "Breakfast for all: a plan"
    assert record["authors"] == ["School Office", "Doe, Jane"]
    assert (record["year"], record["url"]) == (2019, "https://example.org/plan")
    command(folder, "check")


def test_the_same_page_with_the_same_fields_again_is_nothing_new(folder: Path) -> None:
    command(folder, "import", page(folder), *ON_WEBSITES, *FIELDS)
    assert command(folder, "import", page(folder), *ON_WEBSITES, *FIELDS)["already"]
    assert len(records(folder)) == 1


def test_check_tells_when_the_kept_page_was_changed(folder: Path) -> None:
    answer = command(folder, "import", page(folder), *ON_WEBSITES, *FIELDS)
    (search_folder(folder, answer) / "plan.html").write_bytes(b"other")
    assert "file-changed" in [i["code"] for i in command(folder, "check", status=1)["issues"]]


def test_a_table_names_its_pages_and_documents(folder: Path) -> None:
    """Those that lie in the table's folder or below come along; those given by hand are not read as exports."""
    page(folder, "saved/plan.html")
    elsewhere = folder / "desk" / "report.pdf"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(b"%PDF-1.4\n")
    table = folder / "found.csv"
    table.write_text("Title,Year,File\nA plan,2019,saved/plan.html\nA report,2020,report.pdf\nA talk,2021,\n")
    answer = command(folder, "import", str(table), str(elsewhere), *ON_WEBSITES)
    assert (answer["in_file"], answer["read"], answer["beside"]) == (3, 3, ["plan.html", "report.pdf"])
    assert (search_folder(folder, answer) / "report.pdf").read_bytes() == b"%PDF-1.4\n"


def test_what_a_table_names_and_is_not_there_is_told_and_nothing_from_elsewhere_is_taken(folder: Path) -> None:
    (folder.parent / "private.txt").write_text("mine")
    table = folder / "found.csv"
    table.write_text("Title,Year,File\nA plan,2019,gone.html\nA report,2020,../private.txt\n")
    answer = command(folder, "import", str(table), *ON_WEBSITES)
    assert answer["beside"] == []
    [told] = [i for i in answer["issues"] if i["code"] == "file-not-beside"]
    assert "gone.html" in told["message"] and "../private.txt" in told["message"]


@pytest.mark.parametrize(("words", "said"), [
    (("--fields", "year=2019"), "title"),
    (("--fields", "title=A plan", "colour=red"), "colour"),
    (("--fields", "A plan"), "FIELD=VALUE"),
    ((), "--fields"),
])
def test_what_is_missing_or_no_field_is_said_with_the_cure(folder: Path, words: tuple[str, ...], said: str) -> None:
    answer = command(folder, "import", page(folder), *ON_WEBSITES, *words, status=2)
    assert any(said in i["message"] for i in answer["issues"])
    assert not list((folder / "outputs" / "test" / "searches").glob("*"))
