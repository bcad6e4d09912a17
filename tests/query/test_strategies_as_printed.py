"""Strategies as people print them: histories with hit counts, comments, captions, lines that nothing uses."""

from __future__ import annotations

import time

import pytest

from review.model import ReviewError
from review.query import targets
from review.query.readers import read
from review.query.targets.reshape import once
from review.query.tree import TEXT, TIAB, TITLE, And, Heading, Language, Near, Node, Or, Range, Term, flatten

ASTHMA, CHILD = Heading("asthma"), Heading("child")
BOTH = And((ASTHMA, CHILD))


def codes(text: str, database: str = "pubmed") -> list[str]:
    return [note.code for note in read(text, database).notes]


@pytest.mark.parametrize("text", [
    "#1\tasthma[mh]\t12,345\n#2\tchild[mh]\t234,567\n#3\t#1 AND #2\t1,234",
    "1 asthma[mh] 4567\n2 child[mh] 789\n3 1 AND 2 5000",
    "1 asthma[mh] (4,567)\n2 child[mh] (789)\n3 #1 AND #2 (12)",
    "#3 #1 AND #2\n#2 child[mh]\n#1 asthma[mh]",
    "#1 Search asthma[mh]\n#2 Search: child[mh]\n#3 Search #1 AND #2",
    "1 asthma[mh]\n2 child[mh]\n3 #1 AND #2",
    "Search: asthma[mh] AND child[mh]",
])
def test_a_pubmed_history_is_read_as_its_lines(text: str) -> None:
    strategy = read(text, "pubmed")
    assert flatten(strategy.tree) == BOTH
    assert strategy.notes == ()


@pytest.mark.parametrize("text", [
    "asthma[mh] /* who */ AND child[mh] /* age\nand more */", "# who\nasthma[mh]\n# age\nAND child[mh]",
    "// who\nasthma[mh] AND\n  // age\nchild[mh]",
])
def test_a_comment_is_named_and_not_searched(text: str) -> None:
    assert read(text, "pubmed").tree == BOTH
    assert codes(text) == ["comment", "comment"]


def test_a_line_that_the_last_one_does_not_come_to_is_named() -> None:
    text = "#1 asthma[mh]\n#2 child[mh]\n#3 policy[tiab]\n#4 #1 AND #2"
    note = read(text, "pubmed").notes[-1]
    assert (note.code, note.line) == ("line-not-used", 4)
    assert "line 3," in note.message
    assert codes("#1 asthma[mh]\n#2 #1 AND child[mh]\n#3 #2 NOT policy[tiab]") == []


@pytest.mark.parametrize(("text", "expected", "code"), [
    ("‘mental health’[tiab]", Term("mental health", TIAB), "single-quotes"),
    ("'mental health'[tiab]", Term("mental health", TIAB), "single-quotes"),
    ("research[tiab] & policy[tiab]", And((Term("research", TIAB), Term("policy", TIAB))), "operator-sign"),
    ("asthma[mh] | child[mh]", Or((ASTHMA, CHILD)), "operator-sign"),
    ("mental - health[tiab]", Term("mental health", TIAB), "signs-left-out"),
    ('"last 30 days"[crdt]', Range("last 30 days", "", "created"), "relative-date"),
])
def test_what_pubmed_does_not_know_is_read_as_meant_and_named(text: str, expected: Node, code: str) -> None:
    assert read(text, "pubmed").tree == expected
    assert codes(text) == [code]


def test_an_apostrophe_is_no_quotation_mark() -> None:
    assert read("children's health[tiab] OR parents' policy[tiab]", "pubmed").notes == ()


def test_a_range_that_runs_backwards_is_refused_with_its_repair() -> None:
    with pytest.raises(ReviewError, match=r"character 1, .*Write 2010:2020"):
        read("2020:2010[dp]", "pubmed")
    assert read("2020:2020/06[dp]", "pubmed").tree == Range("2020", "2020/06")


@pytest.mark.parametrize(("text", "string"), [
    ("Smith J[1au]", '"Smith J"[1au]'), ("Smith J[Author - Last]", '"Smith J"[lastau]'), ("WHO[cn]", '"WHO"[cn]'),
    ("Smith, John[Full Author Name]", '"Smith, John"[fau]'), ("12[vi]", '"12"[vi]'), ("3[Issue]", '"3"[ip]'),
    ("R01[gr]", '"R01"[gr]'), ("50-78-2[rn]", '"50-78-2"[rn]'), ("10.1000/abc[aid]", '"10.1000/abc"[aid]'),
    ("0028-4793[is]", '"0028-4793"[is]'), ("grant[cois]", '"grant"[cois]'), ("2019:2020[lr]", "2019:2020[lr]"),
    ('"last 2 years"[edat]', '"last 2 years"[edat]'), ("hasabstract[text]", "hasabstract"),
    ("free full text[Filter]", '"free full text"[sb]'),
])
def test_every_tag_comes_back_as_itself(text: str, string: str) -> None:
    pubmed = targets.get("pubmed")
    assert pubmed is not None
    compiled = pubmed.compile(read(text, "pubmed").tree)
    assert compiled.strings[0].string == string
    assert compiled.losses == ()


@pytest.mark.parametrize("database", [name for name in targets.names() if name != "pubmed"])
def test_the_first_author_a_filter_and_a_relative_date_are_lost_by_name_elsewhere(database: str) -> None:
    target = targets.get(database)
    assert target is not None
    tree = read('asthma[ti] AND Smith J[1au] AND medline[sb] AND "last 30 days"[crdt]', "pubmed").tree
    compiled = target.compile(tree)
    lost = {(x.code, x.term) for x in compiled.losses}
    assert {("limit-dropped", "medline"), ("limit-dropped", "created last 30 days")} <= lost
    assert any("first-author" in x.cannot for x in compiled.losses)
    assert "medline" not in compiled.strings[0].string
    assert "last 30" not in compiled.strings[0].string


OVID_ASTHMA, WHEEZE = Heading("Asthma"), Term("wheez*", TEXT)


@pytest.mark.parametrize("text", [
    "1     exp Asthma/ (123456)\n2     wheez$.mp. (234,567)\n3     1 or 2 (300000)",
    "1\texp Asthma/\t123456\n2\twheez$.mp.\t234567\n3\tor/1-2\t300000",
    "1 exp Asthma/ 123456\n2 wheez$.mp. 234,567\n3 1 or 2 300000",
    "1   exp Asthma/   123456\n2   wheez*   234567\n3   or/1-2   300000",
    "1. exp Asthma/\n2. wheez*.mp. [mp=title, abstract, heading word]\n3. 1 or 2",
    "Database: Ovid MEDLINE(R) ALL <1946 to June 01, 2020>\nSearch Strategy:\n------------\n"
    "1  exp Asthma/ (12)\n2  wheez$.mp. (3)\n3  1 or 2 (15)\n***************",
    "1 exp Asthma/\n2 (wheez$ or\n  wheez*).mp.\n3 1 or 2",
    "1 exp Asthma/ use ppezv\n2 wheez*.mp. use medall\n3 (or/1-2)",
])
def test_an_ovid_strategy_is_read_as_its_lines(text: str) -> None:
    strategy = read(text, "ovid-medline")
    assert once(flatten(strategy.tree)) == Or((OVID_ASTHMA, WHEEZE))
    assert {n.code for n in strategy.notes} <= {"caption"}


@pytest.mark.parametrize(("text", "expected", "code"), [
    ("wheez*.mp. [all words]", WHEEZE, "comment"),
    ("wheez*.mp. /freq=2", WHEEZE, "frequency-left-out"),
    ("wheez*.mp./freq=2", WHEEZE, "frequency-left-out"),
    ("1 wheez*.mp.\n2 remove duplicates from 1", WHEEZE, "command-left-out"),
    ("1 wheez*.mp.\n2 from 1 keep 1-10", WHEEZE, "command-left-out"),
    ("1 wheez*.mp.\n2 exp bronchial asthma/ use oemezd\n3 1 or 2", WHEEZE, "other-database"),
    ("1 wheez*.mp.\n2 exp Asthma/\n3 1 not (2 use emczd)", WHEEZE, "other-database"),
    ("1 exp Asthma/\n2 wheez*.mp.\n3 2 or 2", WHEEZE, "line-not-used"),
    ("Wounds and Injuries/", And((Term("Wounds", TEXT), Heading("Injuries", explode=False))), "heading-or-two"),
])
def test_what_cannot_be_searched_in_an_ovid_line_is_named(text: str, expected: Node, code: str) -> None:
    strategy = read(text, "ovid-medline")
    assert once(flatten(strategy.tree)) == expected
    assert {n.code for n in strategy.notes} == {code}


@pytest.mark.parametrize(("text", "expected"), [
    ("*exp Asthma/dt", Heading("Asthma", major=True, subheadings=("drug therapy",))),
    ("exp Receptors, Drug (Mu)/", Heading("Receptors, Drug (Mu)")),
    ("wheeze adj3 child.ti.", Near((Term("wheeze", TITLE), Term("child", TITLE)), 2)),
    ("(type adj \"2\").ti.", Near((Term("type", TITLE), Term("2", TITLE)), 0, ordered=True)),
    ("wheeze.m_titl.", Term("wheeze", TITLE)), ("german.lg.", Language(("de",))), ("ger.lg.", Language(("de",))),
    ("1 year mortality.ti.", Term("1 year mortality", TITLE)),
    ("wheeze.ti.\nlimit 1 to yr=\"-2010\"", And((Term("wheeze", TITLE), Range("", "2010")))),
    ("wheeze.ti.\nlimit 1 to dt=\"20200131-current\"", And((Term("wheeze", TITLE), Range("2020/01/31", "", "created")))),
    ("wheeze.ti.\nasthma.ti.\n1 and (or/1-2)", And((Term("wheeze", TITLE), Or((Term("wheeze", TITLE), Term("asthma", TITLE)))))),
])
def test_ovid_signs(text: str, expected: Node) -> None:
    strategy = read(text, "ovid-medline")
    assert flatten(strategy.tree) == expected
    assert strategy.notes == ()


@pytest.mark.parametrize(("text", "place"), [
    ("1 asthma.ti.\n2 ..l/1 lg=en", "2:3"), ("1 asthma.ti.\n2 child.ti.\n4 1 and 2", "3:1"), ("asthma.ti. use zzzz", "1:16"),
    ("1 asthma.ti. use emczd", "1:1"), ("asthma.title.", "1:7"), ("1 asthma.ti.\n2 exp child", "2:3"),
])
def test_what_ovid_would_not_read_is_shown_where_it_stands_in_the_file(text: str, place: str) -> None:
    with pytest.raises(ReviewError) as caught:
        read(text, "ovid-medline")
    assert caught.value.cell == place


MANY = 20_000


@pytest.mark.parametrize(("text", "database"), [
    ("(" * 5000 + "a[ti]" + ")" * 5000, "pubmed"), ("(" * 5000 + "a.ti." + ")" * 5000, "ovid-medline"),
    ("/* " * MANY, "pubmed"), ("#1 a" + " " * MANY + "x[ti]", "pubmed"), ("a" + " " * MANY + "x.ti.", "ovid-medline"),
    (" or ".join(f"“w{n}”[tiab]" for n in range(MANY)), "pubmed"), (" or ".join(f"w{n}" for n in range(MANY)), "ovid-medline"),
    ("a/ and " * 3000 + "a/", "ovid-medline"), (" adj3 ".join(["abc"] * 5000), "ovid-medline"),
    ("\n".join(["#1 a[ti]", *(f"#{n + 1} #{n} AND #{n}" for n in range(1, 60))]), "pubmed"),
    ("\n".join(["1 a.ti.", *(f"{n + 1} {n} and (b.ti. or {n})" for n in range(1, 60))]), "ovid-medline"),
])
def test_no_string_takes_for_ever(text: str, database: str) -> None:
    begun = time.process_time()
    try:
        read(text, database)
    except ReviewError as error:
        assert error.line and error.cell
    assert time.process_time() - begun < 15         # seconds; each took minutes, or for ever


@pytest.mark.parametrize("text", [" ".join(f"w{n}" for n in range(MANY)), '"' + "a " * MANY + '"'])
def test_shortening_for_google_scholar_takes_no_minutes(text: str) -> None:
    scholar = targets.get("google-scholar")
    assert scholar is not None
    begun = time.process_time()
    assert scholar.compile(read(text, "pubmed").tree).strings[0].length <= 256
    assert time.process_time() - begun < 15


@pytest.mark.parametrize("text", ["#1 exp asthma/\n#2 exp child/\n#3 #1 AND #2", "1. exp asthma/\n2. exp child/\n3. (#1 and #2)"])
def test_ovid_lines_named_with_the_sign_of_other_databases_are_lines(text: str) -> None:
    """No word of Ovid's begins with its sign for a letter; inside a word it stays one."""
    assert flatten(read(text, "ovid-medline").tree) == BOTH
    assert read("1. exp asthma/\n2. wom#n.ti.", "ovid-medline").tree == Term("wom#n", TITLE)
