"""What users can do wrong, and what they are told: a clear message, the right exit status, nothing lost."""

from __future__ import annotations

import csv
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import filelock
import openpyxl
import pytest

import review
from review.model import ReviewError
from review.sources.files import ImportRequest
from tests.reviewer import DEFINITION, books, boxes, command, fill, fill_csv, item, nbib, ris, workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return workspace(tmp_path)


def screened(folder: Path, count: int = 6) -> None:
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(count)])), "--database", "scopus")
    command(folder, "dedupe")
    command(folder, "sheets")


DEFINITIONS = {
    "malformed TOML": (lambda t: t.replace("terms = [", "terms = "), "line"),
    "an unknown key": (lambda t: t.replace("question", "quesiton"), "question"),
    "a concept without terms": (lambda t: t.replace('terms = ["children"]', "terms = []"), "topic"),
    "a database without a target": (lambda t: t.replace('"pubmed"', '"pubmedd"'), "pubmedd"),
    "a concept that is not defined": (lambda t: t.replace('combine = "topic"', 'combine = "topic AND place"'), "place"),
    "a reviewer twice": (lambda t: t.replace('["AB", "CD"]', '["AB", "AB"]'), "reviewers"),
}


@pytest.mark.parametrize("what", DEFINITIONS)
def test_definitions(tmp_path: Path, what: str) -> None:
    """The file, the line, what is wrong and the cure."""
    change, word = DEFINITIONS[what]
    folder = workspace(tmp_path, definition=change(DEFINITION))
    told = command(folder, "query", status=2)
    assert word in told["error"] and "test.toml" in told["error"], told["error"]
    assert all(i["file"].endswith("test.toml") for i in told["issues"])
    if what != "a concept that is not defined":
        assert any(i["line"] for i in told["issues"]), told


FILES: dict[str, tuple[str, bytes]] = {
    "empty": ("empty.ris", b""),
    "binary": ("program.ris", bytes(range(256)) * 40),
    "a picture": ("picture.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 500),
    "plain prose": ("notes.txt", b"Dear team, please find the search below.\nBest wishes\n"),
    "a broken archive": ("records.zip", b"PK\x03\x04" + b"\0" * 60),
}


@pytest.mark.parametrize("what", FILES)
def test_files_that_are_no_exports(folder: Path, what: str) -> None:
    """Refused with the name; nothing is logged."""
    name, data = FILES[what]
    (folder / name).write_bytes(data)
    told = command(folder, "import", name, "--database", "scopus", status=2)
    assert name in told["error"], told
    assert not (folder / "outputs" / "test" / "log").exists()
    assert command(folder, "counts")["boxes"]["database_results"]["n"] == 0


def test_a_record_that_can_not_be_read_keeps_the_search_open(folder: Path) -> None:
    """N in the file, M read: the search waits for a person, and does not count until it is accepted."""
    path = ris(folder / "a.ris", [item(i) for i in range(3)])
    path.write_bytes(path.read_bytes() + b"TY  - \xff\xfe\r\n")
    told = command(folder, "import", "a.ris", "--database", "scopus", status=None)
    if told["in_file"] != told["read"]:
        assert told["status_code"] == 1 and told["state"] == "open"
        assert command(folder, "counts")["final"] is False
        command(folder, "accept", told["search"], "--reason", "the last line is a stray tag")
    command(folder, "dedupe")
    assert command(folder, "check")["ok"]


def test_no_such_thing(folder: Path) -> None:
    """Unknown reviews, searches, boxes, keys, files, folders: each named, with what there is."""
    assert "test" in command(folder, "counts", "nothing", status=2)["error"]
    assert "none yet" in command(folder, "withdraw", "x", "--reason", "y", status=2)["error"]
    assert "database_results" in command(folder, "counts", "--list", "box7", status=2)["error"]
    assert "R000001-" in command(folder, "trace", "12", status=2)["error"]
    assert "gone.ris" in command(folder, "import", "gone.ris", "--database", "x", status=2)["error"]
    assert "2026-11-21" in command(folder, "import", "gone.ris", "--database", "x", "--date", "21.11.26", status=2)["error"]
    assert "ris" in command(folder, "export", "--format", "word", status=2)["error"]
    assert command(folder, "sheets", "--conflicts")["sheets"] == []
    lost = folder.parent / "lost"
    lost.mkdir()
    assert "review new" in command(lost, "counts", status=2)["error"]
    assert command(folder, "new", "../outside", status=2)["issues"][0]["code"] == "bad-id"
    assert not (folder.parent / "outside.toml").exists()


def test_wrong_use_with_json_is_json(folder: Path) -> None:
    assert command(folder, "import", status=2)["issues"][0]["code"] == "usage"
    assert command(folder, "collect", "--nonsense", status=2)["issues"]


def test_workbooks_that_are_not_ours(folder: Path, tmp_path: Path) -> None:
    """Somebody's tally, another review's sheet: refused, nothing read from them."""
    screened(folder)
    book = openpyxl.Workbook()
    book.active.append(["Title", "My decision"])
    book.active.append([item(0)["TI"], "include"])
    book.save(folder / "tally.xlsx")
    assert command(folder, "collect", "tally.xlsx", status=1)["new"] == 0
    other = workspace(tmp_path / "other", name="other-review")
    command(other, "import", str(ris(other / "a.ris", [item(0)])), "--database", "scopus")
    command(other, "dedupe")
    command(other, "sheets")
    sheet = fill(books(other, "AB", name="other-review")[0], lambda n, _: {"Decision": "include"})
    told = command(folder, "collect", str(sheet), status=1)
    assert (told["new"], told["issues"][0]["code"]) == (0, "other-review")
    (folder / "letter.docx").write_bytes(b"PK\x03\x04 not a workbook")
    assert command(folder, "collect", "letter.docx", status=1)["issues"][0]["code"] == "not-a-sheet"
    assert "missing.xlsx" in command(folder, "collect", "missing.xlsx", status=2)["error"]


def test_a_locked_review_is_told(folder: Path) -> None:
    """Two at once: the second waits a moment, then says so; reading goes on."""
    screened(folder)
    with filelock.FileLock(folder / "outputs" / "test" / ".lock"):
        told = command(folder, "collect", status=2)
        assert told["issues"][0]["code"] == "locked" and "Nothing was changed" in told["error"]
        assert command(folder, "counts")["boxes"]["records_screened"]["n"] == 6
    assert command(folder, "collect")["new"] == 0


def _small_files(limit: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


@pytest.mark.parametrize(("words", "limit"), [(("dedupe",), 2000), (("sheets",), 6000), (("run",), 3000),
                                              (("import", "b.ris", "--database", "eric"), 1000)])
def test_a_disk_that_fills_up(folder: Path, words: tuple[str, ...], limit: int) -> None:
    """A write that fails half-way: a message, exit status 2, and the next run goes on as if nothing was."""
    command(folder, "import", str(nbib(folder / "a.nbib", range(40))), "--database", "pubmed")
    ris(folder / "b.ris", [item(i) for i in range(100, 140)])
    if words != ("dedupe",):
        command(folder, "dedupe")
    before = (folder / "outputs" / "test" / "log" / "events.csv").read_bytes()
    done = subprocess.run([sys.executable, "-m", "review", *words, "--json"], cwd=folder, capture_output=True,
                          text=True, preexec_fn=_small_files(limit))
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr
    log = (folder / "outputs" / "test" / "log" / "events.csv").read_bytes()
    assert log == before
    command(folder, *words)
    assert command(folder, "check")["ok"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder(folder: Path) -> None:
    screened(folder)
    outputs = folder / "outputs" / "test"
    for path in (outputs, outputs / "log"):
        path.chmod(0o555)
    try:
        assert "permission" in command(folder, "sheets", status=2)["error"]
        assert command(folder, "counts")["boxes"]["records_screened"]["n"] == 6
    finally:
        for path in (outputs, outputs / "log"):
            path.chmod(0o755)


def test_a_search_folder_that_is_gone_or_changed(folder: Path) -> None:
    """No number is given on what was changed."""
    screened(folder)
    search = next((folder / "outputs" / "test" / "searches").iterdir())
    index = search / "index.csv"
    data = index.read_bytes()
    index.write_bytes(data.replace(b"1,,", b"1,x,", 1))
    assert command(folder, "counts", status=1)["issues"][0]["code"] == "search-damaged"
    index.write_bytes(data)
    (search / "a.ris").write_bytes(b"")
    assert command(folder, "check", status=1)["issues"][0]["code"] == "file-changed"
    shutil.rmtree(search)
    assert command(folder, "counts", status=1)["issues"][0]["code"] == "search-missing"


def test_formulas_in_cells_are_text(folder: Path) -> None:
    """Titles, notes and reasons that begin like formulas stay text in the workbook, the logs and the exports."""
    evil = '=HYPERLINK("http://evil.example/","x")'
    command(folder, "import", str(ris(folder / "a.ris", [item(0, N1="x") | {"TI": evil}, item(1)])), "--database", "scopus")
    command(folder, "dedupe")
    command(folder, "sheets")
    book = openpyxl.load_workbook(books(folder, "AB")[0])
    values = [c for row in book["Screening"].iter_rows() for c in row if c.value and "evil" in str(c.value)]
    assert values and all(c.data_type in ("s", "inlineStr") for c in values if c.hyperlink is None)
    for who in ("AB", "CD"):
        fill(books(folder, who)[0], lambda n, _: {"Decision": "exclude", "Note": "'" + evil})
    command(folder, "collect", status=None)
    for line in (folder / "outputs" / "test" / "log" / "decisions.csv").read_text().splitlines():
        assert ",=" not in line and ',"=' not in line
    command(folder, "export", "--format", "csv")
    text = next((folder / "outputs" / "test" / "exports").glob("*.csv")).read_text(encoding="utf-8-sig")
    assert not any(cell.lstrip('"').startswith("=") for line in text.splitlines() for cell in line.split(","))


def test_a_search_for_which_nothing_came_is_not_accepted(folder: Path) -> None:
    """A service that never answered is not a search with 0 hits."""
    dead = {"REVIEW_EUTILS_URL": "http://127.0.0.1:9", "NCBI_EMAIL": "someone@example.org", "REVIEW_HTTP_TIMEOUT": "1"}
    told = command(folder, "search", "--database", "pubmed", status=3, env=dead)
    search = told["searches"][0]["id"]
    assert "withdraw" in command(folder, "accept", search, "--reason", "no network", status=1)["error"]
    assert command(folder, "counts")["final"] is False


def test_what_is_said_of_files_that_are_imported_already_is_not_taken_in_silence(folder: Path) -> None:
    path = str(ris(folder / "a.ris", [item(i) for i in range(3)]))
    search = command(folder, "import", path, "--database", "scopus")["search"]
    (folder / "string.txt").write_text("TITLE-ABS-KEY(children)")
    later = ("import", path, "--database", "scopus", "--date", "2026-01-05", "--string", "string.txt", "--hits", "3")
    told = command(folder, *later)
    assert told["already"] and [i["code"] for i in told["issues"]] == ["not-taken"]
    assert "date and string and hits" in told["issues"][0]["message"] and search in told["issues"][0]["message"]
    command(folder, "withdraw", search, "--reason", "to import it with its string")
    again = command(folder, *later)
    assert (again["already"], again["read"], again["search"] == search) == (False, 3, False)
    assert boxes(folder)["database_results"] == 3


def test_imports_that_make_no_sense(folder: Path) -> None:
    """No name; a day that is none, also for the Python API; hits of which none came; records without a title."""
    path = ris(folder / "a.ris", [item(0)])
    assert "name" in command(folder, "import", str(path), "--database", " ", status=2)["error"]
    with pytest.raises(ReviewError, match="2026-11-21"):
        review.open("test", root=folder).import_files(ImportRequest((path,), "scopus", date="yesterday"))
    (folder / "none.csv").write_text("Title,Authors,Year,Journal\n")
    assert "40 hits" in command(folder, "import", "none.csv", "--database", "eric", "--hits", "40", status=1)["error"]
    assert command(folder, "import", "none.csv", "--database", "eric", "--hits", "0")["read"] == 0
    bare = ris(folder / "bare.ris", [item(1), {"N1": "a note"}])
    told = command(folder, "import", str(bare), "--database", "scopus")
    assert [(i["code"], "record 2" in i["message"]) for i in told["issues"]] == [("no-title", True)]


def test_who_acts_stands_in_the_log_by_a_code_of_the_definition(folder: Path) -> None:
    screened(folder)
    key = command(folder, "counts", "--list", "records_screened")["ids"][0]
    assert "EF" in command(folder, "remove", key, "--reason", "a test", "--by", "Eve", status=2)["error"]
    command(folder, "remove", key, "--reason", "a test", "--by", "EF")
    command(folder, "remove", key, "--restore", "--reason", "a test, undone")
    rows = list(csv.DictReader((folder / "outputs" / "test" / "log" / "events.csv").open(encoding="utf-8")))
    assert [r["actor"] for r in rows if r["subject"] == key] == ["EF", ""]


def test_a_join_on_a_reviewers_word_is_told_before_and_after(folder: Path) -> None:
    """Two reports become one at once: the dry run names them, the collection too, with how to take it back."""
    screened(folder)
    book = books(folder, "AB")[0]
    keys = command(folder, "counts", "--list", "records_screened")["ids"]
    fill(book, lambda n, values: {"Duplicate of": keys[0]} if values["Key"] == keys[3] else {})
    for dry in (("--dry-run",), ()):
        told = [i for i in command(folder, "collect", *dry)["issues"] if i["code"] == "joined"]
        assert len(told) == 1 and f"review undo {keys[3]}" in told[0]["message"] and keys[0] in told[0]["message"]
        assert (told[0]["severity"], bool(told[0]["cell"])) == ("info", True)
    assert command(folder, "counts")["boxes"]["records_screened"]["n"] == 5
    command(folder, "undo", keys[3], "--reason", "two cohorts")
    assert command(folder, "counts")["boxes"]["records_screened"]["n"] == 6


def test_a_name_that_the_interchange_file_cannot_hold_is_told(folder: Path) -> None:
    """Its reader cuts names at commas (PRISMA2020 package), so they stand changed there, and only there."""
    command(folder, "import", str(ris(folder / "a.ris", [item(0)])), "--database", "Thesis index, national")
    command(folder, "dedupe")
    told = command(folder, "flow")["issues"]
    assert [(i["code"], "“Thesis index, national”" in i["message"]) for i in told] == [("prisma-csv-name", True)]
    assert "Thesis index / national, 1" in (folder / "outputs" / "test" / "prisma" / "PRISMA.csv").read_text(encoding="utf-8")


def test_a_database_with_letters_of_any_alphabet(folder: Path) -> None:
    """Its searches carry the name in their ids, and so do the records."""
    for number, name in enumerate(["Índice Médico", "教育部", "Índice Médico"]):
        command(folder, "import", str(ris(folder / f"{number}.ris", [item(number), item(9)])), "--database", name)
        command(folder, "dedupe")
    assert boxes(folder)["records_screened"] == 4


def test_texts_of_any_length_stay_readable(folder: Path) -> None:
    """Python's csv takes 131,072 characters in a cell; a title or a note that is longer is kept, and read again."""
    long = {**item(0), "TI": "endless " * 20_000}
    command(folder, "import", str(ris(folder / "a.ris", [long, item(1)])), "--database", "scopus")
    command(folder, "dedupe")
    sheet = [s for s in command(folder, "sheets")["sheets"] if s["reviewer"] == "AB"][0]
    table = fill_csv(Path(sheet["file"]), lambda n, _: {"Decision": "include", "Note": "words " * 30_000})
    command(folder, "collect", str(table))
    assert review.open("test", root=folder).decisions()["note"].str.len().max() > 131_072
    assert command(folder, "status")["reviewers"][0]["decided"] == 2
    assert command(folder, "check")["ok"]


def test_who_reads_while_another_writes_sees_a_review_that_is_whole(folder: Path) -> None:
    screened(folder)
    keys = command(folder, "counts", "--list", "records_screened")["ids"]
    writing = "import review, sys; r = review.open('test')\nfor n in range(40):\n    r.link(sys.argv[1], studies=[f'S{n}'])"
    writer = subprocess.Popen([sys.executable, "-c", writing, keys[0]], cwd=folder)
    reads = 0
    while writer.poll() is None:
        try:
            review.open("test", root=folder).state()
        except ReviewError as error:
            assert error.code == "locked", error            # "another command is at work": true, and nothing is wrong
        reads += 1
    assert writer.returncode == 0 and reads > 20


def test_an_encoding_that_leaves_nothing_to_read_is_refused(folder: Path) -> None:
    """A Chinese export, called UTF-8 by mistake: nothing is kept, and without the mistake it is read."""
    text = "SrcDatabase-来源库: 期刊\nTitle-题名: 留守儿童教育问题研究\nAuthor-作者: 王明;李红\nYear-年: 2015\n\n" * 2
    (folder / "a.txt").write_bytes(text.replace("2015", "2016", 1).encode("gb18030"))
    told = command(folder, "import", "a.txt", "--database", "CNKI", "--encoding", "utf-8", status=2)
    assert "Leave --encoding out" in told["error"] and "gb18030" in told["error"]
    command(folder, "import", "a.txt", "--database", "CNKI")
    assert review.open("test", root=folder).records()["title"].tolist() == ["留守儿童教育问题研究"] * 2
