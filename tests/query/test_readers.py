"""Reading published strategies in PubMed and Ovid syntax, and making definitions of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.model import ReviewError
from review.query import compile, expression, load
from review.query.from_strategy import text_from_strategy
from review.query.notation import describe
from review.query.readers import read
from review.query.tree import (
    ALL,
    TEXT,
    TIAB,
    TITLE,
    TITLE_ABSTRACT,
    And,
    Heading,
    Language,
    Near,
    Node,
    Not,
    Or,
    Range,
    Term,
    flatten,
    leaves,
)
from tests.shared_data import shared

A, B, C = Term("a", TIAB), Term("b", TIAB), Term("c", TIAB)


@pytest.mark.parametrize(("text", "tree"), [
    # PubMed User Guide: strictly left to right; quotes, tags and * switch mapping off
    ("a[tiab] OR b[tiab] AND c[tiab]", And((Or((A, B)), C))),
    ("a[tiab] AND b[tiab] OR c[tiab]", Or((And((A, B)), C))),
    ("a[tiab] NOT b[tiab] OR c[tiab]", Or((Not(A, B), C))),
    ("China", Term("China", ALL, mapped=True)),
    ('"China"', Term("China", ALL)),
    ("polic*", Term("polic*", ALL)),
    ("mental health[Title/Abstract]", Term("mental health", TIAB)),
    ('"mental health" [ti]', Term("mental health", TITLE)),
    ("technician*[ Title/Abstract]", Term("technician*", TIAB)),
    ("health[Text Word]", Term("health", TEXT)),
    ("Smith J[au]", Term("Smith J", frozenset({"author"}))),
    ('"Thyroid Neoplasms"[MeSH Terms]', Heading("Thyroid Neoplasms")),
    ("diagnosis[mesh:noexp]", Heading("diagnosis", explode=False)),
    ('"Child/psychology"[majr]', Heading("Child", major=True, subheadings=("psychology",))),
    ("therapy[sh:noexp]", Heading("therapy", "subheading", explode=False)),
    ("Review[Publication Type]", Heading("Review", "publication-type")),
    ('"COVID-19"[Supplementary Concept]', Heading("COVID-19", "substance", explode=False)),
    ('"a b"[tiab:~3]', Near((A, B), 3)),
    ("1996:1998[dp]", Range("1996", "1998")),
    ('("1995/01/01"[pdat] : "3000"[pdat])', Range("1995/01/01", "")),
    ("2012[dp]", Range("2012", "2012")),
    ('"2006/01/01"[Date - Create] : "2023/08/18"[Date - Create]', Range("2006/01/01", "2023/08/18", "created")),
    ("english[la]", Language(("en",))),
    ("a[tiab] | b[tiab] & c[tiab]", And((Or((A, B)), C))),
    ('"[123I]PE2I"[tiab]', Term("[123I]PE2I", TIAB)),
    ("(a[tiab])AND(b[tiab])NOT c[tiab]", Not(And((A, B)), C)),
])
def test_pubmed(text: str, tree: Node) -> None:
    assert read(text, "pubmed").tree == flatten(tree)


@pytest.mark.parametrize(("text", "codes"), [
    ("“mental health”[tiab]", ["curly-quotes"]),
    ("a[tiab] or b[tiab]", ["lower-case-operator"]),
    ("a[tiab] b[tiab]", ["implicit-and"]),
    ("a[tiab] OR b[tiab] AND c[tiab]", ["mixed-operators"]),
    ("exp Child [mesh]", ["exp-dropped"]),
    ("cholangio?pancreatogra*[tiab]", ["not-a-wildcard"]),
    ('"left behin* child*"[tiab:~2]', ["proximity-ignored"]),
])
def test_what_is_put_right_is_named(text: str, codes: list[str]) -> None:
    assert [n.code for n in read(text, "pubmed").notes] == codes


@pytest.mark.parametrize(("text", "tree"), [
    ("exp Dementia/", Heading("Dementia")),
    ("Cognition Disorders/", Heading("Cognition Disorders", explode=False)),
    ("*Positron-Emission Tomography/", Heading("Positron-Emission Tomography", explode=False, major=True)),
    ("exp *Dementia/", Heading("Dementia", major=True)),
    ("exp Dementia/bl, cf [Blood, Cerebrospinal Fluid]",
     Heading("Dementia", subheadings=("blood", "cerebrospinal fluid"))),
    ("Dobutamine/du [Diagnostic Use]", Heading("Dobutamine", explode=False, subheadings=("diagnostic use",))),
    ("dement$.ti,ab.", Term("dement*", TITLE_ABSTRACT)),
    ("kala-azar.ti,ab", Term("kala-azar", TITLE_ABSTRACT)),
    ("coronary stenos$.tw.", Term("coronary stenos*", TITLE_ABSTRACT)),
    ("scaphoid.mp.", Term("scaphoid", TEXT)),
    ("(coronary adj5 disease).tw.", Near((Term("coronary", TITLE_ABSTRACT), Term("disease", TITLE_ABSTRACT)), 4)),
    ("(a adj b).ti.", Near((Term("a", TITLE), Term("b", TITLE)), 0, ordered=True)),
    ("(term$3 or col?r or wom#n).ti.", Or((Term("term???", TITLE), Term("col?r", TITLE), Term("wom#n", TITLE)))),
    ("exp Animals/ not Humans.sh.", Not(Heading("Animals"), Heading("Humans", explode=False))),
    ("(cf or bl).fs.", Or((Heading("cerebrospinal fluid", "subheading", explode=False),
                           Heading("blood", "subheading", explode=False)))),
    ("case reports.pt.", Heading("case reports", "publication-type", explode=False)),
    ('"K39 antigen, Leishmania".rn', Heading("K39 antigen, Leishmania", "substance", explode=False)),
    ("K39 Or rK39.ti,ab", Or((Term("K39", TEXT), Term("rK39", TITLE_ABSTRACT)))),
    ("Scaphoid bone/ or Wrist injuries/", Or((Heading("Scaphoid bone", explode=False),
                                             Heading("Wrist injuries", explode=False)))),
    ("(2012* or 2013*).ed.", Or((Range("2012", "2012", "entrez"), Range("2013", "2013", "entrez")))),
    ("a.ti.\nb.ti.\nor/1-2", Or((Term("a", TITLE), Term("b", TITLE)))),
    ("1. a.ti.\n2. b.ti.\n3. 1 and 2 (345)", And((Term("a", TITLE), Term("b", TITLE)))),
    ('a.ti.\nlimit 1 to yr="1970 -Current"', And((Term("a", TITLE), Range("1970", "")))),
    ("a.ti.\nLimit 1 to humans", And((Term("a", TITLE), Heading("Humans", explode=False)))),
])
def test_ovid(text: str, tree: Node) -> None:
    assert read(text, "ovid-medline").tree == flatten(tree)


def test_a_limit_without_a_search_behind_it_is_named() -> None:
    strategy = read('a.ti.\nlimit 1 to "reviews (maximizes specificity)"', "ovid-medline")
    assert strategy.tree == Term("a", TITLE) and [n.code for n in strategy.notes] == ["limit-left-out"]


def test_labelled_lines_captions_and_combinations() -> None:
    text = """1 Index test: signs
1a
a[tiab] OR b[tiab]
2. Population: people
c[tiab]
Search combination
A. 1a and 2
Final search: A or 1a"""
    strategy = read(text, "pubmed")
    assert [line.label for line in strategy.lines] == ["1a", "2", "A", "line 8"]
    assert strategy.tree == flatten(Or((And((Or((A, B)), C)), Or((A, B)))))
    assert [n.line for n in strategy.notes if n.code == "caption"] == [1, 4, 6]


def test_a_search_file_of_search_query() -> None:
    text = json.dumps({"search_string": "a[tiab] OR b[tiab]", "platform": "pubmed", "version": "1.0"})
    assert read(text, "").tree == Or((A, B))


MALFORMED_PUBMED = [
    ("", 1), ("   ", 1), ("(a[tiab]", 1), ("a[tiab])", 8), ("((a[tiab]) AND b[tiab]", 1), ("()", 2), ("AND a[tiab]", 1),
    ("a[tiab] AND", 9), ("a[tiab] OR OR b[tiab]", 12), ("a[tiab] AND (OR b[tiab])", 14), ("a[tiab] NOT )", 13),
    ('"a b[tiab]', 1), ('a b"[tiab]', 4), ('"digital health[tiab] OR "eHealth"[tiab]', 1), ("[tiab]", 1),
    ("a AND [ti]", 7), ("a[tldr]", 2), ("a[tiab", 2), ("(a[ti] OR b[ti])[tiab]", 17), ("a[mh:exp]", 2),
    ('"a b"[sb:~5]', 6), ('"a"[tiab:~5]', 4), ("a b[tiab:~5]", 4), ('"a b"[tiab:~x]', 6), ('"a b"[tiab:~0.5]', 6),
    (":2000[dp]", 1), ("2000:[dp]", 6), ("2000:2010", 1), ("2000:2010[tiab]", 10), ("soon[dp]", 1),
    ('"last few days"[crdt]', 1), ("20a0:2010[dp]", 5), ("***[tiab]", 1), ("#3 AND a[ti]", 1), ("a[ab]", 2),
    ("2000[dp]:2010[edat]", 14), ("a[tiab] AND ()", 14), ("(" * 300 + "a" + ")" * 300, 202), ("- -", 1),
    ("a[tiab] AND NOT b[tiab]", 13), ("a[tiab] OR (b[tiab] AND c[tiab]", 12), ("a[ti] AND b[ti]) OR c[ti]", 16),
    ("a[ti] & ", 7), ("| a[ti]", 1), ("NOT a[ti]", 1), ("a[ti] NOT", 7), ("(a[ti] OR )", 11), ("a[ti] OR [mh]", 10),
    ('"a" "b', 5), ("“a b[ti]", 1), ("a]", 2), ("[", 1), ("a[ti]]", 6), ("[[ti]]", 1), ("a[ti][ab]", 6),
    ('"a b"[tiab:~]', 6), ('"a b"[tiab:2]', 6), ('"a b"[mh:~2]', 6), ("2000/13/01:2010[dp]", 11), ("2000/02/32[dp]", 1),
    ("2000[dp]:2010", 1), ("2000:2010:2020[dp]", 1), ("1990-2000[dp]", 1), ("a[majr:exp]", 2), ("a[title abstract]", 2),
    ('"" AND a[ti]', 1), ('""[ti]', 1), ("?[ti]", 1), ("#1", 1), ("#2 OR #3", 1), ("OR OR", 1), ("()()", 2), ("((((", 5),
]
MALFORMED_OVID = [
    ("", 1), ("(a or b", 1), ("a or b)", 7), ("or", 1), ("a and", 3), ("a or or b", 6), ("(a or ).ti.", 7), ("()", 2),
    ('"a b.ti.', 1), ("or/1-3", 4), ("a.ti.\nor/3-1", 4), ("a.ti.\nor/1-x", 4), ("a.ti.\n7 and 1", 1),
    ("a.ti.\nand/", 5),
    ("a.ti.\nlimit 4 to humans", 1), ("(exp Child/ adj3 b).ti.", 13), ("(a adj0 b).ti.", 4), ("a adj3", 3),
    ("adj3 b", 1), ("((a and b) adj3 c).ti.", 12), ("$$.ti.", 1), ("(a or b).xx.", 9), ("a.ti.\n(1 or 2", 7),
    ("(" * 300 + "a" + ")" * 300, 202), ("1 and 2", 1), ("a.ti. and (b.ti.", 11), ("a.ti.) or b.ti.", 6), ("exp", 1),
    ("exp Child", 1), ("exp /", 1), ("/", 1), ("a.qq.", 2), ("a b.ti,qq.", 4), ("a.ti.\n1 or 3", 6), ("a.ti.\nor/0-1", 4),
    ("a.ti.\nor/2", 4), ("limit to humans", 1), ("a adj b adj", 9), ("(a not b) adj3 c", 11), ("not a", 1), ("a not", 3),
    ("a or and b", 6), ("((a).ti.", 1), (".ti.", 1), ("*.ti.", 1), ("near3 a", 1), ("a near/0 b", 3), ("“a b.ti.", 1),
]


@pytest.mark.parametrize(("database", "term", "word"), [("pubmed", "a[ti]", "NOT"), ("ovid-medline", "a.ti.", "not")])
def test_a_row_of_a_thousand_exclusions_is_refused_and_of_five_thousand_alternatives_read(database: str, term: str,
                                                                                         word: str) -> None:
    with pytest.raises(ReviewError, match="changes more than 200 times"):
        read(f" {word} ".join([term] * 1_000), database)
    alternatives = " or ".join(term.replace("a", f"a{n}") for n in range(5_000)).replace(
        " or ", " OR " if database == "pubmed" else " or ")
    assert len(list(leaves(read(alternatives, database).tree))) == 5_000


def test_the_malformed_strings_are_more_than_a_hundred() -> None:
    assert len({*MALFORMED_PUBMED, *MALFORMED_OVID}) >= 110


VALID = ['("left behind"[tiab] OR child*[ti]) AND ("China"[mh] OR 2000:2010[dp])', '(a[ti] NOT "b c"[tiab:~3]) OR d[tw]']


def broken() -> list[str]:
    """Strings with one sign too few or too many: none of them can be meant as it stands."""
    out = []
    for text in VALID:
        for at, sign in enumerate(text):
            if sign in "()[]\"":
                out.append(text[:at] + text[at + 1:])
            if sign in "()[]":
                out.append(text[:at] + sign + text[at:])
        out += [text.replace(" OR ", " OR OR ", 1), text.replace(" AND ", " AND AND ", 1), text + " AND", "OR " + text]
    return sorted({*out} - {*VALID})


def test_one_sign_too_few_or_too_many_is_shown_with_its_place() -> None:
    strings = broken()
    assert len(strings) > 50
    for text in strings:
        with pytest.raises(ReviewError) as caught:
            read(text, "pubmed")
        assert caught.value.code == "query-syntax" and ":" in caught.value.cell and ". " in caught.value.message, text


@pytest.mark.parametrize(("text", "column"), MALFORMED_PUBMED)
def test_a_malformed_pubmed_string_gets_a_place_and_a_repair(text: str, column: int) -> None:
    with pytest.raises(ReviewError) as caught:
        read(text, "pubmed")
    assert caught.value.code == "query-syntax"
    assert caught.value.cell.split(":")[1] == str(column), caught.value.message
    assert caught.value.message.count(". ") >= 1 and caught.value.message.endswith((".", "]", "?", ")"))


@pytest.mark.parametrize(("text", "column"), MALFORMED_OVID)
def test_a_malformed_ovid_line_gets_a_place_and_a_repair(text: str, column: int) -> None:
    with pytest.raises(ReviewError) as caught:
        read(text, "ovid-medline")
    assert caught.value.code == "query-syntax"
    assert caught.value.line == max(1, len(text.split("\n")))
    assert caught.value.cell.split(":")[1] == str(column), caught.value.message


PIECES = st.sampled_from(["a", "child*", '"', "“", "”", "(", ")", "[", "]", "[tiab]", "[mh]", "[dp]", ":", "2000",
                          "AND", "or", "NOT", " ", "\n", "/", "exp ", ".ti,ab.", "adj3", "1-3", "or/", "#1", "*", "$",
                          "limit 1 to", "~3", "儿童", "\x00", ".", ",", "|", "1.", "[tiab:~2]", "-"])


@settings(max_examples=250, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=40), st.sampled_from(["pubmed", "ovid-medline"]))
def test_any_text_is_read_or_refused_with_a_place(text: str, database: str) -> None:
    try:
        strategy = read(text, database)
    except ReviewError as error:
        assert error.code == "query-syntax" and error.line and error.message
    else:
        assert describe(strategy.tree)


def test_a_database_that_cannot_be_read() -> None:
    with pytest.raises(ReviewError, match="can't be read"):
        read("TS=(a)", "web-of-science")


def published() -> list[tuple[str, str, str]]:
    """(database, id, strategy) of the published strategies."""
    out: list[tuple[str, str, str]] = []
    for line in shared("queries/seed-collection.jsonl").read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        out += [("pubmed", row["id"], row["query"]), ("pubmed", row["id"] + " edited", row["edited_search"])]
    for line in shared("queries/clef-tar-2017.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        tagged = "[tw]" in row["query"] or "[tiab]" in row["query"]
        out.append(("pubmed" if tagged else "ovid-medline", row["topic"], row["query"]))
    return out


def test_every_published_strategy_becomes_a_definition_that_says_the_same(tmp_path: Path) -> None:
    cases = published()
    assert len(cases) == 48
    for database, name, text in cases:
        written, strategy = text_from_strategy(text, database, "x")
        path = tmp_path / "x.toml"
        path.write_text(written, encoding="utf-8")
        definition = load(path)
        tree = expression(definition, database, limits=False)
        assert set(leaves(tree)) == set(leaves(flatten(strategy.tree))), name
        compiled = compile(definition, "pubmed")
        if database == "pubmed":
            assert compiled.losses == (), name
            again = read(compiled.strings[0].string, "pubmed")
            assert again.notes == () and again.tree == compiled.tree, name
        else:
            assert compile(definition, database).losses == (), name


def test_a_definition_from_a_strategy_keeps_it_in_comments(tmp_path: Path) -> None:
    text, strategy = text_from_strategy("(“left behind”[tiab] or LBC[tiab]) AND China[mh]", "pubmed", "x", "Title")
    assert "“left behind”" in text and "curly quotes" in text
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    definition = load(path)
    assert definition.title == "Title" and definition.combine == "left-behind AND china"
    assert compile(definition, "pubmed").strings[0].string == '("left behind"[tiab] OR "LBC"[tiab]) AND "China"[mh]'
