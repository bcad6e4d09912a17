"""Text that XML can hold."""

from __future__ import annotations

import re

# XML 1.0, section 2.2: the characters that a document may not hold, lone surrogates among them.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text with U+FFFD for each character that XML forbids."""
    return _FORBIDDEN.sub("\ufffd", text)
