"""Reading Ovid strategies (MEDLINE, Embase, PsycInfo), line by line as they are printed.

`exp *Heading/sub`, `(a or b).ti,ab.`, adjN, `$` and `*` with or without a number, `?`, `#`, `or/1-5`,
`3 and 4`, `limit 5 to ...`. Lines are numbered by their place unless each begins with its own number.
Proximity binds first, then operators from left to right; where that matters, a note says so.
"""

from __future__ import annotations

import re
from typing import NoReturn

from review.model import Issue
from review.query.findings import did_you_mean
from review.query.readers import ovid_fields as codes
from review.query.readers.ovid_databases import NOTHING, USE, known, own, without_nothing
from review.query.readers.ovid_limits import limited
from review.query.readers.ovid_lines import lines
from review.query.readers.ovid_places import LATER, placed, proximate, settled, together, wildcards
from review.query.readers.strategy import Known, Line, Row, Source, Strategy
from review.query.tree import (
    And,
    Heading,
    Near,
    Node,
    Or,
    Term,
    flatten,
)

_SET = re.compile(r"(or|and)\s*/\s*([\d,\s-]*\d(?![\w-])|[^\s()]*)", re.IGNORECASE)
_COMMAND = re.compile(r"\s*(?:remove\s+duplicates\s+from|from)\s+(\d+)(?:\s+keep\s+\S.*)?$", re.IGNORECASE)
_FREQUENCY = re.compile(r"\s*/\s*freq\s*=\s*\d+", re.IGNORECASE)
_HEADING = re.compile(
    r"(?P<first>\*\s*(?=exp\s))?(?P<exp>exp\s+)?(?P<major>\*\s*)?(?:\"(?P<quoted>[^\"/]+)\""
    r"|(?P<plain>[^\W_][^()\"/$*?#]{0,150}?(?:\([^()\"/$*?#]{0,60}\)(?=\s*/))?))\s*/(?!\s*freq\b)"
    r"(?:(?P<subs>[a-z]{2}(?:\s*,\s*[a-z]{2})*)(?![a-z]))?(?P<names>\s*\[[^\]]*\])?", re.IGNORECASE)
_CODE = "(?:m_titl|[a-z]{2})"
_FIELD = re.compile(rf"\s*\.\s?({_CODE}(?:\s*,\s*{_CODE})*)(?:\.|(?=\s|\)|$))", re.IGNORECASE)
_FIELD_AT_END = re.compile(rf"\.({_CODE}(?:,{_CODE})*)\.?$", re.IGNORECASE)
_LIKE_A_FIELD = re.compile(r"(?<=[\w*$?#])\.([a-z_]{2,8}(?:,[a-z_]{2,8})*)\.$", re.IGNORECASE)
_LIMIT = re.compile(r"limit\s+\d+\s+to\s", re.IGNORECASE)
_BEFORE_AND = re.compile(r"(?:^|[(]|\bor\s)\s*([^\W\d_][\w\s,-]*?)\s+and\s+$", re.IGNORECASE)
_OPERATOR = re.compile(r"(and|or|not|adj([0-9]{0,4})|near/?([0-9]{0,4}))(?=[\s()\"]|$)", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“”]([^\"“”]*)[\"“”]")
_WORD = re.compile(r"(?:(?!/\s*freq\s*=)[^\s()\"“”])+", re.IGNORECASE)


def read(text: str, vocabulary: str = "mesh") -> Strategy:
    """A strategy of one or more lines; `vocabulary` is that of its headings (mesh, emtree, apa).

    ReviewError (code "query-syntax") with line, character, what is wrong and a repair.
    """
    notes: list[Issue] = []
    out: list[Line] = []
    known = Known()
    last = 1
    for label, source in enumerate(lines(text, notes), 1):
        known.line = source.line
        node = without_nothing(flatten(_Reader(source, known, vocabulary).line()))
        known.add(str(label), node)
        out.append(Line(str(label), source.text.strip(), node))
        last = source.line
    if not out:
        raise Source(text).fail(0, "there is nothing to read", "Write at least one line.")
    if out[-1].tree == NOTHING:
        raise Source(out[-1].text, last).fail(0, "the whole search is for another database", "Read it with the name of that "
                                              "database: --database ovid-embase.")
    known.note_unused(notes, last)
    return Strategy(tuple(out), tuple(notes))


class _Reader:
    """One walk over one line; `at` stands behind what was read."""

    def __init__(self, source: Source, known: Known, vocabulary: str) -> None:
        self.source, self.known, self.vocabulary = source, known, vocabulary
        self.text, self.at = source.text, 0
        self.turns = 0                          # how often the operator changed

    def fail(self, at: int, what: str, repair: str) -> NoReturn:
        raise self.source.fail(at, what, repair)

    def skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def line(self) -> Node:
        """A whole line: a limit, a command, or an expression."""
        body = self.text.strip()
        if _LIMIT.match(body):
            return limited(self.source, self.reference)
        if match := _COMMAND.match(self.text):
            self.source.note(match.start(1), "command-left-out", f"{body!r} chooses among what was found: read as line "
                             f"{match.group(1)} itself.")
            return self.reference(match.group(1))
        if body.startswith(".."):
            self.fail(self.text.index(".."), "commands with two dots can't be read", "Write a limit out: limit 3 to english.")
        node = self.sequence(0)
        self.skip()
        if self.at < len(self.text):
            if self.text[self.at] == ")":
                self.fail(self.at, "this parenthesis has no opening one", "Take it out, or add one before.")
            self.fail(self.at, "an operator is missing before it", "Write and, or, not or adj3, or take it out.")
        return settled(node)

    def lines_of(self, match: re.Match[str]) -> Node:
        """or/1-5, and/2,4."""
        self.at = match.start(2)
        below = tuple(self.reference(n) for n in self.numbers(match.group(2)))
        self.at = match.end()
        node = (Or(below) if match.group(1).lower() == "or" else And(below)) if len(below) > 1 else below[0]
        return self.in_database(node)

    def numbers(self, text: str) -> list[str]:
        """1-3,5 -> 1, 2, 3, 5."""
        out: list[str] = []
        for part in filter(None, re.split(r"[,\s]+", text.strip())):
            ends = part.split("-")
            if len(ends) > 2 or not all(re.fullmatch(r"[0-9]{1,5}", e) for e in ends) or int(ends[0]) > int(ends[-1]):
                self.fail(self.text.find(part, self.at), f"{part!r} is not a line or a range of lines", "Write or/1-5.")
            if int(ends[-1]) > len(self.known):
                self.fail(self.text.find(part, self.at), f"there is no line {ends[-1]} before this one",
                          f"Lines 1 to {len(self.known)} stand before it." if self.known else "It is the first.")
            out += map(str, range(int(ends[0]), int(ends[-1]) + 1))
        if not out:
            self.fail(self.at, "no lines are named", "Write or/1-5.")
        return out

    def reference(self, number: str) -> Node:
        if number not in self.known:
            self.fail(self.at, f"there is no line {number} before this one", "Check the numbers of the lines.")
        return self.known[number]

    def operator(self) -> tuple[str, int | None, int]:
        """The operator at hand ("" for none), its distance, and where it ends."""
        self.skip()
        match = _OPERATOR.match(self.text, self.at)
        if not match:
            return "", None, self.at
        word = match.group(1).lower()
        if word.startswith(("adj", "near")):
            distance = match.group(2) or match.group(3)
            return "ADJ", int(distance) if distance else None, match.end()
        return word.upper(), None, match.end()

    def sequence(self, depth: int) -> Node:
        """Operands joined by and, or, not from left to right."""
        if depth > 200:
            self.fail(self.at, "more than 200 parentheses stand inside each other", "Take some out.")
        row, seen, said = Row(self.close_words(depth)), "", False
        while True:
            operator, _, end = self.operator()
            if operator not in ("AND", "OR", "NOT"):
                break
            if "OR" in (seen, operator) and seen and seen != operator and not said:
                said = True
                self.source.note(self.at, "mixed-operators", f"{seen} and {operator} stand without parentheses: "
                                 "read from left to right.")
            seen, start = operator, self.at
            self.at = end
            self.turns += row.add(operator, self.close_words(depth, start))
            if self.turns > 200:
                self.fail(start, "the operator changes more than 200 times", "Divide it into lines.")
        return row.node()

    def close_words(self, depth: int, before: int | None = None) -> Node:
        """Operands joined by adjN, which binds before the others."""
        node, joined = self.operand(depth, before), 0
        while True:
            operator, distance, end = self.operator()
            if operator != "ADJ":
                return node
            start, self.at = self.at, end
            right = self.operand(depth, start)
            for side in (node, right):
                if not proximate(side):
                    self.fail(start, "only words, phrases and (a or b) can stand beside adj",
                              "Take headings, AND and NOT out of the proximity.")
            joined += 1
            if joined > 100:
                self.fail(start, "more than 100 words stand near each other", "Divide them by and.")
            if distance == 0:
                self.fail(start, "adj0 finds nothing", "adj1 means side by side.")
            node, right = together(node, right)
            # adj alone: side by side in this order; adjN: either order, up to N - 1 words between.
            node = Near((node, right), (distance or 1) - 1, ordered=distance is None)

    def operand(self, depth: int, before: int | None) -> Node:
        self.skip()
        if self.at >= len(self.text):
            self.fail(self.at if before is None else before, "nothing follows here", "Write a term.")
        if self.text[self.at] == ")":
            self.fail(self.at, "a term is missing before this parenthesis", "Write one, or take it out.")
        if match := _SET.match(self.text, self.at):
            return self.lines_of(match)
        if self.operator()[0]:
            self.fail(self.at, "a term is missing before this operator", "Write one, or take the operator out.")
        if self.text[self.at] == "(":
            return self.group(depth)
        return self.heading() or self.phrase()

    def group(self, depth: int) -> Node:
        opening = self.at
        self.at += 1
        node = self.sequence(depth + 1)
        self.skip()
        if self.at >= len(self.text):
            self.fail(opening, "this parenthesis is never closed", "Close it where the group ends.")
        self.at += 1
        return self.in_field(node)

    def heading(self) -> Node | None:
        """`exp *Heading/di, dt [Diagnosis, Drug Therapy]`, if one stands here."""
        match = _HEADING.match(self.text, self.at)
        if not match:
            return None
        name = (match.group("quoted") or match.group("plain")).strip()
        if match.group("plain") and re.search(r"\s(?:or|and|not|adj\d*|near)\s", f" {name} ", re.IGNORECASE) and not (
                match.group("exp") and " or " not in name):
            return None
        if name.casefold() == "exp":
            self.fail(match.start(), "exp has no heading behind it", "Write exp Child/.")
        before = _BEFORE_AND.search(self.text, max(0, match.start() - 150), match.start())
        if before and match.group("plain") and not match.group("exp"):
            whole = f"{before.group(1)} and {name}"
            self.source.note(before.start(1), "heading-or-two", f"{before.group(1)!r} was read as words and {name!r} as a "
                             f"heading. If one heading is meant, write quotation marks: \"{whole}\"/.")
        self.at = match.end()
        given = [s.strip().lower() for s in (match.group("subs") or "").split(",") if s.strip()]
        subs = tuple(dict.fromkeys(codes.SUBHEADINGS.get(s, s) for s in given))
        return self.in_database(Heading(name, self.vocabulary, bool(match.group("exp")),
                                        bool(match.group("major") or match.group("first")), subs))

    def phrase(self) -> Node:
        """Words up to the next operator, parenthesis or field; a number alone is a line."""
        start, parts = self.at, list[str]()
        while self.at < len(self.text) and self.text[self.at] not in "()":
            if quoted := _QUOTED.match(self.text, self.at):
                parts.append(quoted.group(1))
                self.at = quoted.end()
            elif self.text[self.at] in "\"“”":
                self.fail(self.at, "this quotation mark is never closed", "Close the phrase, or take it out.")
            elif word := _WORD.match(self.text, self.at):
                text = word.group()
                field = _FIELD_AT_END.search(text)
                if field and all(c in codes.KNOWN for c in field.group(1).lower().split(",")):
                    parts.append(text[:field.start()])
                    self.at = word.start() + field.start()
                    break
                parts.append(text)
                self.at = word.end()
            here = self.at
            self.skip()
            if self.operator()[0] or USE.match(self.text, here) or (
                    _FIELD.match(self.text, here) and self.text[here:here + 1] == "."):
                self.at = here
                break
        words = " ".join(filter(None, (p.strip() for p in parts)))
        bare = self.text[start] not in "\"“”"
        if bare and words in self.known and not _FIELD.match(self.text, self.at):
            return self.in_database(self.known[words])
        if bare and re.fullmatch(r"[0-9]{1,3}", words) and not _FIELD.match(self.text, self.at):
            self.fail(start, f"there is no line {words} before this one", "Check the numbers of the lines.")
        if re.match(r"exp(\s|$)", words, re.IGNORECASE) and bare:
            self.fail(start, "exp stands before a heading, and a heading ends in a slash", "Write exp Child/.")
        if re.match(r"limit\s", words, re.IGNORECASE) and start == 0:
            self.fail(start, "a limit names the line that it limits", "Write limit 5 to humans.")
        if unknown := _LIKE_A_FIELD.search(words):
            self.fail(start + max(0, self.text[start:].find(unknown.group())), f"Ovid has no field {unknown.group().rstrip('.')}",
                      (did_you_mean(unknown.group(1).split(",")[-1], codes.KNOWN) or "For title and abstract: .ti,ab."
                       ).strip())
        if not any(c.isalnum() for c in words):
            self.fail(start, "there is no letter or digit to look for", "Write a term, or take it out.")
        return self.in_field(Term(wildcards(words), LATER))

    def in_field(self, node: Node) -> Node:
        """The operand in the fields that stand behind it, if any do."""
        match = _FIELD.match(self.text, self.at)
        if not match:
            return self.in_database(node)
        names = [n.strip().lower() for n in match.group(1).split(",")]
        for name in names:
            if name not in codes.KNOWN:
                self.fail(match.start(), f"Ovid has no field .{name}.",
                          (did_you_mean(name, codes.KNOWN) or " For title and abstract: .ti,ab.").strip())
        self.at = match.end()
        if often := _FREQUENCY.match(self.text, self.at):
            self.source.note(self.at, "frequency-left-out", f"{often.group().strip()} asks for the words several times: read as "
                             "once, which finds more.")
            self.at = often.end()
        return self.in_database(placed(node, names, self.vocabulary))

    def in_database(self, node: Node) -> Node:
        """The operand, or nothing if `use` says that it is for another database."""
        match = USE.match(self.text, self.at)
        if not match:
            return node
        named = [c.strip() for c in match.group(1).split(",")]
        for name in named:
            if not known(name):
                self.fail(match.start(1), f"Ovid has no database {name!r} that is known here",
                          "Leave out `use` and what stands before it, if it is for another database.")
        self.at = match.end()
        if any(own(name, self.vocabulary) for name in named):
            return node
        self.source.note(match.start(1), "other-database", f"`use {match.group(1)}` is for another database: the part before it "
                         "is left out.")
        return NOTHING
