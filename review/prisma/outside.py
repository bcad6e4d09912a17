"""Checks of a flow from anywhere: the sums of PRISMA 2020, and what a careful reader would ask.

Only numbers are known, so a check can say that a sum fails and by how much, not which record is to blame.
A sum whose terms the flow does not give is named as not checked: silence is not a pass.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from review.model import Issue, ReviewError
from review.prisma.box import Check, Flow, FlowBox, Level
from review.prisma.keys import OWN_SOURCES, PENDING, TWINS
from review.prisma.numbers import whole_number
from review.prisma.prisma_read import read_csv
from review.words import many, were

_BOX2 = ("database_results", "register_results")
_BOX3 = ("duplicates", "excluded_automatic", "excluded_other")
_BOX11 = ("website_results", "organisation_results", "citations_results", *OWN_SOURCES)
_WAITING = ("awaiting_classification", "ongoing")
# Reasons that belong to box 7, not to box 9.
_NOT_RETRIEVED = re.compile(
    r"\bnot (be )?(retriev|obtain|accessible|available(?! in )|located)|\bunavailable|\bno (full[- "
     "]?text|access)|"
    r"无法获取|未获取|未能获取|无全文|全文缺失", re.IGNORECASE)
_UNIQUE = re.compile(r"\bunique\b|\bde-?duplicated\b|\bwithout duplicates\b|去重", re.IGNORECASE)


def read_flow(data: bytes, name: str) -> Flow:
    """A flow from a file's bytes: PRISMA.csv, or the JSON that `review counts --json` prints.

    Raises ReviewError where the file is neither.
    """
    text = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return _read_json(data, name) if text.startswith(b"{") else read_csv(data, name)


def _read_json(data: bytes, name: str) -> Flow:
    try:
        whole = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ReviewError(f"{name} starts like JSON but cannot be read: {error}. Give what `review counts --json` "
                          "printed, or a PRISMA.csv.", code="flow-json", file=name) from error
    boxes = whole.get("boxes")
    if not isinstance(boxes, dict):
        raise ReviewError(f"{name} has no “boxes”: it is not a flow's counts. Give what `review counts --json` "
                          "printed, or a PRISMA.csv.", code="flow-json", file=name)
    issues: list[Issue] = []
    read = {key: box for key, value in boxes.items() if (box := _json_box(key, value, name, issues))}
    reasons = whole.get("reasons")
    texts = {} if whole.get("final", True) else {"draft": "; ".join(map(str, reasons if isinstance(reasons, list) else ()))}
    return Flow(name, read, texts, tuple(issues))


def _json_box(key: str, value: Any, name: str, issues: list[Issue]) -> FlowBox | None:
    """One box of the JSON: {n, parts: {label: n}}, or just the number."""
    if not isinstance(value, dict):
        value = {"n": value}
    n, parts = value.get("n"), value.get("parts") or {}
    if n is None and not parts:
        return None
    whole = {label: _whole(part) for label, part in parts.items()} if isinstance(parts, dict) else {"": None}
    known = {label: part for label, part in whole.items() if part is not None}
    if n is not None and _whole(n) is None or len(known) < len(whole):
        issues.append(Issue("flow-number", f"“{key}” is not a box with whole numbers; it counts as not given.", name,
                            severity="error"))
        return None
    return FlowBox(_whole(n), known)


def _whole(value: object) -> int | None:
    """A number of records, also one that was written as text."""
    if isinstance(value, str):
        return whole_number(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def check_flow(flow: Flow) -> tuple[Check, ...]:
    """Every rule of the flow, failed or kept, in the order of the boxes.

    A rule at level "error" that is not ok means that the numbers cannot all be right.
    """
    checks = (*_identification(flow), *_arm(flow, other=False), *_arm(flow, other=True), *_assessed(flow),
              *_totals(flow))
    if all(check.level == "info" for check in checks):
        checks += (Check("something to check", "error", False, 0, 0, (),
                         "The flow gives too few numbers for any of its sums: nothing was checked."),)
    return (*checks, *_wording(flow))


def _sum(flow: Flow, keys: Iterable[str]) -> int:
    """The sum of what the flow gives of these boxes."""
    return sum(flow.n(key) or 0 for key in keys)


def _equal(rule: str, flow: Flow, needed: Iterable[str], left: tuple[int, str], right: tuple[int, str],
           hint: str = "", level: Level = "error") -> Check:
    """left = right, each with its words; not checked where a needed box is not given."""
    missing = [key for key in needed if flow.n(key) is None]
    if missing:
        names = ", ".join(missing)
        return Check(rule, "info", True, 0, 0, (), f"not checked: the flow does not give {names}")
    ok = left[0] == right[0]
    message = f"{left[1]} = {right[1]}: {left[0]:,}"
    if not ok:
        gap = right[0] - left[0]
        hint = "More left the flow here than had come in." if left[0] < 0 else hint
        message = (f"{left[1]} is {left[0]:,}, but {right[1]} is {right[0]:,}: {abs(gap):,} too "
                   f"{'many' if gap > 0 else 'few'}.{' ' + hint if hint else ''}")
    return Check(rule, level, ok, left[0], right[0], (), message)


def _warning(rule: str, left: int, right: int, message: str) -> Check:
    return Check(rule, "warning", False, left, right, (), message)


def _identification(flow: Flow) -> list[Check]:
    """Box 2 and its parts; box 2 less box 3 is box 4."""
    out = []
    for key, word in zip(_BOX2, ("databases", "registers"), strict=True):
        box = flow.boxes.get(key)
        if box and box.parts and box.n is not None:
            total = sum(box.parts.values())
            out.append(_equal("parts = box 2", flow, [key], (total, f"the sum of the {word}"),
                              (flow.n(key) or 0, f"the total from {word} (box 2)")))
    identified, removed, waiting = _sum(flow, _BOX2), _sum(flow, _BOX3), _sum(flow, ["awaiting_dedup"])
    rest = f" and {waiting:,} not yet deduplicated" if waiting else ""
    out.append(_equal(
        "identified - removed = screened", flow, ("database_results", "records_screened"),
        (identified - removed - waiting,
         f"{identified:,} identified (box 2) less {removed:,} removed before screening (box 3){rest}"),
        (flow.n("records_screened") or 0, "the number of records screened (box 4)"),
        "A record was counted twice or left out on the way."))
    return out


def _arm(flow: Flow, *, other: bool) -> list[Check]:
    """From screening (or box 11) to assessment, in one arm."""
    arm, short = ("other methods", "other") if other else ("databases and registers", "dbr")
    pending = [TWINS[key] if other else key for key in PENDING]
    sought, assessed = f"{short}_sought_reports", f"{short}_assessed"
    if other and not any(flow.n(key) for key in (*_BOX11, sought, assessed)):
        return []
    out = [_other_start(flow, sought, pending) if other else _advanced(flow, sought, pending)]
    lost = _sum(flow, [f"{short}_notretrieved_reports", *pending[2:]])
    n = flow.n(sought) or 0
    out.append(_equal(
        f"{short}: sought - not retrieved = assessed", flow, (sought, assessed),
        (n - lost, f"{arm}: {many(n, 'report')} sought less {lost:,} not retrieved or pending"),
        (flow.n(assessed) or 0, "the number of reports assessed")))
    return out + _reasons(flow, f"{short}_excluded", arm)


def _advanced(flow: Flow, sought: str, pending: list[str]) -> Check:
    """Box 4 less box 5 is box 6; one record may lead to several reports, so more is a warning only."""
    screened, excluded = flow.n("records_screened") or 0, flow.n("records_excluded") or 0
    open_ = _sum(flow, pending[:2])
    left = screened - excluded - open_
    more = (flow.n(sought) or 0) > left >= 0
    hint = ("That is right only where one record led to several reports: say so in a footnote."
            if more else "Records went missing between screening and retrieval.")
    return _equal(
        "screened - excluded = sought", flow, ("records_screened", "records_excluded", sought),
        (left, f"{screened:,} screened (box 4) less {excluded:,} excluded (box 5)"
         + (f" and {open_:,} not settled" if open_ else "")),
        (flow.n(sought) or 0, "the number of reports sought (box 6)"), hint, "warning" if more else "error")


def _other_start(flow: Flow, sought: str, pending: list[str]) -> Check:
    """Box 11 less what was found already or dropped is box 12; where nobody lists these, it is a warning."""
    found = _sum(flow, _BOX11)
    dropped = _sum(flow, ["already_found", "dropped_before_retrieval", TWINS["awaiting_dedup"], *pending[:2]])
    fewer = (flow.n(sought) or 0) < found - dropped
    hint = ("Say in a footnote how many were found already by databases, or dropped before retrieval."
            if fewer else "More reports were sought than other methods found.")
    return _equal(
        "other found - dropped = other sought", flow, (sought,),
        (found - dropped, f"{found:,} found by other methods (box 11)"
         + (f" less {dropped:,} already found, dropped or not settled" if dropped else "")),
        (flow.n(sought) or 0, "the number of reports sought (box 12)"), hint, "warning" if fewer else "error")


def _reasons(flow: Flow, key: str, arm: str) -> list[Check]:
    """The reasons of box 9 or 15: one a report, and none of them "not retrieved"."""
    box = flow.boxes.get(key)
    if not box or not box.parts:
        return []
    out = []
    total = sum(box.parts.values())
    if box.n is not None and total > box.n:
        out.append(_warning(f"{key}: one reason a report", total, box.n,
                            f"{arm}: the reasons add up to {total:,} but {many(box.n, 'report')} {were(box.n)} excluded: "
                            "some were "
                            "ticked with more than one reason. Give one primary reason a report."))
    elif box.n is not None:
        out.append(_equal(f"{key}: reasons = excluded", flow, [key],
                          (total, f"{arm}: the sum of the reasons"), (box.n, "the number of reports "
                                                                             "excluded")))
    for label, n in box.parts.items():
        if _NOT_RETRIEVED.search(label):
            out.append(_warning(f"{key}: not retrieved as a reason", n, 0,
                                f"{arm}: “{label}” ({n:,}) is no reason for exclusion: reports that could "
                                "not be "
                                "retrieved belong to box 7 (or 13) and are not assessed."))
    return out


def _assessed(flow: Flow) -> list[Check]:
    """Boxes 8 and 14 end in exclusion, inclusion, awaiting classification or ongoing."""
    assessed = _sum(flow, ("dbr_assessed", "other_assessed"))
    excluded = _sum(flow, ("dbr_excluded", "other_excluded"))
    waiting = _sum(flow, [name for key in _WAITING for name in (key, TWINS[key])])
    rest = f" and {waiting:,} awaiting or ongoing" if waiting else ""
    left = (assessed - excluded - waiting, f"{many(assessed, 'report')} assessed less {excluded:,} excluded{rest}")
    needed = ["dbr_assessed", "dbr_excluded", "new_reports"]
    needed += ["other_assessed", "other_excluded"] if any(flow.n(key) for key in _BOX11) else []
    if flow.n("new_reports") is None and flow.n("new_studies") is not None:
        return [_equal("assessed = excluded + included", flow, [*needed[:2], "new_studies", *needed[3:]], left,
                       (flow.n("new_studies") or 0, "the number of studies included (box 10)"),
                       "The flow does not give the reports included: right only where studies and reports differ so.",
                       "warning")]
    return [_equal("assessed = excluded + included", flow, needed, left,
                   (_sum(flow, ("new_reports", "further_reports")), "the number of reports included (box 10)"),
                   "Look for a report counted twice, or for one that is both excluded and included.")]


def _totals(flow: Flow) -> list[Check]:
    """Box 16, where there was a previous version."""
    out = []
    for unit, further in (("studies", 0), ("reports", flow.n("further_reports") or 0)):
        previous, new, total = (flow.n(f"{when}_{unit}") or 0 for when in ("previous", "new", "total"))
        if previous or total:
            out.append(_equal(
                f"totals: {unit}", flow, (f"previous_{unit}", f"new_{unit}", f"total_{unit}"),
                (previous + new + further, f"{previous:,} {unit} of the previous version + {new:,} new"
                 + (f" + {further:,} further" if further else "")),
                (total, f"the total of {unit} (box 16)"),
                "What was taken out of the previous version since must be taken out of box 1 too."))
    return out


def _wording(flow: Flow) -> list[Check]:
    """Warnings that no sum brings to light."""
    out = []
    for which in ("new", "previous"):
        studies, reports = flow.n(f"{which}_studies") or 0, flow.n(f"{which}_reports")
        if reports is not None and studies > reports:
            out.append(_warning("studies > reports", studies, reports,
                                f"{studies:,} {which} studies in {many(reports, 'report')}: possible where one report holds "
                                "several studies; say so in a footnote."))
    for key in (*_BOX2, "database_specific_results"):
        if _UNIQUE.search(flow.texts.get(key, "")):
            out.append(_warning("unique before deduplication", _sum(flow, _BOX2), flow.n("duplicates") or 0,
                                f"“{flow.texts[key]}”: the total is called unique, yet duplicates are "
                                "removed only "
                                "afterwards (box 3)."))
    given = [flow.boxes[key].parts for key in _BOX2 if key in flow.boxes]
    sources = [label for parts in given for label, n in parts.items() if n]
    if len(sources) > 1 and flow.n("duplicates") == 0:
        out.append(_warning("no duplicates", len(sources), 0,
                            f"{len(sources)} sources were searched and no duplicate was removed: was the "
                            "count made "
                            "after deduplication?"))
    if "draft" in flow.texts:
        out.append(Check("draft", "info", True, 0, 0, (), f"The flow calls itself a draft: "
                                                          f"{flow.texts['draft']}"))
    return out
