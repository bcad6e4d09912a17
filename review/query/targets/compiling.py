"""Compiling for one database, in two steps: lowering names every loss, writing loses nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from review.query.compiled import Compiled, Remark, SearchString
from review.query.languages import LANGUAGES
from review.query.targets.dialect import Dialect
from review.query.targets.lower import Lowering
from review.query.targets.reshape import lifted
from review.query.tree import And, Language, Node, Range, flatten, terms


@dataclass(frozen=True)
class Database:
    """A target made of its dialect."""

    dialect: Dialect

    @property
    def name(self) -> str:
        """Canonical name of the database."""
        return self.dialect.name

    @property
    def language(self) -> str:
        """Which terms of the definition it takes: "en" or "zh"."""
        return self.dialect.language

    @property
    def vocabularies(self) -> tuple[str, ...]:
        """The controlled vocabularies that it has."""
        return self.dialect.vocabularies

    def compile(self, tree: Node, years: tuple[int, int] | None = None,
                languages: tuple[str, ...] = ()) -> Compiled:
        """The string of an expression, with limits as parameters or in the string, and every loss."""
        dialect, lowering = self.dialect, Lowering(self.dialect)
        whole = flatten(tree)
        whole, limits, spoken = lifted(whole) if dialect.limit_lines else (whole, [], languages)
        spans = [(span.low, span.high) for span in map(lowering.rounded, limits)]
        if dialect.limit_lines and years:
            spans.append((str(years[0]), str(years[1])))
        if dialect.limit_lines and languages:
            spoken = tuple(dict.fromkeys((*spoken, *languages)))
        lowered = lowering.lower(whole)
        lowered, params = limited(dialect, lowered, years, languages, lowering)
        string, lines = dialect.written(lowered)
        string = dialect.finish(string)
        if dialect.limit_lines:
            named = [LANGUAGES.get(c, c) for c in spoken]
            string = "\n".join((string, *dialect.limit_lines(spans, named, 1)))
            lines += dialect.limit_lines(spans, named, len(lines))
        if over := dialect.exceeds(string):
            lowering.lose("too-long", "", over, "the string as it is: run its numbered lines one by one and combine "
                          "them there, or shorten the concepts" if dialect.line else
                          "the string as it is: split it by hand, or shorten the concepts")
        return Compiled(dialect.name, (SearchString(string, params),), lowering.losses, lowered, lines,
                        remarks(dialect, lowered))


def remarks(dialect: Dialect, tree: Node) -> tuple[Remark, ...]:
    """Named once: that a database adds forms to words, which counts of hits must be read with."""
    if not dialect.word_forms or next(terms(tree), None) is None:
        return ()
    return (Remark("word-forms-added", dialect.word_forms),)


def limited(dialect: Dialect, tree: Node, years: tuple[int, int] | None, languages: tuple[str, ...],
            lowering: Lowering) -> tuple[Node, dict[str, Any]]:
    """The expression with the definition's limits, in the string or as parameters of the source."""
    span = Range(str(years[0]), str(years[1]), keep_unknown=True) if years else None
    params = dialect.params(span, languages) if dialect.params else {}
    parts = [tree]
    if dialect.limit_lines:
        return tree, params
    if span and "years" not in params and not any(k.startswith("year") for k in params):
        if dialect.years:
            parts.append(replace(span, keep_unknown=False))
        else:
            lowering.lose("years-dropped", f"{span.low}-{span.high}", "limit to years",
                          "all years; limit on the website or when screening")
    if languages and "languages" not in params:
        if dialect.languages:
            parts.append(Language(languages))
        else:
            lowering.lose("languages-dropped", ", ".join(languages), "limit to languages",
                          "all languages; limit on the website or when screening")
    return flatten(And(tuple(parts))) if len(parts) > 1 else tree, params
