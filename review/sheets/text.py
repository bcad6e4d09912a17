"""What a spreadsheet cell can hold, and how much room it takes."""

from __future__ import annotations

import re
import unicodedata

CELL_LIMIT = 32_767     # characters in one cell (Excel specifications and limits), counted in UTF-16 units
_CUT = " [... cut here: a cell holds no more]"

# XML 1.0 allows tab, line feed and carriage return below U+0020, no surrogates, neither U+FFFE nor U+FFFF.
_NEWLINE = re.compile(r"\r\n?|\u2028|\u2029|\x0b|\x0c|\x85")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_NO_CHARACTER = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WIDE = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
                   "\U0001f300-\U0001faff\U00020000-\U0003fffd]")


def clean(text: str) -> str:
    """`text` as a cell can hold it.

    Line ends become line feeds, control characters blanks, and what is no character (lone surrogates, U+FFFE,
    U+FFFF) U+FFFD, so that its place stays visible. A text over 32,767 characters is cut and says so.
    """
    if not text:
        return ""
    if not text.isprintable():
        text = _NO_CHARACTER.sub("\ufffd", _CONTROL.sub(" ", _NEWLINE.sub("\n", text)))
    if len(text) * 2 > CELL_LIMIT and utf16_length(text) > CELL_LIMIT:
        raw = text.encode("utf-16-le")[:2 * (CELL_LIMIT - len(_CUT))]
        text = raw.decode("utf-16-le", "ignore") + _CUT
    return text


def escape(text: str) -> str:
    """Text for an .xlsx part, where `_x000D_` would be read as a character code (ECMA-376, ST_Xstring)."""
    return _ESCAPE.sub("_x005F_", text) if "_x" in text else text


def unescape(text: str) -> str:
    """The inverse of `escape`, and of what other programs escape."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def utf16_length(text: str) -> int:
    """Length as Excel counts it: characters beyond the basic plane count twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str) -> str:
    """For comparing: compatibility forms folded (full-width letters), lower case, only letters and digits."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).casefold() if ch.isalnum())


def column_letter(column: int) -> str:
    """Column 1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The inverse of `column_letter`."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    """The cell's address, rows and columns counted from 1: (17, 4) is D17."""
    return f"{column_letter(column)}{row}"


def lines_needed(text: str, width: float) -> int:
    """Lines that wrapped `text` takes in a column of `width` (in characters, as spreadsheets give it).

    An estimate for a 10 point proportional font: a letter takes about 0.83 of the width unit, a Chinese
    character 1.95, and a line of them is an eighth higher.
    """
    room = max(width - 1.0, 2.0)
    total = chinese = 0
    for part in text.split("\n"):
        wide = 0 if part.isascii() else len(_WIDE.findall(part))
        units = (len(part) - wide) * 0.83 + wide * 1.95
        total += max(1, -int(-units // room))
        chinese += wide
    return total if chinese < len(text) / 4 else -int(-total * 9 // 8)
