"""Delimited text (.csv, .tsv, .txt) as spreadsheets save it: its encoding and delimiter found, or asked for."""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter

DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 50              # rows by which the delimiter is told
_FIELD_LIMIT = 1 << 24      # characters in one field, far above what a cell holds


class NotText(Exception):
    """The bytes are no delimited text, or their encoding can't be told; the message says which."""


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises NotText where the encoding can't be told for sure."""
    if data.startswith(BOM_UTF8):
        return _decoded(data[3:], "utf-8"), "UTF-8"
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _decoded(data, "utf-16"), "UTF-16"
    head = data[:4096]
    if b"\x00" in head:
        # Latin letters in UTF-16 without a mark: every second byte is zero.
        evens, odds = head[::2].count(0), head[1::2].count(0)
        if max(evens, odds) > len(head) // 4 and min(evens, odds) < len(head) // 32:
            return _decoded(data, "utf-16-be" if evens > odds else "utf-16-le"), "UTF-16"
        raise NotText("it holds binary data")
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _legacy(data)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotText(f"it begins as {encoding.upper()} but is damaged at byte {error.start}") from None


def _legacy(data: bytes) -> tuple[str, str]:
    """Text that is not UTF-8: GBK where nearly all of it is everyday Chinese, Windows-1252 where nearly none is.

    Everyday Chinese characters (GB 2312) are two bytes from A1 on; in Western European text a byte over 7F
    mostly stands alone between ASCII letters. What is in between is not guessed.
    """
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        chinese = 0.0
    else:
        high = [ch for ch in text if ord(ch) > 0x7F]
        everyday = sum(1 for ch in high if _everyday(ch))
        chinese = everyday / max(len(high), 1)
        if chinese >= 0.95:
            return text, "GBK"
    alone = _share_alone(data)
    if alone >= 0.9 and chinese < 0.5:
        try:
            return data.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError:
            pass
    raise NotText("its encoding can't be told for sure")


def _everyday(char: str) -> bool:
    """Whether a character is of GB 2312, or one of the signs that GBK adds beside it (a dash, a degree)."""
    first, second = (*char.encode("gb18030"), 0)[:2]
    return first >= 0xA1 and second >= 0xA1 or first in (0xA8, 0xA9)


def _share_alone(data: bytes) -> float:
    """The share of bytes over 7F that have no neighbour over 7F."""
    padded = b" " + data + b" "
    places = [i for i in range(1, len(padded) - 1) if padded[i] > 0x7F]
    alone = sum(1 for i in places if padded[i - 1] < 0x80 and padded[i + 1] < 0x80)
    return alone / max(len(places), 1)


def table(text: str) -> tuple[list[list[str]], str]:
    """The rows of delimited text, and the delimiter. Raises NotText where the text is no table.

    The delimiter is the one that gives most rows of one width; Excel's own first line `sep=;` is obeyed.
    """
    text = text.replace("\x00", "")
    first, _, rest = text.partition("\n")
    if first.strip().strip('"').lower().startswith("sep=") and len(first.strip().strip('"')) == 5:
        delimiter, text = first.strip().strip('"')[4], rest
    else:
        delimiter = max(DELIMITERS, key=lambda d: _evenness(_rows(text, d, _LOOKED_AT)))
    return _rows(text, delimiter, None), delimiter


def _evenness(rows: list[list[str]]) -> tuple[float, int]:
    """How much of a table these rows are: the share that is of one width, then that width. (A line of prose may stand above
    the table; and with the wrong delimiter the header, at least, has another width than the rows.)"""
    filled = [len(row) for row in rows if row] or [1]
    width, n = max(((width, n) for width, n in Counter(filled).items() if n > 1 and width > 1), key=lambda wn: (wn[1], wn[0]),
                   default=(max(filled), 0))
    return n / len(filled), width


def _rows(text: str, delimiter: str, most: int | None) -> list[list[str]]:
    """Up to `most` rows (never none)."""
    before = csv.field_size_limit(_FIELD_LIMIT)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if most is not None and len(rows) >= most:
                break
    except csv.Error as error:
        raise NotText(f"it can't be read as a table ({error})") from None
    finally:
        csv.field_size_limit(before)
    return rows or [[]]
