"""Deduplicating files without a review."""

import csv
from pathlib import Path

import pytest

from review import formats
from review.dedup.file import dedupe_file
from review.model import Entry, ReviewError
from tests.reviewer import command

RIS = """TY  - JOUR
TI  - Parental migration and the psychological well-being of children in rural Anhui
AU  - Zhou, Yuming
AU  - Li, Mei
PY  - 2017
JO  - Children and Youth Services Review
VL  - 79
SP  - 233
EP  - 240
ER  - 

TY  - JOUR
TI  - Parental Migration and the Psychological Well-Being of Children in Rural Anhui.
AU  - Zhou Y
AU  - Li M
PY  - 2017
JO  - Child Youth Serv Rev
VL  - 79
SP  - 233
DO  - 10.1016/j.childyouth.2017.06.001
ER  - 

TY  - JOUR
TI  - Erratum: Parental migration and the psychological well-being of children in rural Anhui
AU  - Zhou, Yuming
PY  - 2018
JO  - Children and Youth Services Review
VL  - 85
SP  - 12
ER  - 
"""
TABLE = """ID,title,author,year,journal,volume,number,pages
x1,Parental migration and the well-being of children in rural Anhui,"Zhou, Y. and Li, M.",2017,Child Abuse Rev,79,,233-240
x2,Parental migration and the well-being of children in rural Anhui,"Zhou, Y. and Li, M.",2017,Child Abuse Review,79,,233-40
x3,Another matter entirely: rural schools and their teachers,"Moyo, C.",2015,Oxford Rev Educ,41,2,101-120
"""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_ris_file(tmp_path: Path) -> None:
    (tmp_path / "in.ris").write_text(RIS, encoding="utf-8")
    summary = dedupe_file([tmp_path / "in.ris"], tmp_path / "out")
    assert (summary.records, summary.reports, summary.related) == (3, 2, 1)
    clusters = {r["record_id"]: r for r in rows(tmp_path / "out/clusters.csv")}
    assert clusters["in.ris:1"]["cluster_id"] == clusters["in.ris:2"]["cluster_id"] != clusters["in.ris:3"]["cluster_id"]
    assert sorted(r["keep"] for r in clusters.values()) == ["0", "1", "1"]
    merge = rows(tmp_path / "out/merges.csv")[0]
    assert (merge["id_a"], merge["id_b"]) == ("in.ris:1", "in.ris:2")
    assert merge["rule"] and "title" in merge["for"]
    related = rows(tmp_path / "out/related.csv")[0]
    assert (related["id_a"], related["type"]) == ("in.ris:3", "erratum-of")
    with (tmp_path / "out/unique.ris").open("rb") as stream:
        unique = [e.record for e in formats.read(stream, name="unique.ris") if isinstance(e, Entry)]
    assert len(unique) == 2
    whole = next(r for r in unique if r.volume == "79")
    assert whole.ids["doi"] == "10.1016/j.childyouth.2017.06.001"
    assert whole.pages.replace("–", "-") == "233-240"


def test_the_shape_of_the_tables(tmp_path: Path) -> None:
    (tmp_path / "in.ris").write_text(RIS, encoding="utf-8")
    dedupe_file([tmp_path / "in.ris"], tmp_path / "out")
    heads = {p.name: p.read_bytes().split(b"\n")[0].decode() for p in (tmp_path / "out").glob("*.csv")}
    assert heads == {"clusters.csv": "record_id,cluster_id,keep", "merges.csv": "cluster_id,id_a,id_b,rule,score,for,against",
                     "possible.csv": "id_a,id_b,score,for,against", "related.csv": "id_a,id_b,type,evidence"}
    assert all(b"\r" not in p.read_bytes() for p in (tmp_path / "out").glob("*.csv"))
    assert not list((tmp_path / "out").glob("*.part"))


def test_a_table_with_an_id_column(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(TABLE, encoding="utf-8")
    dedupe_file([tmp_path / "in.csv"], tmp_path / "out")
    clusters = {r["record_id"]: r["cluster_id"] for r in rows(tmp_path / "out/clusters.csv")}
    assert clusters["x1"] == clusters["x2"] != clusters["x3"]
    assert (tmp_path / "out/unique.csv").exists()


def test_the_book_or_meeting_tells_a_paper_from_an_article(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "ID,ENTRYTYPE,title,author,year,journal,booktitle\n"
        'a,inproceedings,Gamified onboarding in crowdsourcing: a field experiment,"Reid, J.",2015,,AMCIS 2015 Proceedings\n'
        'b,article,Gamified onboarding in crowdsourcing: a field experiment,"Reid, J.",2015,MIS Quarterly,\n'
        'c,inproceedings,Gamified onboarding in crowdsourcing: a field experiment,"Reid, J.",2015,,'
        '"Americas Conference on Information Systems, AMCIS 2015"\n', encoding="utf-8")
    dedupe_file([tmp_path / "in.csv"], tmp_path / "out")
    clusters = {r["record_id"]: r["cluster_id"] for r in rows(tmp_path / "out/clusters.csv")}
    assert clusters["a"] == clusters["c"] != clusters["b"]


def test_two_files_of_two_formats(tmp_path: Path) -> None:
    (tmp_path / "in.ris").write_text(RIS, encoding="utf-8")
    (tmp_path / "in.csv").write_text(TABLE, encoding="utf-8")
    summary = dedupe_file([tmp_path / "in.ris", tmp_path / "in.csv"], tmp_path / "out")
    assert summary.records == 6
    assert (tmp_path / "out/unique.ris").exists()


def test_the_same_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "in.ris").write_text(RIS, encoding="utf-8")
    for out in ("one", "two"):
        dedupe_file([tmp_path / "in.ris"], tmp_path / out)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_files_of_one_name_in_two_folders(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "in.ris").write_text(RIS, encoding="utf-8")
    dedupe_file([tmp_path / "a/in.ris", tmp_path / "b/in.ris"], tmp_path / "out")
    assert len({r["record_id"] for r in rows(tmp_path / "out/clusters.csv")}) == 6


def test_an_id_that_stands_twice_is_told(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(TABLE.replace("x2,", "x1,"), encoding="utf-8")
    summary = dedupe_file([tmp_path / "in.csv"], tmp_path / "out")
    assert "id-twice" in [i.code for i in summary.issues]
    assert summary.records == 3


@pytest.mark.parametrize(("name", "content", "code"), [("missing.ris", None, "no-such-file"), ("empty.ris", b"", "no-records"),
                                                       ("picture.ris", b"\x89PNG\r\n\x1a\n\x00\x00", "no-records")])
def test_files_that_cannot_be_used(tmp_path: Path, name: str, content: bytes | None, code: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ReviewError) as caught:
        dedupe_file([tmp_path / name], tmp_path / "out")
    assert caught.value.code == code
    assert name in caught.value.message
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_given_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "in.ris").write_text(RIS, encoding="utf-8")
    summary = dedupe_file([tmp_path / "in.ris", tmp_path / "." / "in.ris"], tmp_path / "out")
    assert summary.records == 3
    assert [i.code for i in summary.issues] == ["file-twice"]
    assert {r["record_id"] for r in rows(tmp_path / "out/clusters.csv")} == {"in.ris:1", "in.ris:2", "in.ris:3"}


def test_no_record_is_lost_where_an_id_is_anothers_name(tmp_path: Path) -> None:
    """The ID column may hold anything, even the name that a second "x1" would get."""
    lines = TABLE.replace("x2,", "in.csv:3,").replace("x3,", "x1,").splitlines()
    lines.insert(2, "in.csv:3,A third thing about rivers and lakes of the north,,,,,,")
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    dedupe_file([tmp_path / "in.csv"], tmp_path / "out")
    names = [r["record_id"] for r in rows(tmp_path / "out/clusters.csv")]
    assert len(names) == len(set(names)) == 4


@pytest.mark.parametrize(("name", "content"), [("in.ris", RIS), ("in.csv", TABLE)])
def test_all_that_is_written_is_utf_8_with_plain_line_ends(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    for path in dedupe_file([tmp_path / name], tmp_path / "out").outputs:
        written = path.read_bytes()
        assert b"\r" not in written
        assert not written.startswith(b"\xef\xbb\xbf")
        assert written.decode("utf-8")


def test_the_unique_table_tells_the_id_of_the_record_that_leads(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(TABLE, encoding="utf-8")
    dedupe_file([tmp_path / "in.csv"], tmp_path / "out")
    kept = {r["record_id"] for r in rows(tmp_path / "out/clusters.csv") if r["keep"] == "1"}
    assert {r["native_id"] for r in rows(tmp_path / "out/unique.csv")} == kept


def test_what_could_not_be_read_is_an_error_and_the_rest_is_done(tmp_path: Path) -> None:
    """Exit status 1: a person must see that a file is missing from the result."""
    (tmp_path / "a.ris").write_text(RIS, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("Dear team, please find the search below.\n", encoding="utf-8")
    told = command(tmp_path, "dedupe-file", "notes.txt", "a.ris", "--out", "out", status=1)
    assert told["records"] == 3 and [(i["file"], i["severity"]) for i in told["issues"]] == [("notes.txt", "error")]
    assert command(tmp_path, "dedupe-file", "a.ris", "--out", "out")["issues"] == []


def test_records_that_a_reader_missed_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The independent count of the file stands against what was read."""
    (tmp_path / "a.ris").write_text(RIS, encoding="utf-8")
    monkeypatch.setattr(formats, "count", lambda *_, **__: 5)
    summary = dedupe_file([tmp_path / "a.ris"], tmp_path / "out")
    assert not summary.complete and "holds 5 records, and 3 were read" in summary.issues[0].message


def test_an_earlier_runs_unique_records_do_not_stay_beside_the_new_ones(tmp_path: Path) -> None:
    (tmp_path / "a.ris").write_text(RIS, encoding="utf-8")
    (tmp_path / "b.csv").write_text("Title,Year\nA cohort of children in the hills of Guizhou,2001\n", encoding="utf-8")
    dedupe_file([tmp_path / "a.ris"], tmp_path / "out")
    dedupe_file([tmp_path / "b.csv"], tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").glob("unique.*")] == ["unique.csv"]


def test_no_file_but_an_earlier_runs_is_removed_and_no_input_replaced(tmp_path: Path) -> None:
    """A person's own file keeps its place; what goes in is never overwritten by what comes out."""
    (tmp_path / "a.ris").write_text(RIS, encoding="utf-8")
    dedupe_file([tmp_path / "a.ris"], tmp_path / "out")
    (tmp_path / "out" / "unique.notes").write_text("mine", encoding="utf-8")
    before = (tmp_path / "out" / "unique.ris").read_bytes()
    with pytest.raises(ReviewError, match="another folder"):
        dedupe_file([tmp_path / "out" / "unique.ris"], tmp_path / "out")
    assert (tmp_path / "out" / "unique.ris").read_bytes() == before
    dedupe_file([tmp_path / "a.ris"], tmp_path / "out")
    assert (tmp_path / "out" / "unique.notes").read_text(encoding="utf-8") == "mine"
