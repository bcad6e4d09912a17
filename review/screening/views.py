"""What a reviewer sees of a report: its merged fields, links, flags, related reports, earlier decisions."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from review.dedup.merge import merged
from review.ledger.replay import State
from review.model import Decision, Record
from review.query import databases
from review.query.definition import Definition
from review.screening.consensus import Consensus
from review.screening.fulltexts import FullTexts
from review.screening.sheet_info import PairRow, SheetRow

FLAGS = {"retracted": "RETRACTED", "concern": "expression of concern", "retraction-notice": "retraction notice",
         "erratum-notice": "erratum notice", "erratum": "has an erratum"}
RELATION = {"preprint-of": ("preprint of", "article of the preprint"), "erratum-of": ("erratum to", "has the erratum"),
            "abstract-of": ("abstract of", "full report of the abstract"), "part-of": ("part of", "has the part"),
            "version-of": ("version of", "has the version"), "cites": ("cites", "cited by"),
            "registration-of": ("registration of", "has the registration")}


class Views:
    """Rows for sheets, from the state, the records and the definition."""

    def __init__(self, state: State, records: Mapping[str, Record], definition: Definition,
                 full_texts: FullTexts | None = None) -> None:
        self.state, self.records, self.definition, self.full_texts = state, records, definition, full_texts
        self.labels = {r.code: r.label for r in definition.reasons}
        self._groups = state.groups()
        self._merged: dict[str, Record] = {}
        self._related: dict[str, list[tuple[str, str]]] = {}
        for source, target, kind in state.relations():
            here, there = RELATION[kind]
            self._related.setdefault(source, []).append((here, target))
            self._related.setdefault(target, []).append((there, source))
        self._decided: dict[tuple[str, str], list[Decision]] = {}
        for decision in state.log.decisions:
            self._decided.setdefault((decision.report, decision.reviewer), []).append(decision)

    def record(self, key: str) -> Record:
        """The best of each field over the records of a report."""
        if key not in self._merged:
            self._merged[key] = merged([self.records[r] for r in self.state.reports[key].records])
        return self._merged[key]

    def title(self, key: str) -> str:
        """The title as it is sent out; a report without one says so."""
        record = self.record(key)
        return record.title or (record.titles_other[0] if record.titles_other else "[no title]")

    def row(self, key: str, stage: str, reviewer: str, cons: Mapping[tuple[str, str], Consensus],
            votes: bool = False) -> SheetRow:
        """One report as a row of a sheet for `reviewer`."""
        record = self.record(key)
        text, kind = _text(record)
        return SheetRow(
            key=key, title=self.title(key), titles_other=record.titles_other,
            authors="; ".join(record.authors), year=str(record.year or ""), source=_source(record),
            text=text, text_kind=kind, language=record.language, links=_links(record), flags=self._flags(key, record),
            related=self._relations(key, cons), found_in=self._found(key),
            hint=self._hint(key, stage, reviewer, cons), votes=self._votes(cons[key, stage]) if votes else (),
            pdf=self.full_texts.of(key, record) if self.full_texts and stage == "full-text" else "")

    def pair(self, a: str, b: str, why: str) -> PairRow:
        """Two reports side by side; `why` is `rule; score S; for: …; against: …` as the matcher logged it."""
        rule, _, rest = why.partition("; score ")
        score, _, rest = rest.partition("; for: ")
        speaks_for, _, against = rest.partition("; against: ")
        nothing: dict[tuple[str, str], Consensus] = {}
        return PairRow(self.row(a, "duplicates", "", nothing), self.row(b, "duplicates", "", nothing), score=score,
                       evidence_for=f"{rule}: {speaks_for}", evidence_against=against)

    def _flags(self, key: str, record: Record) -> tuple[str, ...]:
        flags = [FLAGS[n] for n in record.notices if n in FLAGS]
        if record.kind == "preprint":
            later = any(here == "preprint of" for here, _ in self._related.get(key, ()))
            flags.append("preprint, published since" if later else "preprint")
        return tuple(flags)

    def _relations(self, key: str, cons: Mapping[tuple[str, str], Consensus]) -> tuple[str, ...]:
        out = []
        for how, other in self._related.get(key, ()):
            verdicts = [cons[other, s] for s in ("full-text", "title-abstract")
                        if (other, s) in cons and cons[other, s].decision]
            said = f"decided: {verdicts[0].decision}" if verdicts else "not decided yet"
            out.append(f"{how} {other} ({self.title(other)[:80]}), {said}")
        return tuple(dict.fromkeys(out))

    def _found(self, key: str) -> str:
        names: dict[str, None] = {}
        for record in self.state.reports[key].records:
            search = self.state.searches[record.partition("/")[0]]
            if search.use == "counted":
                names[databases.title(self.records[record].database or search.database)] = None
        return ", ".join(names)

    def _hint(self, key: str, stage: str, reviewer: str, cons: Mapping[tuple[str, str], Consensus]) -> str:
        """The reviewer's own decision of an earlier round, or of the report that this one was split from."""
        if (key, stage) not in cons:
            return ""
        group = [*self._groups[key], *([self.state.split_from[key]] if key in self.state.split_from else [])]
        old = [d for k in group for d in self._decided.get((k, reviewer), ())
               if d.stage == stage and (d.round < cons[key, stage].round or k not in self._groups[key])]
        if not old:
            return ""
        last = max(old, key=lambda d: d.seq)
        why = f" ({self.labels.get(last.reason, last.reason)})" if last.reason else ""
        return f"round {last.round}: {last.decision}{why}"

    def _votes(self, verdict: Consensus) -> tuple[tuple[str, str, str, str], ...]:
        names = sorted({d.reviewer for d in verdict.decisions})
        blind = {n: f"Reviewer {i}" for i, n in enumerate(names, start=1)} if self.definition.screening.blind else {}
        return tuple((blind.get(d.reviewer, d.reviewer), d.decision, self.labels.get(d.reason, d.reason), d.note)
                     for d in verdict.decisions)


def _text(record: Record) -> tuple[str, str]:
    if record.abstract:
        return record.abstract, "abstract"
    if record.summary:
        return record.summary, "summary"
    return (record.snippet, "snippet") if record.snippet else ("", "")


def _source(record: Record) -> str:
    """Journal volume(issue):pages."""
    place = record.volume + (f"({record.issue})" if record.issue else "")
    if record.pages:
        place = f"{place}:{record.pages}" if place else record.pages
    return " ".join(p for p in (record.journal, place) if p)


def _links(record: Record) -> tuple[tuple[str, str], ...]:
    out = []
    if doi := record.ids.get("doi"):
        out.append(("DOI", "https://doi.org/" + quote(doi, safe="/:;().-_<>[]")))
    if pmid := record.ids.get("pmid"):
        out.append(("PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{quote(pmid)}/"))
    if record.title:
        out.append(("Scholar", "https://scholar.google.com/scholar?q=" + quote(f'"{record.title[:180]}"')))
    if record.url.startswith(("https://", "http://")):
        out.append(("Page", record.url))
    return tuple(out)
