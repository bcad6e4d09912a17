"""Whether the title in a returned row is the title that was sent out with its key."""

from __future__ import annotations

from review.screening.table import title_sign

_LONG = 10_000      # signs of a title that a cell cut: 32,767 UTF-16 units with blanks


def same_title(a: str, b: str) -> bool:
    """The same words in the same order; a reviewer may have mended a typo, a cell may have cut a very long title.

    Nine characters in ten must agree, and all digits: they tell part 1 from part 2, and 2019 from 2020.
    """
    from rapidfuzz.fuzz import ratio

    x, y = title_sign(a), title_sign(b)
    if x == y:
        return True
    if not x or not y:
        return False
    if min(len(x), len(y)) > _LONG and x[:_LONG] == y[:_LONG]:
        return True
    return min(len(x), len(y)) > 20 and ratio(x, y) >= 90 and _digits(x) == _digits(y)


def characters_lost(came: str, sent: str) -> bool:
    """Whether a title came back with question marks in place of letters: saved in an encoding that does not have them."""
    return "?" in came and came != sent and len(came) == len(sent.strip()) and all(
        a in ("?", b) or a.isspace() and b.isspace() for a, b in zip(came, sent.strip(), strict=True))


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
