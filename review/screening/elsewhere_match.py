"""Decisions made elsewhere: which report a row is about.

By our own key, then by identifiers, then by the deduplicator; a row that is nothing but a title (and a year), by the
whole title, if one report alone has it and it is long enough to be nobody else's. A match is taken only where nothing
speaks against it; every other row is listed with what was found and what to do. A possible match is never taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from review.dedup import match
from review.ledger.keys import KEY
from review.ledger.replay import State
from review.model import Progress, Record
from review.screening.elsewhere_read import Row
from review.screening.table import read_key, title_sign
from review.screening.titles import same_title

_LONG = 24                                  # letters and digits; an ideograph says as much as three
# Identifiers of a document; those of a journal or a book (ISSN, ISBN) are shared by many.
_IDS = ("doi", "pmid", "pmcid", "trial", "pii")


@dataclass(frozen=True)
class Match:
    """The report of a row and how it was found; or why it has none (`code`, and `message` for people)."""

    report: str = ""
    how: str = ""
    code: str = ""
    message: str = ""


class Matcher:
    """Finds reports. `native`: the rows' native ids are ids of our records (the mapping says so)."""

    def __init__(self, state: State, records: Mapping[str, Record], review_id: str, native: bool) -> None:
        self.state, self.records, self.review_id, self.native = state, records, review_id, native
        self.by_id: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.titles: dict[str, list[str]] = defaultdict(list)
        self.by_title: dict[str, set[str]] = defaultdict(set)
        self.years: dict[str, set[int | None]] = defaultdict(set)
        for rid, key in state.report_of.items():
            record = records.get(rid)
            if record is not None:
                for kind in _IDS:
                    if record.ids.get(kind):
                        self.by_id[kind, record.ids[kind].casefold()].add(key)
                if record.native_id:
                    self.by_id["native id", record.native_id.casefold()].add(key)
                mine = [t for t in (record.title, *record.titles_other) if t]
                self.titles[key] += mine
                for title in mine:
                    self.by_title[title_sign(title)].add(key)
                self.years[key].add(record.year)

    def find(self, rows: Sequence[Row], progress: Progress | None = None) -> list[Match]:
        """A match for each row, in order."""
        found = [self._by_key(row) or self._by_identifiers(row) for row in rows]
        open_rows = [n for n, (row, match_) in enumerate(zip(rows, found, strict=True))
                     if match_ is None and row.record.title]
        judged = self._by_matcher([rows[n].record for n in open_rows], progress) if open_rows else {}
        out = []
        for row, match_ in zip(rows, found, strict=True):
            out.append(match_ or self._by_title(row) or judged.get(row.record.id) or self._unknown(row))
        return out

    def by_name(self, text: str) -> str:
        """The report that a key or a native id of one of our records names; "" if it is none, or several."""
        key = read_key(text, self.review_id)
        if key in self.state.reports:
            return self.state.resolve(key)
        here = self.by_id.get(("native id", text.strip().casefold()), set()) if self.native else set()
        return self.state.resolve(next(iter(here))) if len(here) == 1 else ""

    def _agrees(self, row: Row, key: str) -> bool:
        """Whether the row's title is one of the report's; a row without a title contradicts nothing."""
        mine = [t for t in (row.record.title, *row.record.titles_other) if t]
        theirs = self.titles[key]
        return not mine or not theirs or any(same_title(a, b) for a in mine for b in theirs)

    def _title(self, key: str) -> str:
        return next(iter(self.titles[key]), "")[:80]

    def _by_key(self, row: Row) -> Match | None:
        """Our own key, where the row has one that can be ours."""
        text = row.key.strip().upper()
        if not KEY.fullmatch(text[:-2] + text[-2:].lower()):
            return None
        key = read_key(row.key, self.review_id)
        if key not in self.state.reports:
            return Match(code="bad-key", message=f"“{row.key}” is no key of this review; its last two characters tell. Copy "
                         "the key again, or leave it out: the row is then matched by its identifiers and title")
        key = self.state.resolve(key)
        if not self._agrees(row, key):
            return Match(code="title-mismatch", message=f"the key is that of “{self._title(key)}”, the title is another. "
                         "Correct one of the two")
        return Match(key, "key")

    def _by_identifiers(self, row: Row) -> Match | None:
        """The one report that all the row's identifiers name, if the title agrees; None leaves it to the matcher."""
        asked = {kind: row.record.ids[kind] for kind in _IDS if row.record.ids.get(kind)}
        if row.record.native_id and (self.native or not asked):
            asked["native id"] = row.record.native_id
        found = {kind: self.by_id[kind, value.casefold()] for kind, value in asked.items()
                 if (kind, value.casefold()) in self.by_id}
        if not found:
            return None
        both = set.intersection(*found.values())
        if not both:
            said = "; ".join(f"{kind} {asked[kind]}: {', '.join(sorted(keys))}" for kind, keys in found.items())
            return Match(code="ids-disagree", message=f"its identifiers belong to different reports ({said}). Give the right "
                         "report's key in a column Key")
        fitting = {key for key in both if self._agrees(row, key)}
        if len(fitting) == 1 and (row.record.title or self.native or "native id" not in found):
            return Match(fitting.pop(), " and ".join(f"{kind} {asked[kind]}" for kind in found))
        if len(fitting) > 1:
            return Match(code="several-reports", message=f"{', '.join(sorted(fitting))} share its identifiers and title. Give "
                         "the right one's key in a column Key")
        if set(found) == {"native id"}:
            return Match(code="title-mismatch", message=f"the id {asked['native id']} is that of “{self._title(min(both))}”, "
                         "the title is another. Correct one of the two") if self.native else None
        return None

    def _by_matcher(self, fresh: Sequence[Record], progress: Progress | None) -> dict[str, Match]:
        """What the deduplicator believes of the rows that are left; row id -> match."""
        mine = {r: key for r, key in self.state.report_of.items() if r in self.records}
        names = {r.id for r in fresh}
        found = match([*(self.records[r] for r in mine), *fresh], assigned=mine, frozen=set(mine.values()),
                      progress=progress)
        why = {v.a if v.a in names else v.b: v for v in found.merges}
        out: dict[str, Match] = {}
        for group in found.groups:
            for row in group.records:
                if group.report and row in names:
                    verdict = why.get(row)
                    rule = f"{verdict.rule}, score {verdict.score:.2f}" if verdict else "same report"
                    out[row] = Match(self.state.resolve(group.report), f"the deduplicator ({rule})")
        for verdict in found.possible:
            for row, other in ((verdict.a, verdict.b), (verdict.b, verdict.a)):
                if row in names and row not in out and other in mine:
                    key = self.state.resolve(mine[other])
                    out[row] = Match(code="possible-match", message=f"perhaps {key}, “{self._title(key)}” (for: "
                                     f"{verdict.evidence_for}; against: {verdict.evidence_against}). If so, write that key "
                                     "in a column Key")
        return out

    def _by_title(self, row: Row) -> Match | None:
        """The report that has the row's title, where the row is nothing else that could be compared."""
        record = row.record
        sign = title_sign(record.title)
        if not sign or record.authors or record.journal or record.ids or sign not in self.by_title:
            return None
        here = {key for key in map(self.state.resolve, self.by_title[sign])
                if record.year is None or self.years[key] & {record.year, None}}
        if len(here) == 1 and sum(1 if c.isascii() else 3 for c in sign) >= _LONG:
            return Match(here.pop(), "the whole title")
        if here:
            return Match(code="possible-match", message=f"perhaps {', '.join(sorted(here))}: the title is the same, and it is "
                         "short or not one report's alone. If so, write the key in a column Key, or add authors or a DOI")
        return None

    def _unknown(self, row: Row) -> Match:
        if not (row.record.title or row.record.ids or row.record.native_id):
            return Match(code="nothing-to-match", message="it has no title and no identifier. Add a title, a DOI or the key")
        near = self._same_id(row)
        if near:
            return Match(code="title-mismatch", message=f"its identifier is that of {near}, “{self._title(near)}”, and the title "
                         "is another. Correct the identifier, or write the right key in a column Key")
        return Match(code="no-report", message="no report of this review is like it. Was it found by a search that was not "
                     "imported? Import it (`review import`, `review dedupe`), then collect again")

    def _same_id(self, row: Row) -> str:
        keys: Iterable[str] = (k for kind in _IDS for k in self.by_id.get((kind, row.record.ids.get(kind, "").casefold()), ()))
        return min(keys, default="")
