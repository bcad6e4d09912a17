"""Which encoding an export is in: a mark at its start, else strict UTF-8, else what the user says,
else GB18030 where the text is then plausibly Chinese, else Windows-1252 with a reported issue.

Statistical detectors are not used: on real exports they take GBK for Korean and Windows-1252 for
Central European. Here every answer follows from the bytes by a rule that can be told in a sentence.
"""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

BOMS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),     # before UTF-16, whose mark it begins with
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
CHUNK = 1 << 20                     # bytes read at a time
_HIGH = re.compile(rb"[\x80-\xff]+")
_PAIR = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")


def _undefined_as_latin1(error: UnicodeError) -> tuple[str, int]:
    """The five bytes that Windows-1252 leaves open stand for the control characters of Latin-1."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start:error.end].decode("latin-1"), error.end


codecs.register_error("review-latin1", _undefined_as_latin1)


def canonical(encoding: str) -> str | None:
    """Python's name for an encoding, or None where there is no such text encoding."""
    try:
        info = codecs.lookup(encoding)
        "".encode(info.name)
    except (LookupError, TypeError):
        return None
    return "utf-8" if info.name in ("utf-8-sig", "ascii") else info.name


def wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 by its mark, UTF-16 also by the zero bytes that every second place of Western text then holds."""
    for bom, name in BOMS[1:]:
        if head.startswith(bom):
            return name
    sample = head[: min(len(head), 4096) // 2 * 2]
    if len(sample) < 8 or b"\0" not in sample:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def plausibly_chinese(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 read as Chinese in GB18030.

    Three signs, all from the layout of GB 2312: they decode without an error; nearly all of their
    high bytes stand in pairs of that set; and the characters spread over its first level, which is
    sorted by sound and fills the rows B0 to D7. Western letters stand alone between ASCII; Cyrillic
    falls into the second level; Korean syllables end at row C8; Japanese fills the rows of its kana.
    """
    runs = _HIGH.findall(data)
    high = sum(map(len, runs))
    pairs = [run for found in runs for run in _PAIR.findall(found)]
    if len(pairs) < 4 or 2 * len(pairs) < 0.7 * high:
        return False
    first = sum(0xB0 <= p[0] <= 0xD7 for p in pairs)
    late = sum(0xC9 <= p[0] <= 0xD7 for p in pairs)
    kana = sum(p[0] in (0xA4, 0xA5) for p in pairs)
    if first < 0.6 * len(pairs) or late < 0.15 * first or kana > 0.1 * len(pairs):
        return False
    try:
        # The sample may end inside a character.
        codecs.getincrementaldecoder("gb18030")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


class _Tally:
    """What a pass over a file says about its bytes."""

    def __init__(self) -> None:
        self.utf8 = True            # no error so far
        self.multibyte = 0          # characters of more than one byte that are sound UTF-8
        self.broken = 0             # places that are not UTF-8
        self.high = bytearray()     # lines with bytes that are not UTF-8, as a sample
        self._rest = b""

    def feed(self, chunk: bytes, final: bool) -> None:
        """Look at the next bytes; cheap while all is UTF-8."""
        data = self._rest + chunk
        self._rest = b""
        if not final:               # keep an unfinished line for the next round
            cut = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
            if cut or len(data) < 4 * CHUNK:
                data, self._rest = data[:cut], data[cut:]
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.utf8 = False
            self._by_line(data)
        else:
            self.multibyte += 0 if data.isascii() else len(data) - len(text)

    def _by_line(self, data: bytes) -> None:
        for line in data.splitlines(keepends=True):
            if line.isascii():
                continue
            try:
                self.multibyte += len(line) - len(line.decode("utf-8"))
            except UnicodeDecodeError:
                self.broken += 1
                if len(self.high) < CHUNK:
                    self.high += line


def detect(head: bytes, *, said: str | None = None, more: BinaryIO | None = None) -> tuple[str, str]:
    """The encoding of a file by its first bytes, or by all of it where `more` can be read on.

    Returns (Python's name, how it was found): `bom`, `utf-8`, `said`, `chinese`, `utf-8-damaged`
    (mostly sound UTF-8 with some lines in another encoding) or `cp1252`. Leaves `more` at its end.
    """
    for bom, name in BOMS:
        if head.startswith(bom):
            return name, "bom"
    if found := wide(head):
        return found, "bom"
    tally = _Tally()
    tally.feed(head, final=False)
    while more is not None and (chunk := more.read(CHUNK)):
        tally.feed(chunk, final=False)
    if more is not None or len(head) < 1 << 16:     # a cut head may end inside a line
        tally.feed(b"", final=True)
    if tally.utf8:
        return "utf-8", "utf-8"
    if said and (name_said := canonical(said)):
        return name_said, "said"
    sample = bytes(tally.high)
    if plausibly_chinese(sample):
        return "gb18030", "chinese"
    # Sound multi-byte characters do not come about by chance: then it is UTF-8 with damaged lines.
    if tally.multibyte > 8 * tally.broken:
        return "utf-8", "utf-8-damaged"
    return "cp1252", "cp1252"


def decode(data: bytes, encoding: str) -> str:
    """Text of bytes; what does not fit the encoding is read as Windows-1252 or marked U+FFFD."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-8":
            lines = data.splitlines(keepends=True)
            return "".join(map(_line, lines))
        if encoding == "cp1252":
            return data.decode("cp1252", "review-latin1")
        return data.decode(encoding, "replace")


def _line(line: bytes) -> str:
    """A damaged line: UTF-8 where it fits, with marks where parts do; else Windows-1252."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        marked = line.decode("utf-8", "replace")
        if any(c > "\x7f" and c != "\ufffd" for c in marked):
            return marked
        return line.decode("cp1252", "review-latin1")
