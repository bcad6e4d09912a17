"""Reading PubMed strings: strictly from left to right, tags after terms, quotes, `*`, proximity, ranges.

What people write but PubMed doesn't understand (curly quotes, operators in small letters, `exp` before a
heading, line labels) is put right with a note. What could mean two things is an error with its place.
"""

from __future__ import annotations

import re
from typing import NoReturn

from review.query.findings import did_you_mean
from review.query.languages import code_of
from review.query.readers import pubmed_tags as tags
from review.query.readers.ovid_fields import SUBHEADINGS
from review.query.readers.pubmed_tokens import OPERATORS, Token, double_quotes, tokens
from review.query.readers.strategy import Row, Source
from review.query.tree import (
    ALL,
    EXPLODABLE,
    Heading,
    Language,
    Near,
    Node,
    Range,
    Term,
    flatten,
)

_SHORT_STEM = re.compile(r"(?<![^\W_])[^\W_]{1,3}\*")
_FIELD_BEFORE = re.compile(r"[A-Za-z]{2,5}=.*")
_NO_WILDCARDS = re.compile(r"[?#$]")
_LETTER = re.compile(r"[^\W_]")
_BACK = re.compile(r"last (\d+) (days?|months?|years?)")
_DATE = re.compile(r"[0-9]{4}(?:/(?:0?[1-9]|1[0-2])(?:/(?:0?[1-9]|[12][0-9]|3[01]))?)?")


def parse(source: Source, lines: dict[str, Node] | None = None) -> Node:
    """The expression of one string; `lines` are earlier lines that it may name (#1, or 1 among them).

    ReviewError (code "query-syntax") with line, character, what is wrong and a repair.
    """
    double_quotes(source)
    reader = _Reader(source, tokens(source), lines or {})
    if not reader.tokens:
        raise source.fail(0, "there is nothing to read", "Write at least one term.")
    node = reader.sequence(0)
    if reader.at < len(reader.tokens):
        token = reader.tokens[reader.at]
        raise source.fail(token.at, "this parenthesis has no opening one", "Take it out, or add one before.")
    return flatten(node)


class _Reader:
    """One walk over the tokens; every method leaves `at` behind what it read."""

    def __init__(self, source: Source, tokens: list[Token], lines: dict[str, Node]) -> None:
        self.source, self.tokens, self.lines, self.at = source, tokens, lines, 0
        self.turns = 0                          # how often the operator changed

    def peek(self, ahead: int = 0) -> Token | None:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def fail(self, token: Token | None, what: str, repair: str) -> NoReturn:
        raise self.source.fail(token.at if token else len(self.source.text), what, repair)

    def operator(self, token: Token | None) -> str:
        """AND, OR or NOT if the token is one, else ""."""
        return OPERATORS[token.text.upper()] if token is not None and token.kind == "operator" else ""

    def sequence(self, depth: int) -> Node:
        """Operands and operators from left to right, to the closing parenthesis or the end."""
        if depth > 200:
            self.fail(self.peek(), "more than 200 parentheses stand inside each other", "Take some out.")
        row, seen, said = Row(self.operand(depth)), "", False
        while (token := self.peek()) is not None and token.kind != "close":
            operator = self.operator(token)
            if operator:
                self.at += 1
                if token.text in "|&":
                    self.source.note(token.at, "operator-sign", f"{token.text!r} was read as {operator}.")
                elif token.text in ("and", "or", "not", "And", "Or", "Not"):
                    self.source.note(token.at, "lower-case-operator",
                                     f"{token.text!r} was read as {operator}; PubMed reads capitals only.")
            else:
                operator = "AND"
                self.source.note(token.at, "implicit-and", f"No operator stands before {token.text!r}: AND.")
            if "OR" in (seen, operator) and seen and seen != operator and not said:
                said = True
                self.source.note(token.at, "mixed-operators", f"{seen} and {operator} without parentheses: read "
                                 "from left to right, as PubMed does.")
            seen = operator
            self.turns += row.add(operator, self.operand(depth, token))
            if self.turns > 200:
                self.fail(token, "the operator changes more than 200 times", "Divide the string into lines.")
        return row.node()

    def operand(self, depth: int, before: Token | None = None) -> Node:
        """A group between parentheses, a reference to a line, or a term with its tag."""
        token = self.peek()
        if token is None:
            self.fail(before, "nothing follows this operator", "Write a term after it, or take it out.")
        if operator := self.operator(token):
            self.fail(token, f"a term is missing before {operator}", "Write one, or take the operator out.")
        if token.kind == "close":
            self.fail(token, "there is nothing between the parentheses" if before is None else
                      "a term is missing before this parenthesis", "Write a term, or take the parentheses out.")
        if token.kind == "open":
            return self.group(token, depth)
        if token.kind == "tag":
            self.fail(token, "a tag has no term before it", "Write the term first: China[tiab].")
        if token.kind == "colon":
            self.fail(token, "a range has no beginning", "Write it as 2000:2020[dp].")
        if token.kind == "reference" or (token.kind == "word" and token.text in self.lines and self.bare_name()):
            self.at += 1
            label = token.text.lstrip("#")
            if label not in self.lines:
                self.fail(token, f"there is no line {label}", "Lines must stand before those that name them.")
            return self.lines[label]
        return self.tagged()

    def bare_name(self) -> bool:
        """Whether the word at hand stands alone (no tag, no word after it), as a line's name does."""
        after = self.peek(1)
        return after is None or after.kind == "close" or bool(self.operator(after))

    def group(self, opening: Token, depth: int) -> Node:
        self.at += 1
        node = self.sequence(depth + 1)
        if self.peek() is None:
            self.fail(opening, "this parenthesis is never closed", "Close it where the group ends.")
        self.at += 1
        after = self.peek()
        if after is not None and after.kind == "tag":
            self.fail(after, "a tag can't stand after a group", "Tag each term: (a[tiab] OR b[tiab]).")
        return node

    def tagged(self) -> Node:
        """Words or a phrase up to the tag; or a range of dates."""
        first = self.tokens[self.at]
        words, phrase = self.words()
        token = self.peek()
        tag = token if token is not None and token.kind == "tag" else None
        if tag:
            self.at += 1
            token = self.peek()
        if token is not None and token.kind == "colon":
            if not _DATE.fullmatch(words):
                self.fail(token, "a colon stands between words, but PubMed knows it only between dates",
                          "Take out what is not part of the search, or write a range: 2000:2020[dp].")
            return self.range(first, words, tag)
        if not _LETTER.search(words):
            self.fail(first, "there is no letter or digit to look for", "Write a term, or take it out.")
        if tag is None and "=" in words and _FIELD_BEFORE.fullmatch(words):
            self.fail(first, "PubMed's fields don't stand before the term", "Write the tag behind it: eHealth[ti].")
        if "*" in words and _SHORT_STEM.search(words):
            self.source.note(first.at, "truncation-too-short", f"{words!r}: PubMed needs four characters before *.")
        if tag is None and words.casefold() == "hasabstract":
            return _heading(words, "filter", False, False)
        if tag is None:
            # A * switches the mapping of a word off; words without quotes or tag are still looked for one by one.
            return Term(words, ALL, mapped=not phrase and ("*" not in words or " " in words))
        return self.with_tag(first, words, phrase, tag)

    def words(self) -> tuple[str, bool]:
        """The text of the term at hand, and whether it stood between quotes."""
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "phrase":
            return _clean(token.text, self.source, token.at), True
        parts = [token.text]
        while (more := self.peek()) is not None and more.kind == "word":
            parts.append(more.text)
            self.at += 1
        if parts[0].casefold() == "exp" and len(parts) > 1:
            self.source.note(token.at, "exp-dropped", "exp is Ovid's; PubMed explodes by itself.")
            parts = parts[1:]
        if len(parts) > 1 and (signs := [p for p in parts if not any(map(str.isalnum, p))]):
            parts = [p for p in parts if p not in signs] or parts
            self.source.note(token.at, "signs-left-out", f"{' '.join(signs)!r} holds no letter or digit: left out, as PubMed "
                             "does.")
        return _clean(" ".join(parts), self.source, token.at), False

    def with_tag(self, first: Token, words: str, phrase: bool, tag: Token) -> Node:
        """A term with its tag's meaning."""
        name = tags.fold(tag.text[1:-1])
        name, _, option = name.partition(":")
        if option.startswith("~"):
            return self.proximity(words, phrase, name, option[1:], tag)
        if name in tags.FIELDS:
            if name == "journal" and option.startswith("__jid"):    # PubMed's own search details write "Lancet"[Journal:__jid...]
                self.source.note(tag.at, "option-left-out", f"{tag.text} names one journal by its number: read as [Journal].")
                option = ""
            if option:
                self.fail(tag, f"unknown option {option!r} in the tag", "Proximity is written \"a b\"[tiab:~3]; without "
                          "it, leave the option out.")
            return Term(words, tags.FIELDS[name])
        if name in tags.HEADINGS:
            vocabulary, major = tags.HEADINGS[name]
            if name == "text" and words.casefold() != "hasabstract":
                self.fail(tag, "[text] stands behind hasabstract only", "For title and abstract write [tiab].")
            if option not in ("", "noexp"):
                self.fail(tag, f"unknown option {option!r} in the tag", "A heading takes :noexp and nothing else.")
            if words.startswith("*"):
                self.source.note(first.at, "star-dropped", f"The * before {words[1:]!r} says nothing in PubMed.")
                words = words.lstrip("*")
            if vocabulary == "mesh" and "*" in words:
                return Term(words, frozenset({"heading"}))
            return _heading(words, vocabulary, major, not option)
        if name in tags.LANGUAGE:
            return Language((code_of(words),))
        if name in tags.DATES:
            return self.date(first, words, name, tag)
        hint = did_you_mean(name, tags.KNOWN, 0.7) or " For title and abstract write [tiab]."
        raise self.source.fail(tag.at, f"PubMed has no tag {tag.text}", hint.strip())

    def proximity(self, words: str, phrase: bool, name: str, distance: str, tag: Token) -> Node:
        """`"a b"[tiab:~N]`."""
        if name not in tags.PROXIMITY:
            self.fail(tag, "proximity works in [ti], [tiab] and [ad] only", "Write \"a b\"[tiab:~3].")
        if not re.fullmatch(r"[0-9]{1,4}", distance):
            self.fail(tag, f"{distance!r} is not a number of words", "Write \"a b\"[tiab:~3].")
        each = words.replace("-", " ").split()
        if not phrase or len(each) < 2:
            self.fail(tag, "proximity needs two or more words between quotes", "Write \"a b\"[tiab:~3].")
        fields = tags.FIELDS[name]
        if "*" in words:
            self.source.note(tag.at, "proximity-ignored", f"PubMed ignores the proximity in {words!r}, because a * "
                             "stands in it.")
            return Term(words, fields)
        return Near(tuple(Term(w, fields) for w in each), int(distance))

    def range(self, first: Token, low: str, low_tag: Token | None) -> Node:
        """`1996:1998[dp]`, or each end with its own tag."""
        self.at += 1
        token = self.peek()
        if token is None or token.kind not in ("word", "phrase"):
            self.fail(token, "a range has no end", "Write it as 2000:2020[dp].")
        high, _ = self.words()
        tag = self.peek()
        if tag is None or tag.kind != "tag":
            self.fail(first, "a range has no tag", "Say which date: 2000:2020[dp].")
        self.at += 1
        names = {tags.fold(t.text[1:-1]) for t in (low_tag, tag) if t}
        field = {tags.DATES.get(n, "") for n in names}
        if len(field) > 1 or "" in field:
            self.fail(tag, f"{tag.text} is not one date for both ends", "Write it as 2000:2020[dp].")
        for end in (low, high):
            if not _DATE.fullmatch(end):
                self.fail(first, f"{end!r} is not a date", "Write a year, or year/month/day: 2000/01/31.")
        if low.split("/") > high.split("/")[:len(low.split("/"))] and not high.startswith(low):
            self.fail(first, "the range runs backwards", f"Write {high}:{low}.")
        return Range(_open(low, "1000"), _open(high, "3000"), field.pop())

    def date(self, first: Token, words: str, name: str, tag: Token) -> Node:
        """One date or year with its tag."""
        if not _DATE.fullmatch(words.rstrip("*")):
            if back := _BACK.fullmatch(words.casefold()):
                self.source.note(first.at, "relative-date", f"{words!r} counts back from the day of the search: the same string "
                                 "finds other records tomorrow. Dates would keep it: 2026/01/01:2026/01/31.")
                return Range(f"last {back.group(1)} {back.group(2)}", "", tags.DATES[name])
            self.fail(first, f"{words!r} is not a date", "Write a year, or year/month/day: 2000/01/31[dp].")
        return Range(words.rstrip("*"), words.rstrip("*"), tags.DATES[name])


def _open(date: str, end: str) -> str:
    return "" if date == end else date


def _heading(words: str, vocabulary: str, major: bool, explode: bool) -> Heading:
    """A heading; a subheading may stand behind a slash."""
    if vocabulary == "subheading":          # PubMed takes their two letters too: px[sh]
        words = SUBHEADINGS.get(words.casefold(), words)
    if vocabulary != "mesh" or "/" not in words:
        return Heading(words, vocabulary, explode and vocabulary in EXPLODABLE, major)
    name, *subs = (p.strip() for p in words.split("/"))
    return Heading(name, vocabulary, explode, major, tuple(SUBHEADINGS.get(s.casefold(), s) for s in subs if s))


def _clean(text: str, source: Source, at: int) -> str:
    """A term as PubMed takes it: `?`, `#` and `$` are not wildcards there, and stand for blanks."""
    if _NO_WILDCARDS.search(text):
        source.note(at, "not-a-wildcard", f"{text!r}: PubMed knows only the * at the end; ?, # and $ are blanks.")
        text = _NO_WILDCARDS.sub(" ", text)
    return " ".join(text.split()).strip(",; ")

