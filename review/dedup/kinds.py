"""Rules on the sort of documents that two records describe: notices, replies, preprints, registrations, parts, versions."""

from __future__ import annotations

from review.dedup.compare import Comparison, doi_family
from review.dedup.ruling import DIFFERENT, Ruling, alike, contradicted


def by_kind(c: Comparison) -> Ruling | None:
    """The verdict where two records describe documents of different sorts, or of a sort with rules of its own."""
    a, b = c.a, c.b
    close = alike(c)
    placed = c.journal != "differ" and c.volume == "same" and c.pages == "same"
    if a.title.notice != b.title.notice:
        if placed and c.authors != "differ" and not (a.title.notice and b.title.notice):
            return None                                 # no notice begins on the page of what it corrects
        if a.title.notice and b.title.notice:
            return DIFFERENT
        return Ruling("related", "erratum", 0.9, "erratum-of", int(bool(b.title.notice))) if (
            close and c.authors != "differ") else DIFFERENT
    if a.title.notice and not (placed or c.doi == "same" or c.pmid == "same") and (contradicted(c) or c.generic):
        return DIFFERENT
    if a.title.reply != b.title.reply and not placed and c.doi != "same" and c.pmid != "same":
        told = close and not c.generic and not c.numbers_differ and c.journal != "differ" and (c.year_gap or 0) <= 2
        return Ruling("related", "reply", 0.8, "cites", int(b.title.reply)) if told else DIFFERENT
    if (a.kind == "preprint") != (b.kind == "preprint") and c.doi != "same":
        told = c.authors in ("agree", "partly") or c.title != "similar" or c.title_ratio >= 0.9
        if close and told and c.authors != "differ" and not c.generic:
            return Ruling("related", "preprint", 0.9, "preprint-of", int(b.kind == "preprint"))
        return DIFFERENT
    if a.kind == "registration" and b.kind == "registration" and a.trials and b.trials:
        if not a.trials & b.trials:
            return DIFFERENT
        if close and c.authors != "differ":
            return Ruling("same", "registration", 0.95)
    if (a.kind == "registration") != (b.kind == "registration"):
        if a.trials & b.trials or (close and not c.generic):
            return Ruling("related", "registration", 0.8, "registration-of", int(b.kind == "registration"))
        return DIFFERENT
    part = _parts(c)
    if part is not None:
        return part
    return _versions(c, close)


def _parts(c: Comparison) -> Ruling | None:
    """Parts of a series: "Part I", "Part II"; the first often bears no number."""
    x, y = c.a.title.part, c.b.title.part
    if x == y or c.title in ("different", "unknown") or (c.title_ratio < 0.85 and c.title != "contained"):
        return None
    if not (x and y) and (c.pages == "same" or c.doi == "same" or c.pmid == "same" or c.title == "equal"):
        return None                                     # one record of the part lost its number
    reworded = c.swapped and not all(len(w) == 1 for w in c.words_differ)     # "Part A", "Part B"
    if c.authors == "differ" or reworded or (x and y and not c.numbers_differ):
        return None
    later = int((y or "1") > (x or "1")) if len(x) == len(y) else int(len(y) > len(x))
    return Ruling("related", "part", 0.8, "part-of", later)


def _versions(c: Comparison, close: bool) -> Ruling | None:
    """Versions of one document: Cochrane reviews, preprints, protocols, theses."""
    a, b = c.a, c.b
    (number, version), (other, other_version) = a.cochrane, b.cochrane
    if number and other and number != other:
        return DIFFERENT
    if version and other_version and version != other_version:
        return Ruling("related", "cochrane-version", 0.95, "version-of", int(int(other_version) > int(version)))
    of_cochrane = ((number and other) or "cochrane" in a.journal.name) and c.journal != "differ"
    unlike = a.title.protocol != b.title.protocol and not (c.issue == "same" and c.year_gap == 0)
    if of_cochrane and unlike and close and c.doi != "same" and c.pmid != "same":
        return Ruling("related", "protocol", 0.7, "version-of", int(a.title.protocol))
    if of_cochrane and not (version and other_version) and close and c.doi != "same" and c.pmid != "same" and (
            c.year_gap or c.issue == "differ"):
        return Ruling("related", "cochrane-version", 0.7, "version-of", int((b.year or 0) > (a.year or 0)))
    if a.kind == b.kind == "preprint" and c.doi == "differ" and doi_family(a.doi, b.doi):
        return Ruling("related", "preprint-version", 0.95, "version-of", int(b.doi > a.doi))
    if a.title.protocol != b.title.protocol and "same" not in (c.doi, c.pmid, c.pages) and close and c.title != "truncated" and (
            c.authors in ("agree", "partly")):
        return Ruling("related", "protocol", 0.7, "version-of", int(a.title.protocol))
    if a.kind == b.kind == "thesis" and c.title in ("equal", "near") and c.authors == "agree" and not c.numbers_differ:
        return Ruling("same", "thesis", 0.9)            # a thesis and its entry in an index of theses
    beside = b if a.kind == "thesis" else a
    published = beside.journal.words or beside.record.kind == "journal-article"
    if (a.kind == "thesis") != (b.kind == "thesis") and close and c.pages != "same" and published:
        return Ruling("related", "thesis", 0.7, "version-of", int(a.kind == "thesis")) if c.authors != "differ" else DIFFERENT
    return None
