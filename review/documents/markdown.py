"""Documents as Markdown (CommonMark, with tables as most tools read them)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from review.documents.blocks import Code, Heading, Paragraph, Table

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")


def write_markdown(blocks: Iterable[Heading | Paragraph | Code | Table]) -> str:
    """The blocks as Markdown; marks in their text are escaped, so that it reads as it was meant."""
    out: list[str] = []
    for block in blocks:
        if isinstance(block, Heading):
            out.append("#" * block.level + " " + _inline(block.text))
        elif isinstance(block, Code):
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", block.text)), default=0))
            out.append(f"{fence}\n{block.text}\n{fence}")
        elif isinstance(block, Table):
            rows = [block.header, ("---",) * len(block.header), *block.rows]
            out.append("\n".join("| " + " | ".join(cell if i == 1 else _cell(cell) for cell in row) + " |"
                                 for i, row in enumerate(rows)))
        else:
            text = _inline(block.text)
            text = f"**{text}**" if block.bold and text else text
            # one list item after another is one list
            if block.style.startswith("List") and out and out[-1].startswith("- "):
                out[-1] += f"\n- {text}"
            else:
                out.append(f"- {text}" if block.style.startswith("List") else text)
    return "\n\n".join(out) + "\n"


def _inline(text: str) -> str:
    text = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", re.sub(r"^([-+])", r"\\\1", text))


def _cell(text: str) -> str:
    return "<br>".join(_inline(line) for line in text.splitlines()) if text.strip() else " "
