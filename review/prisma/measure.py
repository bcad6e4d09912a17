"""Widths of text and where lines break, without a font file.

Widths are those of Helvetica and Arial (they agree, and so do their free metric twins), in thousandths of the
font size, from the published font metrics. Characters outside the table count as their base letter, as a
full square where Unicode calls them wide (Chinese, Japanese, Korean), and as a broad letter otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_REGULAR = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778,
    722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278,
    278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)
_BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778,
    722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333,
    278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
)
_BROAD = 722          # a letter that the table doesn't know: Cyrillic, Greek, symbols
NBSP = "\u00a0"       # holds "(n = 12)" together; written out as a plain blank

# A line may break after a blank, after a hyphen or slash between letters, and between wide characters.
_CHUNK = re.compile(r"[^ ]+ *| +")
_CLOSING = set("，。、；：？！）》】」』％”’,.;:?!)]}%")
_OPENING = set("（《【「『“‘([{")


@lru_cache(maxsize=4096)
def _char_width(char: str, bold: bool) -> int:
    table = _BOLD if bold else _REGULAR
    code = ord(char)
    if 32 <= code < 127:
        return table[code - 32]
    if char == NBSP:
        return table[0]
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0
    if unicodedata.east_asian_width(char) in ("W", "F"):
        return 1000
    base = unicodedata.normalize("NFD", char)[0]
    if base != char:
        return _char_width(base, bold)
    if char in "–‘’“”·•":
        return 556
    return 1000 if unicodedata.category(char) in ("So", "Sm", "Pd") else _BROAD


def is_wide(char: str) -> bool:
    """Whether a line may break on either side of it (Chinese and its neighbours)."""
    return unicodedata.east_asian_width(char) in ("W", "F")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text in the unit of `size`."""
    return sum(_char_width(char, bold) for char in text) * size / 1000


def wrap(text: str, width: float, size: float, *, bold: bool = False, hanging: float = 0.0) -> list[str]:
    """Break a paragraph into lines no wider than `width`; lines after the first have `hanging` less.

    Breaks at blanks and between wide characters; a single word that is wider than a line is cut.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        room = width - (hanging if lines else 0.0)
        if text_width((line + piece).rstrip(" "), size, bold=bold) <= room:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip(" "))
            room = width - hanging
        line = piece
        while text_width(line.rstrip(" "), size, bold=bold) > room:
            head = _longest_head(line, room, size, bold)
            lines.append(line[:head])
            line = line[head:]
            room = width - hanging
    if line.strip() or not lines:
        lines.append(line.rstrip(" "))
    return lines


def _longest_head(text: str, room: float, size: float, bold: bool) -> int:
    """How many characters of a too wide word fit; at least one."""
    used = 0.0
    for index, char in enumerate(text):
        used += text_width(char, size, bold=bold)
        if used > room:
            return max(index, 1)
    return len(text)


def _pieces(text: str) -> list[str]:
    """The unbreakable pieces of a paragraph, blanks at the end of each."""
    out: list[str] = []
    for chunk in _CHUNK.findall(text):
        piece = ""
        for index, char in enumerate(chunk):
            if piece and _may_break(chunk[index - 1], char):
                out.append(piece)
                piece = ""
            piece += char
        out.append(piece)
    return out


def _may_break(before: str, after: str) -> bool:
    """Whether a line may end between two characters of one word."""
    if after in _CLOSING or before in _OPENING or after in (" ", NBSP) or before == NBSP:
        return False
    return is_wide(before) or is_wide(after) or before in "/-–" and after.isalpha()
