"""Random expressions and records over a small vocabulary, so that hits are common."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from review.model import Record
from review.query.tree import (
    ALL,
    TEXT,
    TIAB,
    TITLE,
    And,
    Heading,
    Language,
    Near,
    Node,
    Not,
    Or,
    Range,
    Term,
)

WORDS = ["child", "children", "left", "behind", "migrant", "policy", "health", "留", "守", "café"]
text = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
phrase = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
truncated = st.sampled_from(["chil*", "chi?d", "poli*", "h#alth", "left behi*", "child*", "chil* left", "*ealth",
                             "left chil???"])
fields = st.sampled_from([TIAB, TITLE, ALL, TEXT])
heading = st.builds(Heading, st.sampled_from(["Child", "Policy", "Health Policy"]), explode=st.booleans(),
                    major=st.booleans(), subheadings=st.sampled_from([(), ("psychology",)]))
term = st.builds(Term, phrase | truncated, fields)


@st.composite
def near(draw: st.DrawFn) -> Near:
    """A proximity of words, phrases, alternatives, all in the same fields."""
    where = draw(st.sampled_from([TIAB, TITLE]))
    plain = st.builds(Term, phrase | truncated, st.just(where))
    operand = plain | st.lists(plain, min_size=2, max_size=3, unique=True).map(lambda c: Or(tuple(c)))
    return Near(tuple(draw(st.lists(operand, min_size=2, max_size=3))), draw(st.integers(0, 4)),
                draw(st.booleans()))


leaf: st.SearchStrategy[Node] = term | heading | near()


def _joined(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(below, min_size=2, max_size=3, unique=True).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, below, below)


tree: st.SearchStrategy[Node] = st.recursive(leaf, _joined, max_leaves=6)
record = st.builds(
    Record, title=text, abstract=text | st.just(""), keywords=st.lists(phrase, max_size=2).map(tuple),
    summary=text | st.just(""), journal=phrase,
    mesh=st.lists(st.sampled_from(["Child", "Child/psychology*", "Policy*", "Health Policy"]), max_size=2).map(tuple))
records = st.lists(record, min_size=1, max_size=6)


# For running offline: also limits, mapped words, other fields, and records that give years, languages and dates.
_ENDS = st.sampled_from(["", "1990", "1995", "2000"])
limit = (st.builds(Range, _ENDS, _ENDS, st.sampled_from(["year", "entrez"]), st.booleans())
         | st.builds(Range, st.sampled_from(["", "1995/03"]), st.sampled_from(["", "1995/06/15"]), st.just("entrez"))
         | st.builds(Language, st.sampled_from([("en",), ("zh",), ("en", "zh")]), st.booleans()))
other_fields = st.sampled_from([frozenset({"keywords"}), frozenset({"abstract"}), frozenset({"title", "abstract"}),
                                frozenset({"heading"}), frozenset({"subheading"}), frozenset({"original-title"}),
                                frozenset({"author", "journal"})])
mapped = st.builds(Term, phrase, st.just(ALL), st.just(True))
other_heading = st.builds(Heading, st.sampled_from(["psychology", "Review", "Child"]),
                          st.sampled_from(["subheading", "publication-type", "emtree"]))
offline_leaf: st.SearchStrategy[Node] = leaf | limit | mapped | st.builds(Term, phrase | truncated, other_fields) | other_heading
offline_tree: st.SearchStrategy[Node] = st.recursive(offline_leaf, _joined, max_leaves=6)
offline_record = st.builds(
    replace, record, year=st.sampled_from([None, 1989, 1990, 1995, 2001]), language=st.sampled_from(["", "en", "zh"]),
    dates=st.sampled_from([{}, {"entrez": "1995-03-20"}, {"entrez": "1995"}, {"entrez": "2000-07-01"}]),
    titles_other=st.lists(phrase, max_size=1).map(tuple), authors=st.lists(phrase, max_size=2).map(tuple),
    publication_types=st.lists(st.sampled_from(["Review", "Letter"]), max_size=1).map(tuple))
offline_records = st.lists(offline_record, min_size=1, max_size=6)
