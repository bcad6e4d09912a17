"""Where a finding stands: file, line and column, also of a term that comes from a shared block."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from review.query import tomltext
from review.query.findings import Finding

# A line up to its comment; a # between quotation marks begins none.
_CODE = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|[^"'#])*""")
_NO_TERMS = re.compile(r"\s*(?:block|title|note)\s*=")


def placed(findings: Iterable[Finding], file: Path) -> tuple[Finding, ...]:
    """The findings with their places in the definition's file, or in the block that a term comes from."""
    text = file.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    places = tomltext.lines_of(text)
    concepts: dict[str, Any] = tomltext.parse(text, str(file)).get("concepts", {})

    def at(finding: Finding) -> Finding:
        line = tomltext.line_of(places, finding.path)
        if not finding.term:
            return replace(finding, file=str(file), line=line)
        if found := _find(text, finding.term, line or 1):
            return replace(finding, file=str(file), line=found[0], column=found[1])
        name = concepts.get(finding.path[1], {}).get("block") if finding.path[0] == "concepts" else None
        block = file.parent / "blocks" / f"{name}.toml"
        if name and (found := _find(block.read_text(encoding="utf-8-sig").replace("\r\n", "\n"), finding.term, 1)):
            return replace(finding, file=str(block), line=found[0], column=found[1])
        return replace(finding, file=str(file), line=line)

    return tuple(map(at, findings))


def _find(text: str, term: str, first: int) -> tuple[int, int] | None:
    """Line and column of a quoted term at or below line `first`, before the next table begins."""
    written = (tomltext.quoted(term), f"'{term}'")
    for number, line in enumerate(text.split("\n")[first - 1:], first):
        if number > first and line.lstrip().startswith("[") and "]" in line and "=" not in line and '"' not in line:
            return None
        code = None if _NO_TERMS.match(line) else _CODE.match(line)
        for form in written:
            if code and form in code.group():
                return number, line.index(form) + 1
    return None
