"""esearch: which PMIDs a string finds, however many, each exactly once.

PubMed answers only the first 9,999 records of a query. A larger set is divided by the date on which the
records entered Entrez (EDAT): every record has exactly one, so the parts add up to the whole. Where dates
don't divide it (one day holds more, or nearly all entered within a short time) it is divided by PMID, of
which every record has exactly one as well: the PMIDs that were listed say where. (Publication dates don't
do: a record may have two.)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from review.model import Issue, ReviewError
from review.sources.pubmed_service import Failed, Service

CAP = 9_999
FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)
LAST_PMID = 99_999_999
E_FOLD = 20 * 365  # days in which PubMed grows to 2.7 times its size (5% a year)
UNEVEN, TIMES = 0.1, 2  # a part smaller than this share of the whole, so often in succession: dates don't divide it
NEARLY_ALL = 0.05  # PubMed lists the newest first: 95% of those listed make a part that is full and still answered
ROUNDS = 3  # a set that changes while we look is looked at anew so many times
PARAMETERS = frozenset({"mindate", "maxdate", "datetype", "reldate", "sort", "field"})


@dataclass(frozen=True)
class Answer:
    """A reply of esearch."""

    count: int
    ids: tuple[str, ...]
    translation: str
    said: tuple[tuple[str, str], ...]  # (tag, text) of ErrorList and WarningList


@dataclass(frozen=True)
class Slice:
    """A part of the set: the whole, a range of Entrez dates, a range of PMIDs, or both."""

    first: date | None = None
    last: date | None = None
    low: int = 0
    high: int = 0

    def by_date(self) -> tuple[Slice, Slice] | None:
        """The newer and the older part; together they are the whole. None for a single day."""
        first, last = self.first or FIRST, self.last or LAST
        if first >= last:
            return None
        middle = middle_of(first, last)
        return Slice(date.fromordinal(middle.toordinal() + 1), last), Slice(first, middle)

    def by_pmid(self, listed: Sequence[str], share: float) -> tuple[Slice, Slice]:
        """The upper and the lower part, divided where `share` of the listed PMIDs (two at least) lie below."""
        pmids = sorted(map(int, listed))
        at = pmids[max(1, int(len(pmids) * share))]
        return (replace(self, low=at, high=self.high or LAST_PMID), replace(self, low=self.low or 1, high=at - 1))

    def holds(self, pmid: str) -> bool:
        """Whether a PMID lies in its range of PMIDs."""
        return not self.low or self.low <= int(pmid) <= self.high


def middle_of(first: date, last: date) -> date:
    """The last day of the older half. PubMed grows, so the middle by records lies later than that by days."""
    end = min(last, date.today()) if first < date.today() else last
    days = (end - first).days
    middle = end.toordinal() - round(E_FOLD * math.log(2 / (1 + math.exp(-days / E_FOLD))))
    return date.fromordinal(min(max(middle, first.toordinal()), last.toordinal() - 1))


@dataclass(frozen=True)
class Leaf:
    """A slice that is small enough, with its PMIDs."""

    slice: Slice
    ids: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """As search.json tells it."""
        out: dict[str, Any] = {}
        if self.slice.first:
            out["entrez_dates"] = [str(self.slice.first), str(self.slice.last or LAST)]
        if self.slice.low:
            out["pmids"] = [self.slice.low, self.slice.high]
        return out | {"count": len(self.ids)}


@dataclass(frozen=True)
class Found:
    """The PMIDs of a search, in the service's order, and what the service said."""

    hits: int
    ids: tuple[str, ...]
    translation: str
    warnings: tuple[Issue, ...]
    leaves: tuple[Leaf, ...] = ()


class Changed(Exception):
    """The parts don't add up to the whole: the set changed between calls, or a reply was another's."""


Keep = Callable[[bytes], None]


class Search:
    """One string at one service; keeps every reply through `keep`."""

    def __init__(self, service: Service, string: str, params: Mapping[str, Any], since: str | None, keep: Keep) -> None:
        unknown = sorted(set(params) - PARAMETERS)
        if unknown:
            raise ReviewError(
                f"PubMed takes no parameter {', '.join(unknown)}; it takes {', '.join(sorted(PARAMETERS))}.",
                code="pubmed-parameter",
                status=2,
            )
        self.service, self.string, self.params, self.keep = service, string, dict(params), keep
        self.whole = Slice(first=date.fromisoformat(since)) if since else Slice()
        # The date parameters are taken where the string brings its own (a range of publication dates, say).
        self.in_term = bool({"mindate", "maxdate", "reldate", "datetype"} & set(params))
        self.said: dict[tuple[str, str], None] = {}

    def find(self, limit: int | None) -> Found:
        """All PMIDs, or the first `limit`. Raises Failed or Changed."""
        changes: list[Changed] = []
        while True:
            try:
                found = self._find(limit)
            except Changed as change:
                changes.append(change)
                if len(changes) == ROUNDS:
                    raise
                continue
            said = (Issue("pubmed-set-changed", f"{change}; the set was read anew.", severity="info")
                    for change in changes)  # fmt: skip
            return replace(found, warnings=(*found.warnings, *said))

    def count(self) -> Answer:
        """The count and what the service said, without PMIDs."""
        return self.ask(self.whole, 0)

    def ask(self, part: Slice, most: int = CAP) -> Answer:
        """One esearch. The reply is whole: as many PMIDs as its own count says, up to `most`."""

        def check(body: bytes) -> Answer:
            answer = parse(body)
            expected = min(answer.count, most)
            if len(set(answer.ids)) < len(answer.ids):
                raise Failed("unusable", "esearch lists the same PMID twice")
            if len(answer.ids) != expected:
                raise Failed(
                    "unusable",
                    f"esearch counts {answer.count:,} records and lists {len(answer.ids):,} where {expected:,} are due",
                )
            if not all(map(part.holds, answer.ids)):
                raise Failed("unusable", "esearch lists PMIDs beyond the range that was asked for", tries=3)
            return answer

        body, answer = self.service.ask("esearch", check, retmode="xml", retmax=most, **self._parameters(part))
        self.keep(body)
        self.said.update(dict.fromkeys(answer.said))
        return answer

    def _parameters(self, part: Slice) -> dict[str, Any]:
        term, params = self.string, dict(self.params)
        if part.first or part.last:
            first, last = (f"{d:%Y/%m/%d}" for d in (part.first or FIRST, part.last or LAST))
            if self.in_term:
                term = f'({term}) AND ("{first}"[EDAT] : "{last}"[EDAT])'
            else:
                params |= {"datetype": "edat", "mindate": first, "maxdate": last}
        if part.low:
            term = f"({term}) AND {part.low}:{part.high}[UID]"
        return params | {"term": term}

    def _find(self, limit: int | None) -> Found:
        most = min(CAP, limit) if limit is not None else CAP
        first = self.ask(self.whole, most)
        spoken = tuple(self.said)
        if first.count <= most or (limit is not None and limit <= CAP):
            again = self.ask(self.whole, most)  # a reply that is another query's looks like any
            whole = first.count <= most  # of a part only the number is compared: ties may change their order
            if again.count != first.count or (whole and set(again.ids) != set(first.ids)):
                raise Changed(f"Asked twice, PubMed listed two different sets ({first.count:,} records at first)")
            return Found(first.count, first.ids, first.translation, told(spoken, first.count))
        leaves = self._leaves(self.whole, first.count)
        ids = tuple(pmid for leaf in leaves for pmid in leaf.ids)
        counted = self.ask(self.whole, 0).count
        if not len(set(ids)) == len(ids) == first.count == counted:
            raise Changed(f"PubMed counted {first.count:,} records, then {counted:,}, and listed {len(set(ids)):,}")
        return Found(first.count, ids[:limit], first.translation, told(spoken, first.count), tuple(leaves))

    def _leaves(self, part: Slice, count: int, listed: tuple[str, ...] = (), uneven: int = 0,
                share: float = NEARLY_ALL) -> list[Leaf]:  # fmt: skip
        """The leaves of a part beyond the limit, newest first. The older half's count is the difference.

        `listed` are PMIDs of the part, `uneven` how often in succession dates hardly divided it, `share` where
        PMIDs divide it.
        """
        dates = part.by_date() if not part.low and uneven < TIMES else None
        if dates is None and not listed:
            answer = self.ask(part)
            if answer.count != count:
                raise Changed(f"A part of PubMed's set was reckoned at {count:,} records and counts {answer.count:,}")
            listed = answer.ids
        newer, older = dates or part.by_pmid(listed, share)
        answer = self.ask(newer)
        rest = count - answer.count
        if dates and (rest < 0 or (part == self.whole and not rest)):
            self._dates_honoured(older, count)
        if rest < 0:
            raise Changed(f"A part of PubMed's set holds {answer.count:,} records, more than the {count:,} of the whole")
        uneven = uneven + 1 if min(rest, answer.count) < UNEVEN * count else 0
        leaves = [Leaf(newer, answer.ids)] if answer.ids else []
        if answer.count > CAP:  # by PMID: what was listed is a sample rather than the newest, so its middle divides
            leaves = self._leaves(newer, answer.count, answer.ids, uneven, NEARLY_ALL if dates else 0.5)
        if rest > CAP:
            leaves += self._leaves(older, rest, (), uneven)
        elif rest:
            answer = self.ask(older)
            if answer.count != rest:
                raise Changed(f"A part of PubMed's set counted {answer.count:,} records where {rest:,} were due")
            leaves.append(Leaf(older, answer.ids))
        return leaves

    def _dates_honoured(self, older: Slice, count: int) -> None:
        """All records in the newer half, none left for the older: or are dates ignored on the way?"""
        there = self.ask(older, 0).count
        if there == count and not self.in_term:
            self.in_term = True  # some gateways drop the date parameters; the string gets through
        if there:
            raise Changed(f"Both halves of the Entrez dates hold {there:,} of {count:,} records")


def parse(body: bytes) -> Answer:
    """Read a reply of esearch. Raises Failed where it is an error or is not one."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Failed("unusable", f"esearch's reply is damaged ({error.msg})") from error
    errors = [(e.text or "").strip() for e in root.iter("ERROR")]
    if any(errors):
        raise Failed("refused", "esearch says: " + " ".join(filter(None, errors))[:300], tries=3)
    count = (root.findtext("Count") or "").strip()
    if root.tag != "eSearchResult" or not count.isdigit():
        raise Failed("unusable", f"the reply is no answer of esearch but <{str(root.tag)[:40]}>")
    ids = tuple((e.text or "").strip() for e in root.iterfind("IdList/Id"))
    if not all(re.fullmatch(r"\d+", pmid) for pmid in ids):
        raise Failed("unusable", "esearch lists something that is no PMID")
    said = tuple(
        (str(e.tag), (e.text or "").strip())
        for name in ("ErrorList", "WarningList")
        for e in root.iterfind(f"{name}/*")
        if (e.text or "").strip()
    )
    return Answer(int(count), ids, (root.findtext("QueryTranslation") or "").strip(), said)


SAID = {
    "PhraseNotFound": (
        "pubmed-phrase-not-found",
        "PubMed does not know the phrase {0!r} and left it out{1}.",
    ),
    "FieldNotFound": (
        "pubmed-field-not-found",
        "PubMed does not know the field {0!r} and searched without it{1}.",
    ),
    "PhraseIgnored": ("pubmed-phrase-ignored", "PubMed ignored {0!r}{1}."),
    "QuotedPhraseNotFound": (
        "pubmed-quoted-phrase-not-found",
        "PubMed does not have the phrase {0} in its index and searched its words instead{1}.",
    ),
}


def told(said: tuple[tuple[str, str], ...], count: int) -> tuple[Issue, ...]:
    """The service's words as issues. With hits, a phrase left out means a broader set than was asked for."""
    broader = ", so the set may be broader than the string says" if count else ""
    issues = []
    for tag, text in said:
        if tag in SAID:
            code, message = SAID[tag]
            issues.append(Issue(code, message.format(text, broader) + " Check the string."))
        else:
            mild = text.startswith("No items found")
            issues.append(Issue("pubmed-message", f"PubMed says: {text}", severity="info" if mild else "warning"))
    return tuple(issues)
