"""Findings about a definition after PRESS 2015 (peer review of electronic search strategies)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from review.query.definition import Definition


@dataclass(frozen=True)
class Finding:
    """One thing to look at: nothing that stops a search, but may cost records or time."""

    code: str
    severity: Literal["error", "warning", "info"]
    where: str                      # "concepts.population: 'LBC'"
    message: str
    cure: str

    def as_dict(self) -> dict[str, str]:
        """As `--json` prints it."""
        return {"code": self.code, "severity": self.severity, "where": self.where, "message": self.message,
                "cure": self.cure}


def lint(definition: Definition) -> tuple[Finding, ...]:
    """Every finding, in the order of the definition."""
    return ()
