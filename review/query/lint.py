"""Findings about a definition after PRESS 2015 (peer review of electronic search strategies).

They stop nothing: a published string is searched as it was published. They say what may cost records or
bring too many, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast

from review.model import ReviewError
from review.query import combine, databases, targets
from review.query.compile import expression
from review.query.definition import Concept, Definition
from review.query.findings import did_you_mean
from review.query.findings_of_terms import missing_variants, of_term, redundant
from review.query.tree import Node, Not, Term, children

Severity = Literal["error", "warning", "info"]
_VARIANTS = {
    "spelling-variant": ("the other spelling is missing", "warning"),
    "hyphen-variant": ("the form in one word is missing", "info"),
    "missing-singular": ("the singular is missing", "info"),
}


@dataclass(frozen=True)
class Finding:
    """One thing to look at: nothing that stops a search, but may cost records or time."""

    code: str
    severity: Severity
    where: str                      # "concepts.population: 'LBC'"
    message: str
    cure: str

    def as_dict(self) -> dict[str, str]:
        """As `--json` prints it."""
        return {"code": self.code, "severity": self.severity, "where": self.where, "message": self.message,
                "cure": self.cure}


def lint(definition: Definition) -> tuple[Finding, ...]:
    """Every finding, in the order of the definition."""
    out = list(_structure(definition))
    for concept in definition.concepts.values():
        out += _concept(definition, concept)
    out += _databases(definition)
    out += _limits(definition)
    out += _screening(definition)
    return tuple(dict.fromkeys(out))


def _structure(definition: Definition) -> Iterator[Finding]:
    """Boolean operators: NOT, and concepts that nothing uses."""
    used = combine.names(definition.combine)
    for name in definition.concepts:
        if name not in used:
            yield Finding("concept-unused", "error", f"concepts.{name}", "combine doesn't name it, so it is not "
                          "searched", "add it to combine, or take it out")
    if _excludes(combine.build(definition.combine, Term)):
        yield Finding("not-operator", "warning", "combine", "NOT also drops relevant records that mention what it "
                      "excludes", "screen by hand instead, or check what NOT alone would lose")
    if not definition.sentinels or not any(definition.sentinels.values()):
        yield Finding("no-sentinels", "info", "sentinels", "no known relevant report is named, so nothing shows "
                      "whether the search finds what it should", 'add [sentinels] with pmids = ["..."]')


def _excludes(tree: Node) -> bool:
    return isinstance(tree, Not) or any(map(_excludes, children(tree)))


def _concept(definition: Definition, concept: Concept) -> Iterator[Finding]:
    """Text words and subject headings of one concept."""
    where = f"concepts.{concept.name}"
    named = [databases.canonical(d) for d in definition.databases]
    for text in concept.terms:
        for code, severity, message, cure in of_term(text, pubmed="pubmed" in named):
            yield Finding(code, cast(Severity, severity), f"{where}: {text!r}", message, cure)
    alternatives = len(concept.terms) + len(concept.near) + len(concept.headings)
    if alternatives == 1 and not concept.dates and not concept.languages and concept.terms:
        yield Finding("one-term", "warning", where, "one term stands for the whole concept",
                      "add synonyms, other spellings and headings")
    for narrow, wide in redundant(concept.terms):
        yield Finding("redundant-term", "info", f"{where}: {narrow!r}", f"{wide!r} finds all that it finds",
                      "take one of the two out, if the published string need not be kept")
    for code, text, form in missing_variants(concept.terms):
        message, severity = _VARIANTS[code]
        yield Finding(code, cast(Severity, severity), f"{where}: {text!r}", f"{message}: {form!r}",
                      "add it, if the published string need not be kept")
    with_headings = [d for d in named if (t := targets.get(d)) and "mesh" in t.vocabularies]
    if with_headings and concept.terms and not any(h.vocabulary == "mesh" for h in concept.headings):
        yield Finding("no-headings", "info", where, f"no MeSH headings, though "
                      f"{databases.title(with_headings[0])} has them", 'look them up and add mesh = ["..."]')


def _databases(definition: Definition) -> Iterator[Finding]:
    """What single databases make of it."""
    for name in map(databases.canonical, definition.databases):
        if name in definition.overrides:
            yield Finding("override", "info", f"override.{name}", "its string is written by hand and doesn't follow "
                          "changes of the concepts", "compare it after every change")
            continue
        try:
            expression(definition, name)
        except ReviewError as error:
            yield Finding("no-terms-for-database", "error", f"databases: {databases.title(name)}", error.message,
                          "add the terms, or take the database out")
        if name == "pubmed" and definition.field_for(name) == "all":
            yield Finding("all-fields", "info", "fields", "PubMed looks in all fields, affiliations and journals "
                          "included", 'set pubmed = "tiab", if the published string need not be kept')
    listed = {*map(databases.canonical, definition.databases), *targets.names(), *definition.library,
              *definition.overrides, "default"}
    for table, names in (("fields", definition.fields), ("limits", definition.limits_by_database)):
        for name in names:
            if name not in listed:
                yield Finding("setting-unused", "warning", f"{table}.{name}", "there is no such database here, so "
                              f"this says nothing.{did_you_mean(name, listed)}", "correct the name, or take it out")
    for name in definition.overrides:
        if name not in map(databases.canonical, definition.databases):
            yield Finding("override-unused", "warning", f"override.{name}", "this database is not listed under "
                          "databases", "add it there, or take the override out")
    if all(databases.canonical(d) == "google-scholar" for d in definition.databases) and definition.databases:
        yield Finding("scholar-alone", "warning", "databases", "Google Scholar alone misses about half of what "
                      "reviews include (Bramer 2016)", "add a bibliographic database")


def _limits(definition: Definition) -> Iterator[Finding]:
    limits = (definition.limits, *definition.limits_by_database.values())
    if any(x.languages for x in limits):
        yield Finding("language-limit", "warning", "limits.languages", "records without a language, and relevant "
                      "ones in others, are lost", "note the language when screening instead")
    if any(x.years for x in limits):
        yield Finding("year-limit", "info", "limits.years", "records without a year, and those published online "
                      "in another year, can be lost", "keep it only if the question asks for it")


def _screening(definition: Definition) -> Iterator[Finding]:
    if not definition.reasons:
        yield Finding("no-reasons", "warning", "eligibility.exclude", "there are no reasons for exclusion; the flow "
                      "diagram needs them at full text", "add [[eligibility.exclude]] with code and label")
    if not definition.eligibility_include:
        yield Finding("no-criteria", "warning", "eligibility.include", "there are no criteria, so the reviewers' "
                      "sheets will show none", 'add include = ["..."]')
    if definition.screening.adjudicator in definition.screening.reviewers:
        yield Finding("adjudicator-screens", "info", "screening.adjudicator", "the adjudicator is one of the "
                      "reviewers who differ", "name a third person, if there is one")
