"""Lowering: from any expression to one that a database can say, naming every loss on the way.

The rule: nothing is dropped or widened in silence. Where there is a choice, the wider search is taken
(more to screen) rather than the narrower one (something missed), and the loss says which it was.
"""

from __future__ import annotations

import string
from dataclasses import replace
from functools import reduce

from review.model import ReviewError
from review.query.compiled import Loss
from review.query.notation import VOCABULARY_NAMES, describe, named, natural_order
from review.query.targets.dialect import Dialect
from review.query.targets.reshape import (
    choices,
    distributed,
    in_fields,
    inside,
    once,
    split,
    unnear,
)
from review.query.tree import (
    ALL,
    PART_OF,
    TEXT,
    TIAB,
    WILDCARDS,
    And,
    Fields,
    Heading,
    Language,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    Range,
    Term,
    alternatives,
    change,
    conjunction,
    flatten,
    terms,
)

_STEM = 4                       # letters before a * that keep it from finding very much more
_MOST_CHOICES = 500             # proximities of single words that one with alternatives is written out as
_THESAURI = ("mesh", "emtree", "cinahl", "apa")


class Lowering:
    """One lowering for one dialect; `losses` are in the order met, each once."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._losses: dict[Loss, None] = {}
        self._nearest: dict[Fields, Fields] = {}

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What was lost so far, each once."""
        return tuple(self._losses)

    def lose(self, code: str, term: str, cannot: str, instead: str) -> None:
        """Name a loss."""
        self._losses.setdefault(Loss(code, term, cannot, instead))

    def lower(self, node: Node) -> Node:
        """The expression in what the dialect can say."""
        lowered: Node | None = change(node, self._leaf)
        if lowered is not None and any(x.code == "limit-dropped" for x in self._losses):
            lowered = self._pruned(lowered)
        if lowered is None:
            raise ReviewError(f"Nothing is left of the search for {self.dialect.name}: it holds only limits that "
                              "this database can't take. Add a concept with terms.", code="definition")
        return flatten(once(lowered))

    def _pruned(self, node: Node) -> Node | None:
        """Without limits that can't be said (each named already): None where nothing else was there."""
        match node:
            case Range(keep_unknown=True) | Language(keep_unknown=True):
                return None
            case And(children=below):
                kept = tuple(c for c in map(self._pruned, below) if c is not None)
                return conjunction(kept) if kept else None
            case Or(children=below):
                kept = tuple(c for c in map(self._pruned, below) if c is not None)
                return alternatives(kept) if kept else None
            case Not(keep=keep, drop=drop):
                left, right = self._pruned(keep), self._pruned(drop)
                return left if left is None or right is None else Not(left, right)
            case _:
                return node

    def rounded(self, span: Range) -> Range:
        """A span in whole years, where the dialect has no days."""
        if self.dialect.days or span.relative or max(len(span.low), len(span.high)) <= 4:
            return span
        self.lose("date-widened", f"{span.low}-{span.high}", "limit to a day or month", "whole years")
        return replace(span, low=span.low[:4], high=span.high[:4])

    def _leaf(self, leaf: Leaf) -> Node:
        match leaf:
            case Term():
                return self._term(leaf)
            case Heading():
                return self._heading(leaf)
            case Near():
                return self._near(leaf)
            case Range():
                if leaf.relative and not self.dialect.relative:
                    return self._unlimited(leaf)
                span = self.rounded(leaf)
                return span if self.dialect.years and self.dialect.can_date(span) else self._unlimited(span)
            case Language():
                return leaf if self.dialect.languages else self._unlimited(leaf)

    def _unlimited(self, leaf: Range | Language | Heading) -> Node:
        """A limit inside the expression that can't be said: every record may pass it."""
        if isinstance(leaf, Heading):
            self.lose("limit-dropped", leaf.text, "limit to this filter of PubMed's",
                      "left out of the string: do this part by hand on the website")
            return Range("", "", "filter", keep_unknown=True)
        what = describe(leaf)
        self.lose("limit-dropped", what, "limit to it inside the string",
                  "left out of the string: do this part by hand on the website")
        return replace(leaf, keep_unknown=True)

    # terms

    def _term(self, term: Term) -> Node:
        if term.mapped and self.dialect.name != "pubmed":
            return self._unmapped(term)
        fields = self._fields(term.fields)
        return self._wildcards(term if fields == term.fields else Term(term.text, fields, term.mapped))

    def _unmapped(self, term: Term) -> Node:
        """Automatic term mapping belongs to PubMed alone: elsewhere each of the words, anywhere in the fields."""
        self.lose("mapping-lost", term.text, "map the term to headings by itself, as PubMed does",
                  "the words themselves" + (", joined by AND" if " " in term.text else ""))
        return conjunction(tuple(self._term(Term(w, term.fields)) for w in term.words))

    def _fields(self, fields: Fields) -> Fields:
        """The nearest fields that the dialect has, looked up (and their loss named) once."""
        found = self._nearest.get(fields)
        if found is None:
            found = self._nearest[fields] = self._nearest_fields(fields)
        return found

    def _nearest_fields(self, fields: Fields) -> Fields:
        """The same fields, else the smallest that hold them, else all."""
        table = self.dialect.fields
        if fields in self.dialect.replaced:
            other = self.dialect.replaced[fields]
            self.lose("field-narrowed", "", f"look in {named(fields)}", f"searched in {named(other)}")
            return other
        if fields in table:
            if fields in self.dialect.widens:
                self.lose("field-widened", "", f"look in {named(fields)} only", self.dialect.widens[fields])
            if fields in self.dialect.approximates:
                self.lose("field-changed", "", f"look in {named(fields)}", self.dialect.approximates[fields])
            return fields
        whole = frozenset(PART_OF.get(atom, atom) for atom in fields)
        if whole != fields and whole in table:
            self.lose("field-widened", "", f"look in {named(fields)} only", f"searched in {named(whole)}")
            return whole
        wider = sorted((f for f in table if f > fields), key=lambda f: (len(f), sorted(f)))
        best = wider[0] if wider else ALL
        if best in table:
            self.lose("field-widened", "", f"look in {named(fields)} only", f"searched in {named(best)}")
            return best
        best = max(table, key=lambda f: (len(f & fields), len(f), sorted(f)))
        self.lose("field-changed", "", f"look in {named(fields)}", f"searched in {named(best)}")
        return best

    def _wildcards(self, term: Term) -> Node:
        """A term with only the wildcards that the dialect has, as alternatives where that is exact."""
        if not term.truncated:
            return term
        if len(split(term.text)) > 1 and not self.dialect.phrase_wild and self.dialect.wild_phrase is None:
            plain = "".join(c for c in term.text if c not in WILDCARDS)
            self.lose("truncation-dropped", term.text, "truncate inside a phrase",
                      f"{plain!r} without it, which finds fewer forms")
            return replace(term, text=plain)
        words, out = term.words, [Term("", term.fields)]
        for word in words:
            choices = self._word(word, term.text)
            out = [replace(t, text=f"{t.text} {choice}".strip()) for t in out for choice in choices]
        return alternatives(tuple(out))

    def _word(self, word: str, term: str) -> tuple[str, ...]:
        """What to write for one word with wildcards: itself, a wider one, or every letter in turn."""
        signs, need = self.dialect.signs, self.dialect.stem
        marks = [i for i, c in enumerate(word) if c in WILDCARDS]
        if not marks:
            return (word,)
        if word[-1] in self.dialect.never_last:
            plain = word.rstrip(self.dialect.never_last)
            self.lose("wildcard-widened", term, "end a word with a sign for exactly one character",
                      "one character or none")
            return self._word(plain + "?" * (len(word) - len(plain)), term)
        stem = word.rstrip(WILDCARDS)
        inside = marks[0] > 0 and any(c in WILDCARDS for c in stem) and not self.dialect.stem_inside
        if all(word[i] in signs for i in marks) and (marks[0] >= need or inside) and (
                marks[0] > 0 or self.dialect.leading):
            if "*" in word and self.dialect.longest:
                self.lose("truncation-shortened", term, f"let a * stand for more than {self.dialect.longest} characters",
                          "as written, which misses longer forms: spell these out")
            return (word,)
        if "*" not in signs or (stem and not any(c in WILDCARDS for c in stem) and len(stem) < need):
            plain = "".join(c for c in word if c not in WILDCARDS)
            why = "truncate" if "*" not in signs else f"truncate after fewer than {need} characters"
            self.lose("truncation-dropped", term, why, f"{plain!r} without it, which finds fewer forms")
            return (plain,)
        if marks[0] >= max(need, _STEM):
            wide = "".join("*" if c in WILDCARDS else c for c in word)
            self.lose("wildcard-widened", term, "stand for a single character",
                      f"{wide!r}, any number of them")
            return (wide,)
        return self._spelled(word, term)

    def _spelled(self, word: str, term: str) -> tuple[str, ...]:
        """One inner wildcard written out, letter by letter."""
        single = [i for i, c in enumerate(word) if c in "?#"]
        if len(single) == 1 and "*" not in word:
            at = single[0]
            letters = ([""] if word[at] == "?" else []) + list(string.ascii_lowercase)
            self.lose("wildcard-spelled", term, "stand for a single character here",
                      f"{len(letters)} alternatives, the letters a to z")
            return tuple(word[:at] + letter + word[at + 1:] for letter in letters)
        plain = "".join(c for c in word if c not in WILDCARDS)
        self.lose("truncation-dropped", term, "put wildcards there", f"{plain!r} without them")
        return (plain,)

    # headings

    def _heading(self, heading: Heading) -> Node:
        dialect = self.dialect
        what = VOCABULARY_NAMES.get(heading.vocabulary, heading.vocabulary)
        if heading.vocabulary == "filter" and "filter" not in dialect.vocabularies:
            return self._unlimited(heading)         # its name says nothing about a paper: no words to look for
        if heading.vocabulary not in dialect.vocabularies or dialect.heading is None:
            return self._as_words(heading, what)
        if heading.vocabulary not in _THESAURI:
            return self._type(heading)
        if heading.major and "major" not in dialect.can:
            self.lose("major-dropped", heading.text, "tell main points from others", "the heading anywhere")
            heading = replace(heading, major=False)
        if heading.subheadings and "subheadings" not in dialect.can:
            self.lose("subheading-dropped", f"{heading.text}/{','.join(heading.subheadings)}",
                      "attach subheadings", "the heading with any subheading")
            heading = replace(heading, subheadings=())
        if heading.explode and "explode" not in dialect.can:
            self.lose("explosion-lost", heading.text, "include narrower headings", "this heading alone")
            heading = replace(heading, explode=False)
        if not heading.explode and "no-explode" not in dialect.can:
            self.lose("explosion-forced", heading.text, "leave narrower headings out", "narrower ones too")
            heading = replace(heading, explode=True)
        return heading

    def _type(self, heading: Heading) -> Heading:
        """Publication types and subheadings: in PubMed the narrower ones are found too, elsewhere not."""
        if heading.vocabulary in ("publication-type", "subheading"):
            if heading.explode and "types" not in self.dialect.can:
                self.lose("explosion-lost", heading.text, f"include narrower {VOCABULARY_NAMES[heading.vocabulary]}s",
                          "this one alone")
                return replace(heading, explode=False)
            return heading
        return replace(heading, explode=False, major=False)

    def _as_words(self, heading: Heading, what: str) -> Node:
        """A heading in a database that doesn't have its vocabulary: its words, as a phrase."""
        words = natural_order(heading.text)
        cure = ""
        if self.dialect.vocabularies and heading.vocabulary in _THESAURI:
            own = self.dialect.vocabularies[0]
            cure = f"; look its own heading up and add it to the concept ({own} = [...])"
        alone = ", without its narrower headings" if heading.explode and heading.vocabulary in _THESAURI else ""
        self.lose("heading-as-words", heading.text, f"search {what} headings", f"the words {words!r}{alone}{cure}")
        extra = [x for x, on in (("major", heading.major), ("subheadings", heading.subheadings)) if on]
        if extra:
            self.lose("heading-parts-lost", heading.text, " and ".join(extra), "without")
        wanted = TIAB if heading.vocabulary in _THESAURI else TEXT
        fields = wanted if wanted in self.dialect.fields else self._fields(wanted)
        return self._wildcards(Term(words, fields))

    # proximity

    def _near(self, near: Near) -> Node:
        dialect, shown = self.dialect, describe(near)
        if dialect.near is not None and not dialect.near_alternatives:
            if choices(near) > _MOST_CHOICES:
                return self._anded(near, shown, "hold alternatives inside a proximity")
            each = distributed(near)
            if len(each) > 1:
                return alternatives(tuple(map(self._near, each)))
        fields = {self._fields(t.fields) for t in terms(near)}
        node = in_fields(near, next(iter(fields)))
        allowed = dialect.near_fields
        if dialect.near is None or len(fields) > 1 or (allowed is not None and not fields <= allowed):
            return self._anded(near, shown, "put words near each other" if dialect.near is None
                               else "put words near each other in this field")
        if dialect.near_counts:
            self.lose("proximity-approximated", shown, "say whether its number counts the words between",
                      dialect.near_counts)
        if near.ordered and not dialect.near_ordered and not (dialect.near_adjacent and near.distance == 0):
            self.lose("order-lost", shown, "keep the order of the words", "either order")
            node = replace(node, ordered=False)
        if any(isinstance(o, Near) for o in inside(node)) and not dialect.near_nested:
            return self._anded(near, shown, "nest proximities")
        if not dialect.near_wild and any(t.truncated for t in terms(node)):
            return self._anded(near, shown, "truncate words inside a proximity")
        if not dialect.near_phrases and any(" " in " ".join(split(t.text)) for t in terms(node)):
            return self._anded(near, shown, "hold a phrase inside a proximity")
        if len(node.operands) > 2 and not dialect.near_window:
            self.lose("proximity-approximated", shown, "hold more than two words within one span",
                      "pairs from left to right, which finds more")
            node = reduce(lambda a, b: Near((a, b), near.distance, node.ordered), node.operands[1:],
                          node.operands[0])                                  # type: ignore[assignment]
            if not dialect.near_nested:
                first, pairs = near.operands[0], near.operands[1:]
                return conjunction(tuple(self._near(replace(near, operands=(first, b))) for b in pairs))
        lowered = self._near_words(node)
        if dialect.near_alternatives or choices(lowered) == 1:
            return lowered
        # A wildcard was spelled out, letter by letter: each of them is a proximity of its own.
        return (alternatives(distributed(lowered)) if choices(lowered) <= _MOST_CHOICES
                else self._anded(near, shown, "hold alternatives inside a proximity"))

    def _near_words(self, near: Near) -> Near:
        """The operands with their wildcards lowered; alternatives by letter stay inside the proximity."""
        def operand(node: Node) -> Node:
            match node:
                case Term():
                    return self._wildcards(node)
                case Near():
                    return self._near_words(node)
                case Or(children=below):
                    return flatten(Or(tuple(map(operand, below))))
                case _:
                    return node
        return replace(near, operands=tuple(map(operand, near.operands)))

    def _anded(self, near: Near, shown: str, cannot: str) -> Node:
        """All operands anywhere in the fields: what every narrower proximity lies within."""
        self.lose("proximity-approximated", shown, cannot,
                  "all of the words, joined by AND, which finds more")
        return conjunction(tuple(self.lower(unnear(o)) for o in near.operands))
