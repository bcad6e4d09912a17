"""Finding terms in text, to mark them; and the words in which two texts differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from .book import Marked

Marker = Callable[[str], "Marked | str"]
_WORDS = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+|\W+")      # an ideograph is a word by itself
_LONG = 150                     # characters from which on two texts are long
_GAP = r"[\s\-\u2010-\u2015]+"
_GAPS = re.compile(_GAP)
_EDGE = r"\b"
_BEGINS = r"(?<=\b.)"
_WILD = {"*": r"\w*", "$": r"\w*", "?": r"\w?"}     # truncation as databases write it


def _tokens(term: str) -> list[str]:
    """One term, in lower case, as pieces of a regular expression; empty where it has no letter or digit."""
    words = [word for word in _GAPS.split(term.strip().strip("\"'\u201c\u201d").lower()) if word]
    if not any(ch.isalnum() for word in words for ch in word):
        return []
    tokens: list[str] = []
    for number, word in enumerate(words):
        tokens += [_GAP] if number else []
        tokens += [_WILD.get(ch, re.escape(ch)) for ch in word]
    # Scripts without blanks between words have no word boundaries to look for. The boundary is looked for behind the
    # first letter: a search for one of some letters is several times as fast as one for any boundary.
    if _latin(words[0][0]):
        tokens.insert(1, _BEGINS)
    if _latin(words[-1][-1]):
        tokens.append(_EDGE)
    return tokens


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _alternatives(terms: Sequence[Sequence[str]]) -> str:
    """A regular expression for any of the terms, longest first, with common beginnings written once.

    Written out one after the other, eighty terms would make the search five times slower.
    """
    groups: dict[str, list[Sequence[str]]] = {}
    for tokens in terms:
        if tokens:
            groups.setdefault(tokens[0], []).append(tokens[1:])
    ends = any(not tokens for tokens in terms)
    branches = [head + _alternatives(rest) for head, rest in sorted(groups.items())]
    if len(branches) == 1 and not ends:
        return branches[0]
    return f"(?:{'|'.join(branches)})" + ("?" if ends else "") if branches else ""


def marker(terms: Sequence[str]) -> Marker:
    """A function that marks the `terms` in a text; it gives the text itself where none occurs.

    Case doesn't count; a blank or hyphen in a term matches either; `*` matches the rest of a word.
    """
    known = sorted({tuple(tokens) for tokens in map(_tokens, terms) if tokens})
    if not known:
        return lambda text: text
    pattern = re.compile(_alternatives(known))
    slow = re.compile(pattern.pattern, re.IGNORECASE)

    def mark(text: str) -> Marked | str:
        folded = text.lower()
        # A few letters change their length in lower case; then places would not agree.
        found = pattern.finditer(folded) if len(folded) == len(text) else slow.finditer(text)
        runs: list[tuple[str, bool]] = []
        place = 0
        for hit in found:
            start, end = hit.span()
            if start > place:
                runs.append((text[place:start], False))
            runs.append((text[start:end], True))
            place = end
        if not runs:
            return text
        if place < len(text):
            runs.append((text[place:], False))
        return Marked(tuple(runs))

    return mark


def differences(left: str, right: str) -> tuple[Marked, Marked]:
    """Both texts with the words marked that the other hasn't got at that place; case doesn't count.

    Long texts that share less than half stay unmarked: where nearly every word is marked, no mark says anything.
    """
    from rapidfuzz.distance import Indel

    a, b = _WORDS.findall(left), _WORDS.findall(right)
    runs: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for op in Indel.opcodes([w.casefold() for w in a], [w.casefold() for w in b]):
        for side, words in ((0, a[op.src_start:op.src_end]), (1, b[op.dest_start:op.dest_end])):
            if words:
                runs[side].append(("".join(words), op.tag != "equal"))
    alike = sum(len(text) for side in runs for text, marked in side if not marked)
    if min(len(left), len(right)) > _LONG and alike < (len(left) + len(right)) / 2:
        return Marked(((left, False),)), Marked(((right, False),))
    return Marked(tuple(runs[0])), Marked(tuple(runs[1]))
