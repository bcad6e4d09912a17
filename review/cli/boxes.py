"""The boxes of the flow, by the names that `--list`, `--set` and `review reopen` take."""

from __future__ import annotations

from review.prisma.words import BOX_WORDS


def listed() -> str:
    """Every box with its words, a line each."""
    width = max(map(len, BOX_WORDS))
    lines = [f"  {name:<{width}}  {'Other methods: ' if name.startswith('oth_') else ''}{words.strip()}"
             for name, words in BOX_WORDS.items()]
    return "\n".join(["boxes:", *lines])
