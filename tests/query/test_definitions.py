"""The saved definitions as a library: made, listed, shown, tried on a file, compared (the commands' own functions)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from review import definitions
from review.cli import main
from review.ledger import events
from review.ledger.paths import Workspace
from review.ledger.transaction import transaction
from review.model import Record, ReviewError
from review.query import compile, load
from review.query.index import Index
from review.query.readers import read
from tests.query.test_offline import RECORDS, TEXT


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to work in, with a library of records."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "library.jsonl").write_text("".join(json.dumps(r.as_dict()) + "\n" for r in RECORDS), encoding="utf-8")
    yield tmp_path


def saved(folder: Path, text: str = TEXT, id: str = "kids", **blocks: str) -> Path:
    """A definition in the workspace."""
    (folder / "queries" / "blocks").mkdir(parents=True, exist_ok=True)
    for name, block in blocks.items():
        (folder / "queries" / "blocks" / f"{name}.toml").write_text(block, encoding="utf-8")
    path = folder / "queries" / f"{id}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def told(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    """What a command prints."""
    capsys.readouterr()
    assert main([*words]) == status
    out = capsys.readouterr()
    return out.out + out.err


# try

def test_a_string_is_tried_on_a_file(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "try", "(migrant*[tiab] OR elderly[tiab]) AND China[tiab]", "--on", "library.jsonl")
    assert "3  of 6 records are found" in text and "Migrants in China (1990)" in text
    assert [line.split() for line in text.splitlines()[:4]] == [
        ["4", "migrant*", "OR", "elderly"], ["3", "migrant*"], ["1", "elderly"], ["4", "China"]]


def test_a_definition_by_name_by_file_and_as_the_only_one(workspace: Path) -> None:
    path = saved(workspace)
    by_name = definitions.try_query("kids", Path("library.jsonl"))
    assert by_name["n"] == 3 and by_name["review"] == "kids" and by_name["of"] == 6
    assert [(r["line"], r["n"]) for r in by_name["lines"]] == [("population", 6), ("place", 5), ("other", 1)]
    for query in (str(path), ""):
        other = definitions.try_query(query, Path("library.jsonl"))
        assert other["records"] == by_name["records"] and other["sentinels"] == by_name["sentinels"]


def test_which_known_reports_a_definition_finds_and_what_loses_the_others(
        workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(workspace)
    text = told(capsys, "try", "kids", "--on", "library.jsonl")
    assert "Known relevant reports: 1 of 5 found" in text
    assert "LOST: 2; lost by place  Left-behind children in Romania" in text
    assert "LOST: 10.1/ABC; lost by limits.years  Migrants in China" in text and "not in the file: 9" in text


def test_a_strategy_in_a_file_and_in_the_syntax_of_ovid(workspace: Path) -> None:
    Path("s.txt").write_text("migrant$.ti.\nChina.ti.\n1 and 2\n", encoding="utf-8")
    found = definitions.try_query("s.txt", Path("library.jsonl"), database="ovid-medline")
    assert [r["n"] for r in found["lines"]] == [3, 4, 2] and found["n"] == 2


def test_a_name_mistyped_is_searched_but_said(workspace: Path) -> None:
    saved(workspace, id="left-behind-children")
    found = definitions.try_query("left-behind-childrem", Path("library.jsonl"))
    assert [i["code"] for i in found["issues"]] == ["searched-as-words"]
    assert "left-behind-children" in found["issues"][0]["message"]


def test_what_was_put_right_in_a_string_is_said(workspace: Path) -> None:
    found = definitions.try_query("“left behind” or China", Path("library.jsonl"))
    assert {i["code"] for i in found["issues"]} == {"curly-quotes", "lower-case-operator"}


RIS = "TY  - JOUR\nTI  - 农村留守儿童心理健康\nPY  - 2015\nER  - \n\nTY  - JOUR\nTI  - Migrants\nER  - \n"
XML = """<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">7</PMID><Article><Journal>
<Title>J</Title></Journal><ArticleTitle>Migrants</ArticleTitle></Article><MeshHeadingList><MeshHeading><DescriptorName
 MajorTopicYN="N">Child</DescriptorName></MeshHeading></MeshHeadingList></MedlineCitation></PubmedArticle></PubmedArticleSet>"""


@pytest.mark.parametrize(("name", "data", "query", "n"), [
    ("x.ris", RIS.encode(), "留守儿童[tiab]", 1), ("x.ris", RIS.encode("utf-8-sig"), "migrant*[ti]", 1),
    ("x.xml", XML.encode(), "Child[mh:noexp]", 1), ("x.xml.gz", gzip.compress(XML.encode()), "Child[mh] NOT a[ti]", 1),
])
def test_any_file_of_records(workspace: Path, name: str, data: bytes, query: str, n: int) -> None:
    Path(name).write_bytes(data)
    assert definitions.try_query(query, Path(name))["n"] == n


@pytest.mark.parametrize(("query", "file", "code"), [
    ("(a[tiab]", "library.jsonl", "query-syntax"), ("a", "empty.ris", "no-records"), ("", "library.jsonl", "no-workspace"),
    ("exp Child/", "library.jsonl", "which-syntax"), ("(" * 5000 + "a", "library.jsonl", "query-syntax"),
    ("a\0b" * 40_000 + ")", "library.jsonl", "query-syntax"),
    ("a OR " * 1_000_000, "library.jsonl", "query-too-long"), ("TS=(a)", "library.jsonl", "query-syntax"),
])
def test_bad_queries_and_files_are_answered(workspace: Path, query: str, file: str, code: str) -> None:
    Path("empty.ris").write_bytes(b"")
    with pytest.raises(ReviewError) as caught:
        definitions.try_query(query, Path(file))
    assert caught.value.code == code


def test_several_definitions_and_none_named(workspace: Path) -> None:
    saved(workspace)
    saved(workspace, id="other")
    with pytest.raises(ReviewError, match="kids, other"):
        definitions.try_query("", Path("library.jsonl"))


def test_json_holds_every_record_found(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(workspace)
    data = json.loads(told(capsys, "try", "kids", "--on", "library.jsonl", "--json"))
    assert [r["title"] for r in data["records"]] == ["Left-behind children in China", "Migrants in China", "留守 migrant 中国"]
    assert {s["key"]: s["status"] for s in data["sentinels"]}["9"] == "not in the file"
    assert set(data["seconds"]) == {"read", "index", "query"}


# new, queries

def test_a_definition_out_of_a_string_says_what_was_put_right(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("s.txt").write_text("(“left behind”[tiab] or LBC[tiab]) AND China[mh]", encoding="utf-8")
    text = told(capsys, "new", "kids", "--from-string", "s.txt")
    assert "curly quotes" in text and "'or' was read as OR" in text
    made = load(workspace / "queries" / "kids.toml")
    assert compile(made, "pubmed").strings[0].string == '("left behind"[tiab] OR "LBC"[tiab]) AND "China"[mh]'


def test_a_malformed_string_gets_file_place_and_repair_and_leaves_nothing(
        workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("s.txt").write_text("China[tiab]\nAND (a[tiab] OR b[tiab]", encoding="utf-8")
    data = json.loads(told(capsys, "new", "kids", "--from-string", "s.txt", "--json", status=2))
    issue = data["issues"][0]
    assert (issue["file"], issue["line"], issue["cell"]) == ("s.txt", 2, "2:5")
    assert "never closed" in issue["message"] and not (workspace / "queries").exists()


def test_a_search_file_of_search_query_becomes_a_definition(workspace: Path) -> None:
    Path("s.json").write_text(json.dumps({"search_string": "a[tiab] AND b[mh]", "platform": "pubmed"}), encoding="utf-8")
    path, notes = definitions.create("kids", string_file="s.json")
    assert load(path).combine == "a AND b" and notes == ()


@pytest.mark.parametrize("id", ["", ".", "..", "a/b", "../a", "a\\b", "-a", "a b", "a\nb", "x" * 101, "a\0b"])
def test_ids_that_would_leave_the_workspace(workspace: Path, id: str) -> None:
    with pytest.raises(ReviewError, match="can't be the id"):
        definitions.create(id)


@pytest.mark.parametrize("id", ["kids", "KIDS"])
@pytest.mark.parametrize("source", [None, "kids"])
def test_a_definition_is_never_overwritten(workspace: Path, id: str, source: str | None) -> None:
    before = saved(workspace).read_bytes()
    with pytest.raises(ReviewError, match="exists already"):
        definitions.create(id, source=source)
    assert saved(workspace).read_bytes() == before


def test_a_broken_definition_is_not_copied(workspace: Path) -> None:
    saved(workspace, TEXT.replace("[screening]", "[screning]"))
    with pytest.raises(ReviewError, match="screning"):
        definitions.create("copy", source="kids")


def test_the_list_tells_lineage_blocks_and_who_uses_them(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(workspace, TEXT.replace('terms = ["China"]', 'block = "china"'), china='title = "China"\nterms = ["China"]\n',
          spare='terms = ["x"]\n')
    told(capsys, "new", "second", "--from", "kids")
    rows, blocks, issues = definitions.listing(Workspace(workspace))
    assert [(r["review"], r["from"], r["blocks"], r["last run"]) for r in rows] == [
        ("kids", "", ["china"], ""), ("second", "kids", ["china"], "")]
    assert {b["block"]: b["used by"] for b in blocks} == {"china": ["kids", "second"], "spare": []} and issues == []
    text = told(capsys, "queries")
    assert "second  (copied from kids)" in text and "spare: no title, 1 term; not used" in text


def test_a_broken_definition_or_block_does_not_hide_the_others(workspace: Path) -> None:
    saved(workspace, "title = ", "broken")
    saved(workspace, bad="terms = [\n")
    rows, blocks, issues = definitions.listing(Workspace(workspace))
    assert [r["review"] for r in rows] == ["kids"] and blocks == []
    assert sorted(Path(i.file).stem for i in issues) == ["bad", "broken"]


def test_blocks_hold_no_blocks(workspace: Path) -> None:
    """So none can take itself, over however many others."""
    path = saved(workspace, TEXT.replace('terms = ["China"]', 'block = "a"'), a='block = "b"\n', b='block = "a"\n')
    with pytest.raises(ReviewError, match="unknown key 'block' in a block"):
        load(path)


# query

def test_each_string_as_a_file_to_paste(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = ", ".join(f'"a term with the number {n}"' for n in range(10, 30))
    saved(workspace, TEXT.replace('"left-behind children"', long).replace('["pubmed"]', '["pubmed", "google-scholar"]')
          .replace(" NOT other", ""))
    told(capsys, "query", "kids", "--split", "--out", "strings")
    definition = load(workspace / "queries" / "kids.toml")
    written = {p.name: p.read_text(encoding="utf-8") for p in (workspace / "strings").iterdir()}
    assert written.pop("pubmed.txt") == compile(definition, "pubmed").strings[0].string + "\n"
    parts = compile(definition, "google-scholar", split=True).strings
    assert len(parts) > 1
    assert written == {f"google-scholar-{n}.txt": s.string + "\n" for n, s in enumerate(parts, 1)}


def test_a_database_without_terms_does_not_hide_the_others(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(workspace, TEXT.replace('["pubmed"]', '["cnki", "pubmed"]'))
    text = told(capsys, "query", "kids")
    assert "== CNKI: no string" in text and "Add zh" in text and "== PubMed (" in text
    assert "has no terms for CNKI" in told(capsys, "query", "kids", "--database", "cnki", status=2)


def test_strings_stand_unbroken_at_the_margin_and_remarks_with_places(
        workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(workspace, TEXT.replace(" NOT other", ""))
    text = told(capsys, "query", "kids", "--lines").splitlines()
    assert compile(load(workspace / "queries" / "kids.toml"), "pubmed").strings[0].string in text
    assert '    1  "left-behind children"[tiab] OR migrant*[tiab]' in text
    assert "      queries/kids.toml:13  limits.years" in text


# diff

def test_two_definitions_in_words_and_records(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved(workspace)
    saved(workspace, TEXT.replace(" NOT other", "").replace('"migrant*"', '"children"'), "second")
    text = told(capsys, "diff", "kids", "second", "--on", "library.jsonl")
    assert "- population: children was added" in text
    assert "Of 6 records, kids finds 3 and second 2: 1 gained, 2 lost." in text
    assert "Left behind children, China: the elderly (2010)" in text.split("gained:")[1].split("lost:")[0]


def test_a_copy_is_compared_with_what_it_was_copied_from(workspace: Path) -> None:
    saved(workspace)
    path, _ = definitions.create("second", source="kids")
    path.write_text(path.read_text(encoding="utf-8").replace('["China"]', '["China", "Chinese"]'), encoding="utf-8")
    found = definitions.compare("second")
    assert (found["old"], found["changes"]) == ("kids", ["place: Chinese was added"])


def test_versions_that_were_used(workspace: Path) -> None:
    """As the ledger keeps them: by the beginning of their hash, by a date, or the last against the file as it stands."""
    path = saved(workspace)
    folder = Workspace(workspace).folder("kids")
    used = []
    for day, terms in (("01", '["China"]'), ("10", '["China", "Chinese"]')):
        path.write_text(TEXT.replace('["China"]', terms), encoding="utf-8")
        definition = load(path)
        with transaction(folder, "test", lambda day=day: f"2026-11-{day}T12:00:00Z") as tx:
            tx.keep(folder.definitions / f"{definition.sha}.toml", definition.resolved.encode())
            tx.event(events.DEFINITION, definition.sha)
        used.append(definition.sha)
    path.write_text(TEXT.replace('["China"]', '["China", "PRC"]'), encoding="utf-8")
    now = definitions.compare("kids")
    assert now["changes"] == ["place: PRC was added", "place: Chinese was taken out"]
    assert [v["version"] for v in now["versions"]] == [f"kids@{sha[:8]}" for sha in used]
    added = ["place: Chinese was added"]
    assert definitions.compare(f"kids@{used[0][:8]}", f"kids@{used[1][:6]}")["changes"] == added
    assert definitions.compare("kids@2026-11-05", "kids@2026-11-30")["changes"] == added
    assert definitions.compare("kids@2026-11-05")["changes"] == ["place: PRC was added"]
    for wrong in ("kids@2026-10-01", "kids@", "kids@zz"):
        with pytest.raises(ReviewError, match="Used versions: kids@"):
            definitions.compare(wrong)


def test_nothing_to_compare_with(workspace: Path) -> None:
    saved(workspace)
    with pytest.raises(ReviewError, match="review diff OLD kids"):
        definitions.compare("kids")


def test_an_index_of_nothing_finds_nothing() -> None:
    tree = read('(a OR "b c"[tiab:~2] OR 2000[dp]) NOT d[mh]', "pubmed").tree
    assert Index([]).search(tree) == [] and Index([Record()]).count(tree) == 0
