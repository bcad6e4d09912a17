"""The whole life of a record or a report, in the order of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from review.dedup.merge import merged
from review.ledger import acts, events
from review.ledger.replay import OWN_STUDY, State
from review.model import Decision, Record, ReviewError
from review.prisma import flow
from review.query import databases
from review.query.definition import Definition
from review.screening.consensus import Rules, consensus
from review.words import ELSEWHERE, and_list


@dataclass(frozen=True)
class Trace:
    """What happened to a report: its records, and every line of the logs about it, oldest first."""

    key: str
    aliases: tuple[str, ...]
    title: str
    now: str                                    # where it stands in the flow, in words
    records: tuple[dict[str, Any], ...]         # also those that have left it: `report` is where each is now
    steps: tuple[dict[str, Any], ...]           # time, what


def trace(state: State, records: Mapping[str, Record], definition: Definition, key: str) -> Trace:
    """`key` is a report key (also a former one) or a record id."""
    current = _current(state, definition.id, key)
    group = state.groups().get(current, [current])
    own = [r for r in {a.record: None for a in state.log.assignments if a.report in group
                       and a.op not in ("same", "different")} if r in records]     # what people said moves no record
    steps = [*_searches(state, own), *_assignments(state, group), *_decisions(state, group, definition),
             *_links(state, group), *_events(state, group, own)]
    now = [records[r] for r in state.reports[current].records if r in records]
    title = merged(now).title if now else ""            # as the sheets and the report show it
    return Trace(current, tuple(group[1:]), title, _now(state, definition, current, group),
                 tuple(_about(state, records[r]) for r in own),
                 tuple({"time": time, "what": what} for _, time, what in sorted(steps)))


_PLACES = {flow.KNOWN: "in the previous version of the review", flow.TOOL: "removed before screening by automation",
           flow.REMOVED: "removed before screening", flow.UNDECIDED: "not decided yet on title and abstract",
           flow.CONFLICT: "in conflict on title and abstract", flow.EXCLUDED: "excluded on title and abstract",
           flow.NOT_RETRIEVED: "full text not retrieved", flow.ON_LOAN: "full text on loan",
           flow.UNREAD: "not decided yet at full text", flow.READ_CONFLICT: "in conflict at full text",
           flow.FULL_EXCLUDED: "excluded at full text", flow.AWAITING: "awaiting classification",
           flow.ONGOING: "an ongoing study", flow.INCLUDED: "included"}


def _now(state: State, definition: Definition, key: str, group: list[str]) -> str:
    """The place of a report in the flow, with what belongs to it: the reason, who has it, its studies."""
    verdicts = consensus(state, Rules.of(definition))
    stand = flow.standings(state, verdicts).get(key)
    taken_out = _taken_out(state, group)
    if taken_out:
        return f"taken out of the previous version of the review: {taken_out}"
    if stand is None:
        return "not in the flow: no record of it comes from a search that counts"
    words = [_PLACES[stand.place]]
    if stand.reason:
        words.append({r.code: r.label for r in definition.reasons}.get(stand.reason, stand.reason))
    if stand.place in (flow.UNDECIDED, flow.UNREAD):
        verdict = verdicts[key, "title-abstract" if stand.place == flow.UNDECIDED else "full-text"]
        words.append("not sent out" if verdict.status == "unissued" else
                     f"waits for {and_list(verdict.waiting)}" if verdict.waiting else "lacks a reviewer")
    if stand.place == flow.INCLUDED:
        studies = [s if not s.startswith(OWN_STUDY) else "a study of its own" for s in sorted(state.studies_of(group))]
        words.append(f"study: {', '.join(studies)}" if studies else "study not named yet")
    return "; ".join(words)


def _taken_out(state: State, group: list[str]) -> str:
    """Why the report counts no longer in the previous version: it, or all its studies, were taken out; "" where not."""
    if state.baseline is None:
        return ""
    for row in state.baseline.rows:
        if row.included and row.report in group and row.report not in state.baseline.reports():
            return next(state.baseline.reduced[x] for x in (row.report, *row.studies) if x in state.baseline.reduced)
    return ""


def _current(state: State, review_id: str, key: str) -> str:
    if "/" not in key:
        return state.resolve(acts.known_key(state, review_id, key))
    if key in state.report_of:
        return state.report_of[key]
    search = key.partition("/")[0]
    if search in state.searches and any(rid == key for rid, _ in state.records_of(search)):
        use = state.searches[search].use
        raise ReviewError(f"{key} has no report: " + ("run `review dedupe`." if use == "counted" else
                          f"its search {search} is {use}."), code="no-report", status=1)
    raise ReviewError(f"There is no record {key}; records.jsonl lists them all.", code="no-record")


def _about(state: State, record: Record) -> dict[str, Any]:
    search = state.searches[record.search]
    index = state.index[record.search][record.ordinal - 1]
    return {"record": record.id, "report": state.report_of[record.id], "use": search.use,
            "database": databases.title(record.database or search.database), "title": record.title, "year": record.year,
            "ids": dict(record.ids), "file": index.file, "offset": index.offset, "length": index.length}


Step = tuple[int, str, str]
_RETRIEVAL = {"pending": "on loan", "not-retrieved": "not retrieved"}


def _by(actor: str, why: str = "") -> str:
    """Who did it and why, as far as the log says."""
    said = "; ".join(part for part in (f"by {actor}" if actor else "", why) if part)
    return f" ({said})" if said else ""


def _searches(state: State, own: list[str]) -> list[Step]:
    out = []
    for search_id in dict.fromkeys(r.partition("/")[0] for r in own):
        search = state.searches[search_id]
        mine = ", ".join(r for r in own if r.startswith(search_id + "/"))
        out.append((state.sealed_seq.get(search_id, 0), search.sealed or search.opened,
                    f"found by {databases.title(search.database)} in the search {search_id} as {mine}"))
    return out


def _assignments(state: State, group: list[str]) -> list[Step]:
    out = []
    words = {"assign": "is a record of", "join": "joined", "split": "split off to", "undo": "went back to",
             "same": "called the same as", "different": "called different from"}
    for row in state.log.assignments:
        if row.report in group or (row.op in ("same", "different") and state.report_of.get(row.record) in group):
            why = "; ".join(t for t in (f"rule: {row.rule}" if row.rule else "", f"score {row.score}" if row.score else "",
                                        f"for: {row.evidence_for}" if row.evidence_for else "",
                                        f"against: {row.evidence_against}" if row.evidence_against else "",
                                        row.reason) if t)
            out.append((row.seq, row.time, f"{row.record} {words[row.op]} {row.report}{_by(row.actor, why)}"))
    return out


def _decisions(state: State, group: list[str], definition: Definition) -> list[Step]:
    labels = {r.code: r.label for r in definition.reasons}
    return [(d.seq, d.time, f"{d.reviewer} decided {d.decision}" + (f" ({labels.get(d.reason, d.reason)})" if d.reason else "")
             + f" at {d.stage}, round {d.round}, {d.kind}; typed “{d.raw}” {_where(state, d)}"
             + (f"; note: {d.note}" if d.note else "") + (f"; on {d.report}" if d.report != group[0] else ""))
            for d in state.log.decisions if d.report in group]


def _where(state: State, decision: Decision) -> str:
    """The sheet that was sent out and the cell; of a decision made elsewhere the tool, the file and the row."""
    if decision.sheet not in ELSEWHERE:
        return f"in sheet {decision.sheet}, cell {decision.cell}"
    name = next((e.reason for e in state.log.events if e.type == events.COLLECTED and e.subject == decision.file_sha), "")
    return f"elsewhere ({decision.sheet}), in {name}, {decision.cell}"


def _links(state: State, group: list[str]) -> list[Step]:
    out = []
    for k in state.log.links:
        if k.source in group or k.target in group:
            told = f"{k.source} is {k.type.replace('-', ' ')} {k.target}"
            if k.type == "study":
                own = k.target.startswith(OWN_STUDY)
                told = f"{k.source} is {'a study of its own' if own else f'a report of the study {k.target}'}"
            out.append((k.seq, k.time, ("" if k.op == "link" else "no longer: ") + told + _by(k.actor, k.evidence)))
    return out


def _events(state: State, group: list[str], own: list[str]) -> list[Step]:
    out = []
    for row in state.log.events:
        if row.type == events.ISSUED:
            keys = {k for r in state.sheets[row.subject].rows for k in r.key.split(" | ")}
            if not keys.isdisjoint(group):
                sheet = state.sheets[row.subject]
                who = f"sent to {sheet.reviewer}" if sheet.reviewer else "sent out"
                out.append((row.seq, row.time, f"{who} in {row.reason} ({sheet.kind}, {sheet.stage}, sheet {sheet.sheet})"))
        elif row.subject in group and row.type in (events.RETRIEVAL, events.REMOVED, events.RESTORED, events.REOPENED):
            what = {events.RETRIEVAL: f"full text {_RETRIEVAL.get(row.value, row.value)}",
                    events.REMOVED: f"removed before screening ({row.value})", events.RESTORED: "back in the flow",
                    events.REOPENED: f"reopened at {row.value}"}[row.type]
            out.append((row.seq, row.time, what + (f": {row.reason}" if row.reason else "") + _by(row.actor)))
        elif row.type == events.REDUCED and (row.subject in group or row.subject in state.studies_of(group)):
            out.append((row.seq, row.time, f"{row.subject} taken out of the previous version: {row.reason}{_by(row.actor)}"))
        elif row.type == events.POSSIBLE and (row.subject in own or row.value in own):
            out.append((row.seq, row.time, f"possible duplicate: {row.subject} and {row.value} ({row.reason})"))
    return out
