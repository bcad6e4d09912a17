"""Findings about a definition after PRESS 2015 (peer review of electronic search strategies).

They stop nothing: a published string is searched as it was published. They say what may cost records or
bring too many, where, and what to do. Each element of PRESS has its place here:

    1 translation of the question     placeholder, no-sentinels, many-concepts, same-term-twice
    2 Boolean and proximity           not-operator, concept-unused, near-wide, operator-in-term, unbalanced, override-*
    3 subject headings                no-headings, unindexed-records, major-only, sign-in-heading, heading-in-term
    4 text words                      one-term, redundant-term, *-variant, missing-*, abbreviation, title-only, truncation-*
    5 spelling, syntax, line numbers  misspelling, curly-quotes, tag-in-term, phrase-index, override-*
    6 limits and filters              language-limit, year-limit, relative-date, unindexed-records
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from review.query import combine, databases, targets
from review.query.definition import Concept, Definition
from review.query.findings import Finding, Severity
from review.query.findings_of_databases import of_databases, of_limits
from review.query.findings_of_terms import abbreviations, of_heading, of_term, redundant
from review.query.templates import CRITERION, QUESTION
from review.query.tree import And, Node, Not, Term, children, terms
from review.query.variants import missing_variants, slips

_VARIANTS = {
    "spelling-variant": ("the other spelling is missing", "warning"),
    "hyphen-variant": ("the form in one word is missing", "info"),
    "missing-singular": ("the singular is missing", "info"),
    "missing-plural": ("the plural is missing", "info"),
}
_MANY = 5                       # concepts joined by AND: each of them loses reports (Cochrane Handbook, 4.4.2)
_FAR = 10                       # words between two that are near each other
_KEEP = "if the published string need not be kept"


def lint(definition: Definition) -> tuple[Finding, ...]:
    """Every finding, in the order of the definition."""
    tree = combine.build(definition.combine, Term)          # a leaf for each concept
    ideas = list(_ideas(tree))
    asked = {name for idea in ideas for name in idea}
    out = [*_structure(definition, tree, ideas)]
    for concept in definition.concepts.values():
        out += _concept(definition, concept, asked)
    for idea in ideas:
        out += _idea(definition, tuple(definition.concepts[n] for n in idea))
    out += _across(definition, ideas)
    out += of_databases(definition)
    out += of_limits(definition)
    out += _screening(definition)
    return tuple(dict.fromkeys(out))


def _ideas(tree: Node) -> Iterator[tuple[str, ...]]:
    """What is joined by AND at the top, each as the concepts that can fulfil it; what NOT takes out is none."""
    match tree:
        case And(children=below):
            for child in below:
                yield from _ideas(child)
        case Not(keep=keep):
            yield from _ideas(keep)
        case _:
            yield tuple(dict.fromkeys(_wanted(tree)))


def _wanted(tree: Node) -> Iterator[str]:
    if isinstance(tree, Term):
        yield tree.text
    for child in (tree.keep,) if isinstance(tree, Not) else children(tree):
        yield from _wanted(child)


def _structure(definition: Definition, tree: Node, ideas: list[tuple[str, ...]]) -> Iterator[Finding]:
    """The question and its Boolean operators."""
    for name in definition.concepts:
        if name not in combine.names(definition.combine):
            yield Finding("concept-unused", "error", ("concepts", name), "combine doesn't name it, so it is not "
                          "searched", "add it to combine, or take it out")
    if _excludes(tree, definition):
        yield Finding("not-operator", "warning", ("combine",), "NOT also drops relevant records that mention what it "
                      "excludes", "screen by hand instead, or see what it loses: compare with a copy without it "
                      "(review diff OLD NEW --on FILE)")
    for path, left in ((("question",), definition.question == QUESTION),
                       (("eligibility", "include"), CRITERION in definition.eligibility_include)):
        if left:
            yield Finding("placeholder", "warning", path, "the template's words still stand here", "write your own")
    if len(ideas) >= _MANY:
        yield Finding("many-concepts", "info", ("combine",), f"{len(ideas)} ideas are joined by AND, and each of them "
                      "loses reports whose titles and abstracts don't name it", "leave those out that reports seldom "
                      "name (often the outcome), and screen for them")
    if not any(definition.sentinels.values()):
        yield Finding("no-sentinels", "info", ("sentinels",), "no known relevant report is named, so nothing shows "
                      "whether the search finds what it should", 'add [sentinels] with pmids = ["..."]')
    for key, test in (("pmids", str.isdigit), ("dois", lambda t: "10." in t)):
        for value in definition.sentinels.get(key, ()):
            if not test(value.strip()):
                yield Finding("sentinel-odd", "warning", ("sentinels", key), f"this is no {key[:-1].upper()}", "correct "
                              "it, or write the title under titles = [\"...\"]", value)


def _excludes(tree: Node, definition: Definition) -> bool:
    """Whether NOT stands in it; `NOT (animals NOT humans)` is well tried and loses nothing that is wanted."""
    if isinstance(tree, Not) and not all(_is_animals(definition.concepts[n.text]) for n in terms(tree.drop)):
        return True
    return any(_excludes(c, definition) for c in children(tree) if not isinstance(tree, Not) or c is tree.keep)


def _is_animals(concept: Concept) -> bool:
    names = {h.text.casefold() for h in concept.headings}
    # In PubMed strings both stand as headings alone.
    return names <= {"animals", "humans", "animal", "human"} and bool(names) and not concept.terms


def _concept(definition: Definition, concept: Concept, asked: set[str]) -> Iterator[Finding]:
    """Text words and subject headings of one concept."""
    path = ("concepts", concept.name)
    pubmed = "pubmed" in map(databases.canonical, definition.databases)
    for text in concept.terms:
        for code, severity, message, cure in of_term(text, pubmed=pubmed):
            yield Finding(code, cast(Severity, severity), path, message, cure, text)
    for text in abbreviations(concept.terms):
        yield Finding("abbreviation", "info", path, "an abbreviation this short has other meanings", "see what it adds "
                      "(review try ID --on FILE); keep it only beside the term that explains it", text)
    for heading in concept.headings:
        for code, severity, message, cure in of_heading(heading):
            yield Finding(code, cast(Severity, severity), path, message, cure, heading.text)
    for field, low, _ in concept.dates:
        if low.startswith("last "):
            yield Finding("relative-date", "warning", (*path, "dates"), f"{low!r} ({field}) counts back from the day of the "
                          "search: the same string finds other records tomorrow", 'write dates: from = "2026/01/01"')
    for near in concept.near:
        if near.within > _FAR:
            yield Finding("near-wide", "info", (*path, "near"), f"{near.within} words may stand between, nearly as many as "
                          "with AND", "10 or fewer keep the words in one sentence")
    wrong = {t for t in concept.terms if any(severity == "error" for _, severity, *_ in of_term(t, pubmed=pubmed))}
    for narrow, wide in redundant([spec for spec in concept.specs if spec.text not in wrong]):
        yield Finding("redundant-term", "info", path, f"{wide!r} finds all that it finds", f"take it out, {_KEEP}", narrow)
    sound = [t for t in concept.terms if t not in wrong]
    for code, text, form in missing_variants(sound) if concept.name in asked else ():
        message, severity = _VARIANTS[code]
        yield Finding(code, cast(Severity, severity), path, f"{message}: {form!r}", f"add it, {_KEEP}", text)


def _idea(definition: Definition, concepts: tuple[Concept, ...]) -> Iterator[Finding]:
    """What one idea of the question is looked for by: words, and subject headings."""
    path = ("concepts", concepts[0].name)
    named = [databases.canonical(d) for d in definition.databases]
    words = sum(len(c.terms) + len(c.near) for c in concepts)
    headings = [h for c in concepts for h in c.headings]
    dated = any(c.dates or c.languages for c in concepts)
    if words == 1 and not headings and not dated:
        yield Finding("one-term", "warning", path, "one term stands for the whole concept",
                      "add synonyms, other spellings and headings")
    if headings and not words and not dated:
        yield Finding("unindexed-records", "warning", path, "it is looked for by headings or filters alone, which new and "
                      "unindexed records don't have", 'add terms = ["..."] that say the same')
    with_headings = [d for d in named if (t := targets.get(d)) and "mesh" in t.vocabularies]
    if with_headings and words and not any(h.vocabulary in ("mesh", "publication-type") for h in headings):
        yield Finding("no-headings", "info", path, f"no MeSH headings, though {databases.title(with_headings[0])} has "
                      "them", 'look them up and add mesh = ["..."]')


def _across(definition: Definition, ideas: list[tuple[str, ...]]) -> Iterator[Finding]:
    """Terms that stand in two ideas, and words that look like slips of the pen."""
    seen: dict[str, str] = {}
    for idea in ideas:
        for name in idea:
            for text in definition.concepts[name].terms:
                before = seen.get(text.casefold(), "")
                if before and before not in idea:
                    yield Finding("same-term-twice", "info", ("concepts", name), f"it stands in {before} too, so this one "
                                  "word fulfils both", "keep it where it belongs", text)
        for name in idea:
            for text in definition.concepts[name].terms:
                seen.setdefault(text.casefold(), name)
    every = [(t, c.name) for c in definition.concepts.values() for t in c.terms]
    holder = dict(reversed(every))
    for text, word, other in slips(t for t, _ in every):
        yield Finding("misspelling", "info", ("concepts", holder[text]), f"{word!r} is {other!r} but for one letter",
                      "see which of the two is meant", text)


def _screening(definition: Definition) -> Iterator[Finding]:
    if not definition.reasons:
        yield Finding("no-reasons", "warning", ("eligibility", "exclude"), "there are no reasons for exclusion; the flow "
                      "diagram needs them at full text", "add [[eligibility.exclude]] with code and label")
    if not definition.eligibility_include:
        yield Finding("no-criteria", "warning", ("eligibility", "include"), "there are no criteria, so the reviewers' "
                      "sheets will show none", 'add include = ["..."]')
    if definition.screening.adjudicator in definition.screening.reviewers:
        yield Finding("adjudicator-screens", "info", ("screening", "adjudicator"), "the adjudicator is one of the "
                      "reviewers who differ", "name a third person, if there is one")


__all__ = ["Finding", "lint"]
