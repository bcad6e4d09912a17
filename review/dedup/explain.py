"""The evidence of a verdict in words, for the log and the sheet of possible duplicates."""

from __future__ import annotations

from review.dedup.compare import Comparison
from review.dedup.features import Features

_ALIKE = {"near": "nearly equal", "contained": "equal but for a subtitle", "truncated": "cut off, else equal"}
_SHOWN = 100                                            # characters of a value


def evidence(c: Comparison) -> tuple[str, str]:
    """What speaks for "the same report", and what against it; fields in a fixed order, values where they differ."""
    speaks, against = [], []
    if c.title == "equal":
        speaks.append("title equal" + (" (a common one)" if c.generic else ""))
    elif c.title in _ALIKE:
        speaks.append(f"title {_ALIKE[c.title]} ({c.title_ratio:.2f})")
    elif c.title in ("similar", "different"):
        words = f": {', '.join(w[:_SHOWN] for w in c.words_differ[:6])}" if c.words_differ else ""
        against.append(f"title differs ({c.title_ratio:.2f}){words}")
    if c.slip:
        against.append(f"title: {c.slip[:_SHOWN]}")
    if c.numbers_differ:
        against.append("numbers in the title differ")
    if c.authors == "agree":
        speaks.append("authors agree")
    elif c.authors in ("partly", "differ"):
        against.append("authors agree in part" if c.authors == "partly" else "authors differ")
    if c.year_gap == 0:
        speaks.append(f"year {c.a.year}")
    elif c.year_gap:
        against.append(f"year {c.a.year} / {c.b.year}")
    for name, agreement, x, y in (
            ("journal", c.journal, " ".join(c.a.journal.words), " ".join(c.b.journal.words)),
            ("volume", c.volume, _one(c.a.volume), _one(c.b.volume)), ("issue", c.issue, _one(c.a.issue), _one(c.b.issue)),
            ("pages", c.pages, _pages(c.a), _pages(c.b)), ("doi", c.doi, c.a.doi, c.b.doi),
            ("pmid", c.pmid, c.a.pmid, c.b.pmid), ("pmcid", c.pmcid, c.a.pmcid, c.b.pmcid)):
        if agreement == "same":
            speaks.append(f"{name} {x[:_SHOWN]}" if name != "journal" else "journal")
        elif agreement == "differ":
            against.append(f"{name} {x[:_SHOWN]} / {y[:_SHOWN]}")
    if not c.abstract_known:
        return "; ".join(speaks), "; ".join(against)
    if c.abstract == "same":
        speaks.append("abstract")
    elif c.abstract == "differ":
        against.append(f"abstract differs ({c.abstract_ratio:.2f})")
    return "; ".join(speaks), "; ".join(against)


def _one(values: tuple[str, ...]) -> str:
    return " ".join(values)


def _pages(f: Features) -> str:
    return f"{f.pages.prefix}{f.pages.first}" + (f"-{f.pages.last}" if f.pages.last else "")
