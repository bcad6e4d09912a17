"""PubMed (PubMed User Guide; E-utilities help).

PubMed reads strictly from left to right, so every group stands in parentheses. Quotes, tags and `*` switch
automatic term mapping off. Truncation needs four characters before the `*`; there is no sign for a single
character. Proximity is `"a b"[tiab:~N]`: words in any order with at most N others between, in title,
title/abstract and affiliation only, and ignored if a `*` stands in it.
"""

from __future__ import annotations

from dataclasses import replace

from review.query.languages import LANGUAGES
from review.query.targets.dialect import Dialect
from review.query.tree import ALL, TEXT, TIAB, TITLE, Heading, Near, Range, Term

_BRACKETS = str.maketrans("[]", "  ")
_AFFILIATION = frozenset({"affiliation"})
_TAGS = {
    ALL: "{}", TIAB: "{}[tiab]", TITLE: "{}[ti]", TEXT: "{}[tw]",
    frozenset({"keywords"}): "{}[ot]", frozenset({"author"}): "{}[au]",
    _AFFILIATION: "{}[ad]", frozenset({"journal"}): "{}[ta]", frozenset({"language"}): "{}[la]",
    frozenset({"publication-type"}): "{}[pt]", frozenset({"substance"}): "{}[nm]",
    frozenset({"subheading"}): "{}[sh]", frozenset({"original-title"}): "{}[tt]",
    **{frozenset({atom}): f"{{}}[{tag}]" for atom, tag in {
        "id": "uid", "first-author": "1au", "last-author": "lastau", "full-author": "fau", "group-author": "cn",
        "investigator": "ir", "author-id": "auid", "person-as-subject": "ps", "editor": "ed", "volume": "vi", "issue": "ip",
        "pages": "pg", "issn": "is", "isbn": "isbn", "journal-id": "jid", "book": "book", "publisher": "pubn",
        "place-of-publication": "pl", "article-id": "aid", "location-id": "lid", "pmcid": "pmcid", "registry-number": "rn",
        "secondary-id": "si", "grant": "gr", "conflict-of-interest": "cois"}.items()},
}
_DATES = {"year": "dp", "entrez": "edat", "created": "crdt", "mesh": "mhda", "electronic": "epdat", "print": "ppdat",
          "completed": "dcom", "modified": "lr"}
_PROXIMITY_FIELDS = {TITLE: "ti", TIAB: "tiab", _AFFILIATION: "ad"}


def _near(node: Near, operands: tuple[str, ...]) -> str:
    words = " ".join(o.strip('"') for o in operands)
    first = node.operands[0]
    assert isinstance(first, Term)              # alternatives were distributed when lowering
    return f'"{words}"[{_PROXIMITY_FIELDS[first.fields]}:~{node.distance}]'


def _heading(heading: Heading) -> str:
    text = heading.text.replace('"', " ").strip()
    noexp = "" if heading.explode else ":noexp"
    match heading.vocabulary:
        case "publication-type":
            return f'"{text}"[pt{noexp}]'
        case "subheading":
            return f'"{text}"[sh{noexp}]'
        case "substance":
            return f'"{text}"[nm]'
        case "pharmacological-action":
            return f'"{text}"[pa]'
        case "filter":
            if text == "hasabstract":           # the one that has no tag of its own
                return text
            return f'"{text}"[sb]'
    tag = f"{'majr' if heading.major else 'mh'}{noexp}"
    each = [f'"{text}/{s}"[{tag}]' for s in heading.subheadings] or [f'"{text}"[{tag}]']
    return each[0] if len(each) == 1 else f"({' OR '.join(each)})"


def _years(span: Range) -> str:
    tag = _DATES[span.field]
    if span.relative:
        return f'"{span.low}"[{tag}]'
    if span.low == span.high:
        return f"{span.low}[{tag}]"
    return f"{span.low or '1000'}:{span.high or '3000'}[{tag}]"


def _languages(codes: tuple[str, ...]) -> str:
    each = [f"{LANGUAGES.get(c, c)}[la]" for c in codes]
    return each[0] if len(each) == 1 else f"({' OR '.join(each)})"


class _PubMed(Dialect):
    """The tag of a proximity stands within it, and untagged words keep their mapping only if asked for."""

    def _quoted(self, term: Term) -> str:
        # Brackets would be read as a tag; PubMed takes them for blanks anyway.
        if "[" in term.text or "]" in term.text:
            term = replace(term, text=" ".join(term.text.translate(_BRACKETS).split()))
        return super()._quoted(term)

    def _field(self, fields: frozenset[str], inner: str, *, single: bool = False) -> str:
        return inner if inner.endswith("]") else super()._field(fields, inner, single=single)


TARGET = _PubMed(
    name="pubmed",
    fields=_TAGS,
    vocabularies=("mesh", "publication-type", "subheading", "substance", "pharmacological-action", "filter"),
    quote_words=True,
    signs={"*": "*"},
    stem=4,
    near=_near,
    near_alternatives=False,
    near_phrases=False,
    near_wild=False,
    near_window=True,
    near_fields=frozenset(_PROXIMITY_FIELDS),
    heading=_heading,
    can=frozenset({"explode", "no-explode", "major", "subheadings", "types"}),
    line="#{}",
    years=_years,
    days=True,
    relative=True,
    can_date=lambda span: span.field in _DATES,
    languages=_languages,
    bare=lambda term: term.mapped,
)
