"""The rules that a flow must keep (specs of PRISMA 2020) and the warnings that a careful reader would give.

Each check holds both sides of its sum and the ids that make the difference. Sums alone prove little, so the places
of the reports are checked too: every record that counts is in exactly one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from review.dedup.assigning import open_pairs
from review.ledger.replay import State
from review.prisma import flow, search_warnings
from review.prisma.box import Box, Cause, Check
from review.prisma.flow import Standing
from review.prisma.hits import Hit
from review.prisma.keys import PENDING, TWINS
from review.query import databases
from review.query.definition import Definition
from review.screening.consensus import Consensus
from review.words import many

Boxes = Mapping[str, Box]
Verdicts = Mapping[tuple[str, str], Consensus]
NOT_SEARCHED = "databases searched"     # a rule whose ids are names of databases


def check(state: State, definition: Definition, boxes: Boxes, hits: Sequence[Hit],
          standing: Mapping[str, Standing], verdicts: Verdicts) -> list[Check]:
    """Every check of a flow, sums first."""
    return [*_sums(boxes, standing), *_states(state, boxes, hits, standing), *_studies(state, standing),
            *_outside(state, standing, verdicts), *_unsearched(state, definition, hits), *_searches(state),
            *_doubts(state), *_screening(state, definition, standing)]


def not_final(state: State, boxes: Boxes, found: Iterable[Check]) -> list[Cause]:
    """Why the flow is a draft; empty when nothing is pending, nothing conflicts and every rule holds."""
    causes = []
    if not state.counted_searches():
        causes.append(Cause("draft_no_search"))
    for search in state.searches.values():
        if search.state == "open" and search.use == "counted":
            causes.append(Cause("draft_open_search", name=search.id))
    missing = len(state.unassigned())
    if missing:
        causes.append(Cause("draft_awaiting_dedup", missing))
    for key in PENDING:
        n = _n(boxes, key, TWINS[key])
        if n:
            causes.append(Cause(f"draft_{key}", n))
    own_words = {"studies confirmed": "draft_no_study", "retrieved or not": "draft_retrieval"}
    for c in found:
        if c.level == "error" and not c.ok:
            word = own_words.get(c.rule, "draft_rule")
            causes.append(Cause(word, c.left, c.message if word == "draft_rule" else ", ".join(c.ids[:10])))
    return causes


def notes(state: State, definition: Definition, boxes: Boxes, standing: Mapping[str, Standing]) -> dict[str, int]:
    """Footnotes that belong under the figure: a key of the wording, and its number. "Screened by one person" is of the
    records screened, and of these alone."""
    who = people(state, definition, "title-abstract")
    unknown = _settled_elsewhere(state, "title-abstract")
    alone = [k for k in boxes["records_screened"].ids if len(who.get(k, ())) == 1
             and standing[k].place != flow.UNDECIDED and k not in unknown]
    found = {"note_one_reviewer": len(alone), "note_reduced": len(state.baseline.reduced) if state.baseline else 0}
    return {key: n for key, n in found.items() if n}


def _n(boxes: Boxes, *keys: str) -> int:
    return sum(boxes[k].n for k in keys if k in boxes)


def _equal(rule: str, left: int, right: int, what: str, ids: Iterable[str] = ()) -> Check:
    ok = left == right
    message = what if ok else f"{what}: {left:,} is not {right:,}"
    return Check(rule, "error", ok, left, right, () if ok else tuple(ids), message)


def _sums(boxes: Boxes, standing: Mapping[str, Standing]) -> list[Check]:
    box2 = _n(boxes, "database_results", "register_results")
    box3 = _n(boxes, "duplicates", "excluded_automatic", "excluded_other")
    waiting = _n(boxes, "awaiting_dedup")
    screened, excluded = _n(boxes, "records_screened"), _n(boxes, "records_excluded")
    unsettled = _n(boxes, "undecided_screening", "conflicts_screening")
    box11 = _n(boxes, "website_results", "organisation_results", "citations_results", "contact_found",
               "handsearch_found", "other_found")
    dropped = _n(boxes, "already_found", "dropped_before_retrieval", "oth_undecided", "oth_conflicts",
                 "oth_awaiting_dedup")
    out = [
        _equal("identified - removed = screened", box2 - box3 - waiting, screened,
               "records identified less records removed before screening = records screened",
               (*boxes["database_results"].ids, *boxes["register_results"].ids)),
        _equal("screened - excluded = sought", screened - excluded - unsettled, _n(boxes, "dbr_sought_reports"),
               "records screened less excluded, undecided and conflicts = reports sought",
               boxes["records_screened"].ids),
        _equal("other found - dropped = other sought", box11 - dropped, _n(boxes, "other_sought_reports"),
               "records from other methods less already found, dropped and undecided = reports sought"),
    ]
    for short in ("dbr", "other"):
        out += _arm_sums(boxes, short, twin=short == "other")
    parts = sum(len(ids) for key in ("database_results", "register_results") for ids in boxes[key].parts.values())
    out.append(_equal("parts = box 2", parts, box2, "the databases add up to the records identified"))
    if "total_reports" in boxes:
        out.append(_equal("totals", _n(boxes, "previous_reports", "new_reports", "further_reports"),
                          boxes["total_reports"].n, "reports of the previous version + new + further = total"))
        out.append(_equal("total studies", _n(boxes, "previous_studies", "new_studies"), boxes["total_studies"].n,
                          "studies of the previous version + new = total"))
    return out


def _arm_sums(boxes: Boxes, short: str, twin: bool) -> list[Check]:
    def name(key: str) -> str:
        return TWINS[key] if twin else key

    arm = "other methods" if twin else "databases and registers"
    sought, lost = _n(boxes, f"{short}_sought_reports"), _n(boxes, f"{short}_notretrieved_reports")
    pending = _n(boxes, name("pending_retrieval"), name("pending_full_text"), name("conflicts_full_text"))
    assessed = _n(boxes, f"{short}_assessed")
    settled = _n(boxes, f"{short}_excluded", name("awaiting_classification"), name("ongoing"))
    included = sum(1 for i in (*_ids(boxes, "new_reports"), *_ids(boxes, "further_reports"))
                   if i in boxes[f"{short}_assessed"].ids)
    reasons = sum(len(ids) for ids in boxes[f"{short}_excluded"].parts.values())
    return [
        _equal(f"{short}: sought - not retrieved = assessed", sought - lost - pending, assessed,
               f"{arm}: reports sought less not retrieved and pending = assessed",
               _ids(boxes, f"{short}_sought_reports")),
        _equal(f"{short}: assessed = excluded + included", assessed, settled + included,
               f"{arm}: assessed = excluded + included + awaiting + ongoing", _ids(boxes, f"{short}_assessed")),
        _equal(f"{short}: reasons = excluded", reasons, _n(boxes, f"{short}_excluded"),
               f"{arm}: the reasons add up to the reports excluded"),
    ]


def _ids(boxes: Boxes, key: str) -> tuple[str, ...]:
    return boxes[key].ids if key in boxes else ()


def _states(state: State, boxes: Boxes, hits: Sequence[Hit], standing: Mapping[str, Standing]) -> list[Check]:
    """Every record that counts in exactly one state; the boxes hold no report twice."""
    counted = state.counted_records()
    times = Counter(r for h in hits for r in h.records)
    wrong = [r for r in counted if times[r] != 1] + [r for r in times if r not in counted]
    out = [_equal("each record once", len(counted), sum(times.values()),
                  "every record that counts stands in exactly one state", wrong)]
    last = ("records_excluded", "undecided_screening", "conflicts_screening", "dbr_notretrieved_reports",
            "dbr_excluded", "other_notretrieved_reports", "other_excluded", "new_reports", "further_reports",
            *TWINS, *TWINS.values())
    seen = Counter(i for key in dict.fromkeys(last) for i in _ids(boxes, key))
    twice = [i for i, n in seen.items() if n > 1]
    out.append(_equal("each report once", len(seen), sum(seen.values()), "no report ends in two boxes", twice))
    split = [h for h in hits if h.native_id and h.report]
    apart: dict[tuple[str, str], set[str]] = {}
    for hit in split:
        apart.setdefault((hit.search.source_search, hit.native_id), set()).add(hit.report)
    odd = sorted({r for reports in apart.values() if len(reports) > 1 for r in reports})
    out.append(Check("one native id, one report", "warning", not odd, len(odd), 0, tuple(odd),
                     "records with the same id in one database belong to different reports, and each counts"
                     if odd else "records with the same id in one database are one report"))
    clash = sorted(k for k, s in standing.items() if s.retrieval_clash)
    named = ", ".join(clash[:10])
    out.append(Check("retrieved or not", "error", not clash, len(clash), 0, tuple(clash),
                     f"called not retrieved and yet decided on at full text: {named} (correct Retrieved in a sheet, or "
                     "take the decision back)" if clash else "no report is both not retrieved and decided on"))
    return out


def _studies(state: State, standing: Mapping[str, Standing]) -> list[Check]:
    """PRISMA 2020, box 10: reports and studies are many to many, so each included report names its studies."""
    groups = state.groups()
    included = [k for k, s in standing.items() if s.place == flow.INCLUDED]
    linked = {k: state.studies_of(groups[k]) for k in included}
    bare = [k for k, names in linked.items() if not names]
    studies = {s for names in linked.values() for s in names}
    out = [Check("studies confirmed", "error", not bare, len(bare), 0, tuple(bare),
                 f"without a study: {many(len(bare), 'included report')} (fill the Study column, or run `review link --own`)"
                 if bare else "every included report names its study")]
    if len(studies) > len(included):
        several = tuple(k for k, names in linked.items() if len(names) > 1)
        out.append(Check("studies > reports", "warning", False, len(studies), len(included), several,
                         "there are more studies than reports: possible where one report holds several studies"))
    return out


def _outside(state: State, standing: Mapping[str, Standing], verdicts: Verdicts) -> list[Check]:
    """Full-text decisions that no box shows: on reports that left the flow, or that the previous version settled."""
    absent, left_out = [], []
    since = state.baseline.seq if state.baseline else 0
    before = {row.record: row for row in state.baseline.rows} if state.baseline else {}
    still = state.baseline.reports() if state.baseline else {}
    for report in state.current():
        if report.key in standing and standing[report.key].place != flow.KNOWN:
            continue
        verdict = verdicts[report.key, "full-text"]
        rows = [before[record] for record in report.records if record in before]
        if rows and not any(decision.seq > since for decision in verdict.decisions):
            continue                            # the previous version has it as it was decided
        if verdict.decision == "include" and not any(row.included for row in rows):
            absent.append(report.key)
        elif verdict.decision == "exclude" and any(row.report in still for row in rows):
            left_out.append(report.key)
    out = []
    if absent:
        out.append(Check("included, in no search", "warning", False, len(absent), 0, tuple(absent),
                         f"included reports that stand in no box: {len(absent):,}. No search that counts found them, or the "
                         "previous version knew and did not include them; tell of them in the text"))
    if left_out:
        out.append(Check("excluded, in the previous version", "warning", False, len(left_out), 0, tuple(left_out),
                         "reports of the previous version that were excluded since and still count in it: "
                         f"{len(left_out):,}. Take their studies out with `review baseline --reduce`"))
    return out


def _unsearched(state: State, definition: Definition, hits: Sequence[Hit]) -> list[Check]:
    """Databases that the definition names and no search counts for. The flow adds up without them; its methods don't."""
    searched = {databases.title(s.database) for s in state.counted_searches()}
    searched |= {databases.title(h.label) for h in hits}            # a file may hold several databases
    missing = sorted({databases.title(d) for d in definition.databases} - searched)
    return [Check(NOT_SEARCHED, "warning", False, len(missing), 0, tuple(missing), f"no search of {', '.join(missing)} counts, "
                  "which the definition names: search there, or take the name out of `databases`")] if (
        missing and searched) else []


def _searches(state: State) -> list[Check]:
    """What the searches leave in doubt."""
    out = [check for _, _, check in search_warnings.not_acknowledged(state)]
    counted = state.counted_searches()
    dates = sorted({s.searched_on for s in counted if s.searched_on})
    if len(dates) > 1:
        out.append(Check("dates", "warning", False, len(dates), 1, tuple(s.id for s in counted),
                         f"the searches are of different dates ({dates[0]} to {dates[-1]})"))
    return out


def _doubts(state: State) -> list[Check]:
    """Possible duplicates that nobody has answered."""
    pairs = open_pairs(state)
    ids = tuple(sorted({k for pair in pairs for k in pair[:2]}))
    return [Check("possible duplicates", "warning", False, len(pairs), 0, ids, f"waiting for a person's answer: "
                  f"{many(len(pairs), 'possible duplicate')}")] if pairs else []


def people(state: State, definition: Definition, stage: str) -> dict[str, set[str]]:
    """Current key -> the people who decided on it at a stage; automation tools are no people, and a pilot that does not
    count is no decision."""
    who: dict[str, set[str]] = {}
    for decision in state.log.decisions:
        if decision.stage == stage and decision.reviewer not in definition.screening.tools and (
                decision.round or definition.screening.pilot_counts):
            who.setdefault(state.resolve(decision.report), set()).add(decision.reviewer)
    return who


def _settled_elsewhere(state: State, stage: str) -> set[str]:
    """Current keys of what was settled in another tool, by nobody knows how many people."""
    return {state.resolve(d.report) for d in state.log.decisions if d.stage == stage and d.kind == "imported"}


def _screening(state: State, definition: Definition, standing: Mapping[str, Standing]) -> list[Check]:
    out = []
    who = people(state, definition, "full-text")
    unknown = _settled_elsewhere(state, "full-text")
    alone = [k for k, s in standing.items()
             if s.place == flow.INCLUDED and len(who.get(k, ())) < 2 and k not in unknown]
    if alone:
        out.append(Check("inclusion by two", "warning", False, len(alone), 0, tuple(alone),
                         f"included by fewer than two people: {many(len(alone), 'report')}"))
    bare = [k for k, s in standing.items() if s.place == flow.FULL_EXCLUDED and not s.reason]
    if bare:
        out.append(Check("reasons given", "warning", False, len(bare), 0, tuple(bare),
                         f"excluded at full text without a reason: {many(len(bare), 'report')}"))
    known = {r.code for r in definition.reasons}
    words = [k for k, s in standing.items() if s.place == flow.FULL_EXCLUDED
             and "retriev" in (s.reason + next((r.label for r in definition.reasons if r.code == s.reason), "")).lower()]
    if words:
        out.append(Check("not retrieved as a reason", "warning", False, len(words), 0, tuple(words),
                         "“not retrieved” stands as a reason for exclusion; it belongs to box 7"))
    strange = sorted({s.reason for s in standing.values() if s.place == flow.FULL_EXCLUDED and s.reason} - known)
    if strange:
        out.append(Check("reasons known", "warning", False, len(strange), 0, tuple(strange),
                         f"the definition does not know the reasons {', '.join(strange)}"))
    return out
