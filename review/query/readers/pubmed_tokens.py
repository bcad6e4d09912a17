"""The signs and words of a PubMed string, each with its place."""

from __future__ import annotations

import re
from typing import NamedTuple

from review.query.readers import pubmed_tags as tags
from review.query.readers.strategy import Source

_QUOTES = "\"“”„‟＂"
_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<tag>\[[^\]\[]*\])|(?P<colon>:)"
    rf"|(?P<quote>[{_QUOTES}])|(?P<reference>\#\d+)|(?P<bar>[|&])|(?P<word>[^\s()\[\]:{_QUOTES}|&]+))")
_QUOTE = re.compile(f"[{_QUOTES}]")
_SINGLE_QUOTED = re.compile(r"(?<!\w)[‘'](?=\w)([^‘’'\"“”\[\]()]*?)(?<=[\w*])[’'](?=[\s\[)]|$)")
_BRACKETS = re.compile(r"\[([^\]\[]*)\]")
OPERATORS = {"AND": "AND", "OR": "OR", "NOT": "NOT", "|": "OR", "&": "AND"}


class Token(NamedTuple):
    """`kind` is open, close, tag, colon, phrase, reference, operator, bar or word."""

    kind: str
    text: str
    at: int
    end: int


def double_quotes(source: Source) -> None:
    """Phrases between single quotes get double ones, the only ones that PubMed knows."""
    def changed(match: re.Match[str]) -> str:
        source.note(match.start(), "single-quotes", f"The single quotes around {match.group(1)!r} were read as double ones.")
        return f'"{match.group(1)}"'

    source.text = _SINGLE_QUOTED.sub(changed, source.text)


def tokens(source: Source) -> list[Token]:
    """The signs and words of a string; a quoted phrase is one token of kind "phrase"."""
    text, at, out = source.text, 0, []
    while match := _TOKEN.match(text, at):
        kind = str(match.lastgroup)
        start, word = match.start(kind), match.group(kind)
        at = match.end()
        if kind != "quote":
            if (kind == "word" or kind == "bar") and word.upper() in OPERATORS:
                kind = "operator"
            out.append(Token(kind, word, start, at))
            continue
        closing = _QUOTE.search(text, at)
        end = closing.start() if closing else -1
        inside = text[at:end] if end >= 0 else text[at:]
        if end < 0 or "[" in inside and any(tags.is_tag(t) for t in _BRACKETS.findall(inside)):
            raise source.fail(start, "this quotation mark is never closed",
                              "Close the phrase before its tag: \"mental health\"[tiab].")
        if text[start] != '"' or text[end] != '"':
            source.note(start, "curly-quotes", f"The curly quotes around {inside.strip()!r} were read as straight.")
        out.append(Token("phrase", inside, start, end + 1))
        at = end + 1
    rest = text[at:].strip()
    if rest:
        raise source.fail(at + len(text[at:]) - len(text[at:].lstrip()), "a bracket has no opening one"
                          if rest.startswith("]") else "a bracket is never closed",
                          "A tag stands between brackets right after its term: China[tiab].")
    return out
