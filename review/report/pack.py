"""The report's data as compact JSON for its page: short keys, numbers instead of repeated names.

The page's script (`page.js`) reads exactly this; both change together.

    {"places": [...], "sources": [...], "said": [[date, stage, round, reviewer, kind, decision, reason, note], ...],
     "reports": [[key, title, authors, year, journal, place, reason, [[record, source, native id], ...],
                  {doi, pmid, url}, extra], ...],
     "boxes": [{"key", "label", "unit", "n", "ids": [ref, ...], "parts": [[label, [ref, ...]], ...]}, ...]}

A ref is a report's number, [report's number, record's number within it], or the text of an id that is neither
(a study of the previous version). `extra` holds only what there is: decisions d (numbers in "said"), merges m,
studies s, related x, aliases a, other titles t, notices n, what happened h.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from review.prisma.box import Box, Counts
from review.prisma.keys import base
from review.prisma.wording import STUDIES, Words, part
from review.report.gather import PLACES, ReportData, ReportRow

Ref = int | tuple[int, int] | str | list[int]


def pack(data: ReportData, words: Words = STUDIES) -> str:
    """The JSON, safe inside a script element."""
    sources = list(dict.fromkeys(record.source for row in data.reports for record in row.records))
    places = list(PLACES)
    refs = _refs(data.reports)
    said: dict[tuple[object, ...], int] = {}            # each decision's words -> its number: most are alike
    out = {
        "places": [PLACES[place] for place in places],
        "sources": sources,
        "reports": [_report(row, places, sources, said) for row in data.reports],
        "said": list(said),
        "boxes": [_box(box, data.counts, refs, words) for box in data.counts.boxes.values()],
    }
    text = json.dumps(out, ensure_ascii=False, separators=(",", ":"))
    return (text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
            .encode("utf-8", "replace").decode("utf-8"))


def box_label(key: str, counts: Counts, words: Words = STUDIES) -> str:
    """A box's name in lists, with its arm where two boxes have one name."""
    plain = base(key)
    plain = "dbr_" + plain.removeprefix("other_") if plain.startswith("other_") and plain != "other_found" else plain
    suffix = "_updated" if counts.updated and f"{plain}_updated" in words else ""
    other = " (other methods)" if plain != key else ""
    return words.get(plain + suffix, key) + other


def _refs(rows: Iterable[ReportRow]) -> dict[str, Ref]:
    """What each id of a box stands for: report keys and record ids."""
    refs: dict[str, Ref] = {}
    for number, row in enumerate(rows):
        refs[row.key] = number
        for alias in row.aliases:
            refs[alias] = number
        for index, record in enumerate(row.records):
            refs[record.id] = [number, index]
    return refs


def _box(box: Box, counts: Counts, refs: Mapping[str, Ref], words: Words) -> dict[str, Any]:
    # The parts hold the same ids again, so only one of the two is sent.
    named = {label: ids for label, ids in box.parts.items() if label}
    parts = [[part(words, label), [refs.get(i, i) for i in ids]] for label, ids in named.items()]
    whole = sum(len(ids) for ids in named.values()) == len(box.ids)
    return {"key": box.key, "label": box_label(box.key, counts, words), "unit": box.unit, "n": box.n,
            "ids": None if parts and whole else [refs.get(i, i) for i in box.ids], "parts": parts}


def _report(row: ReportRow, places: list[str], sources: list[str], said: dict[tuple[object, ...], int]) -> list[Any]:
    record = row.record
    authors = "; ".join(record.authors[:6]) + (" et al." if len(record.authors) > 6 else "")
    ids = {"doi": record.ids.get("doi", ""), "pmid": record.ids.get("pmid", ""), "url": record.url}
    return [row.key, record.title, authors, record.year, record.journal, places.index(row.place), row.reason,
            [[r.id, sources.index(r.source), r.native_id] for r in row.records],
            {name: value for name, value in ids.items() if value}, _extra(row, said)]


def _extra(row: ReportRow, said: dict[tuple[object, ...], int]) -> dict[str, Any]:
    """Decisions, merges and the rest, where there are any."""
    out: dict[str, Any] = {
        "d": [said.setdefault((d.time[:10], d.stage, d.round, d.reviewer, d.kind, d.decision, d.reason, d.note), len(said))
              for d in row.decisions],
        "m": [[a.record, a.op, a.rule, a.score, a.evidence_for, a.evidence_against, a.actor, a.reason]
              for a in row.merges],
        "s": list(row.studies), "x": [list(link) for link in row.related], "a": list(row.aliases),
        "t": list(row.record.titles_other), "n": list(row.record.notices),
        "h": [[time[:10], what] for time, what in row.happened],
    }
    return {name: value for name, value in out.items() if value}
