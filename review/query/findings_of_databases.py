"""What single databases make of a definition: fields, limits, strings written by hand (PRESS 2015, 5 and 6)."""

from __future__ import annotations

from collections.abc import Iterator

from review.model import ReviewError
from review.query import databases, readers, targets
from review.query.compile import expression, fields_named
from review.query.definition import Definition
from review.query.findings import Finding, did_you_mean
from review.query.tree import TITLE

_CURLY = "“”„‟＂"
# Notes of the readers that a hand-written string should be corrected for; others say how it was read.
_NOTES = ("curly-quotes", "lower-case-operator", "mixed-operators", "implicit-and", "truncation-too-short",
          "proximity-ignored", "not-a-wildcard", "exp-dropped", "star-dropped", "limit-left-out",
          "single-quotes", "operator-sign", "signs-left-out", "comment", "relative-date", "line-not-used", "option-left-out",
          "frequency-left-out", "command-left-out", "other-database", "heading-or-two")


def of_databases(definition: Definition) -> Iterator[Finding]:
    """Findings about each database, and about settings for databases that aren't there."""
    listed = [databases.canonical(d) for d in definition.databases]
    titles_only: list[str] = []
    for name in listed:
        if name in definition.overrides:
            yield from _override(name, definition.overrides[name])
            continue
        try:
            expression(definition, name)
        except ReviewError as error:
            yield Finding("no-terms-for-database", "error", ("databases",), error.message.partition(". ")[0],
                          error.message.partition(". ")[2].rstrip("."), databases.title(name))
        if name == "pubmed" and definition.field_for(name) == "all":
            yield Finding("all-fields", "info", ("fields",), "PubMed looks in all fields, affiliations and journals "
                          "included", 'set pubmed = "tiab", if the published string need not be kept')
        elif fields_named(definition.field_for(name)) == TITLE:
            titles_only.append(name)
    if titles_only:
        key = "default" if definition.fields.get("default") == "title" else titles_only[0]
        which = ", ".join(map(databases.title, titles_only))
        yield Finding("title-only", "warning", ("fields",), f"titles only are looked in ({which}); "
                      "many relevant reports name the idea in the abstract alone", f'set {key} = "tiab"')
    known = {*listed, *targets.names(), *definition.library, *definition.overrides, "default"}
    for table, names in (("fields", definition.fields), ("limits", definition.limits_by_database)):
        for name in names:
            if name not in known:
                yield Finding("setting-unused", "warning", (table, name), "there is no such database here, so "
                              f"this says nothing.{did_you_mean(name, known)}", "correct the name, or take it out")
    for name in definition.overrides:
        if name not in listed:
            yield Finding("override-unused", "warning", ("override", name), "this database is not listed under "
                          "databases", "add it there, or take the override out")
    if listed and set(listed) == {"google-scholar"}:
        yield Finding("scholar-alone", "warning", ("databases",), "Google Scholar alone misses about half of what "
                      "reviews include (Bramer 2016)", "add a bibliographic database")


def _override(name: str, string: str) -> Iterator[Finding]:
    """A string that was written by hand: read where there is a reader, looked over where there is none."""
    path = ("override", name)
    yield Finding("override", "info", path, "its string is written by hand and doesn't follow changes of the concepts",
                  "compare it after every change")
    if name in readers.names():
        try:
            notes = readers.read(string, name).notes
        except ReviewError as error:
            yield Finding("override-syntax", "error", path, error.message, "correct the string")
            return
        for note in notes:
            if note.code in _NOTES:
                yield Finding(note.code, "warning", path, f"line {note.line}: {note.message.rstrip('.')}",
                              "write what is meant, so that the database need not guess")
        return
    if any(c in _CURLY for c in string):
        yield Finding("curly-quotes", "warning", path, "curly quotes stand in it, which few databases read as quotation "
                      "marks", 'write straight ones (")')
    for opening, closing in ("()", "[]"):
        if string.count(opening) != string.count(closing):
            yield Finding("unbalanced", "error", path, f"{string.count(opening)} {opening} stand against "
                          f"{string.count(closing)} {closing}", "find the one without a partner")
    if string.count('"') % 2:
        yield Finding("unbalanced", "error", path, "a quotation mark has no partner", "close the phrase")


def of_limits(definition: Definition) -> Iterator[Finding]:
    """Limits, which lose records that nobody looked at."""
    limits = (definition.limits, *definition.limits_by_database.values())
    if any(x.languages for x in limits):
        yield Finding("language-limit", "warning", ("limits", "languages"), "records without a language, and relevant "
                      "ones in others, are lost", "note the language when screening instead")
    if any(x.years for x in limits):
        yield Finding("year-limit", "info", ("limits", "years"), "records without a year, and those published online "
                      "in another year, can be lost", "keep it only if the question asks for it")
