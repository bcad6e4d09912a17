"""Numbers of a flow as people write them: "1,204", "(n = 1 204)", "Wrong design, 58 (37%)".

A count is a whole number, so a mark before three digits divides thousands. Only "12.000" can be twelve with three
decimals as well: it is not read, since nothing is guessed.
"""

from __future__ import annotations

import re

# Full-width forms and the many blanks, character by character, so that places in the text stay.
_PLAIN = str.maketrans("０１２３４５６７８９，：；（）＝％ｎＮ’\u00a0\u2007\u2009\u202f\u3000", "0123456789,:;()=%nN'     ")
_WHOLE = r"(\d{1,3}(?:[,.' ]\d{3})+|\d+(?:\.0*)?)"
_SHARE = r"(?:\s*[(\[]\s*[<~]?\d+(?:[.,]\d+)?\s*%\s*[)\]])?"       # "(37%)" after the number says nothing new
_SAID = rf"(?:n\s*[=:]\s*)?{_WHOLE}{_SHARE}"
_NUMBER = re.compile(rf"\s*(?:[(\[]\s*{_SAID}\s*[)\]]|{_SAID})\s*", re.IGNORECASE)
_PART = re.compile(rf"\s*(?P<name>\S(?:.*?\S)??)\s*(?:[,:]\s*{_SAID}|[(\[]\s*{_SAID}\s*[)\]]|"
                   rf"(?<!\w)n\s*=\s*{_WHOLE}{_SHARE})\s*", re.IGNORECASE | re.DOTALL)
MOST_LETTERS = 1_000      # of a name with its number; more is a text
_NOT_GIVEN = frozenset({"", "na", "n/a", "#n/a", "nan", "-", "–", "—"})


def given(text: str) -> bool:
    """Whether a cell gives anything: NA, a dash or nothing does not."""
    return text.strip().casefold() not in _NOT_GIVEN


def whole_number(text: str) -> int | None:
    """The whole number that a cell holds; None where it is not one. Nothing is rounded."""
    found = _NUMBER.fullmatch(text.translate(_PLAIN))
    return _value(found.groups()) if found else None


def part(text: str) -> tuple[str, int] | None:
    """(name, number) of one entry of a list; None where it is not one. The number stands last."""
    found = _PART.fullmatch(text.translate(_PLAIN)) if len(text) <= MOST_LETTERS else None
    n = _value(found.groups()[1:]) if found else None
    return None if found is None or n is None else (text[found.start("name"):found.end("name")], n)


def entries(text: str) -> list[str]:
    """The entries of a list: between semicolons (full-width ones too) or on lines of their own."""
    return [piece.strip() for piece in re.split(r"[;；\r\n]", text) if piece.strip()]


def _value(found: tuple[str | None, ...]) -> int | None:
    text = next(piece for piece in found if piece)
    if re.fullmatch(r"\d{1,3}\.000", text):
        return None
    if re.fullmatch(r"\d+\.0*", text):              # "12.0", as a table of numbers with a fraction writes it
        text = text.split(".")[0]
    return int(re.sub(r"\D", "", text))
