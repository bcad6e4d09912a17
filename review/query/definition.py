"""The query definition: one TOML file that says what is searched, where, and how it is screened.

`load` reads `queries/<id>.toml` with its shared blocks; `loads_resolved` reads the kept copy of a version,
in which the blocks stand already. Both give the same `sha`, which searches, sheets and decisions name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from review.model import Issue, ReviewError
from review.query import databases, tomltext
from review.query.blocks import CONCEPT_ORDER, with_blocks
from review.query.findings import Problem
from review.query.schema import LIMIT_KEYS, TOP_KEYS, VOCABULARIES, problems_of
from review.query.schema_flow import FLOW_KEYS
from review.query.schema_screening import SCREENING_DEFAULTS


@dataclass(frozen=True)
class TermSpec:
    """One term as the definition writes it; `field` "" follows the database's [fields]."""

    text: str
    field: str = ""
    mapped: bool = False            # PubMed's automatic term mapping is wanted


@dataclass(frozen=True)
class NearSpec:
    """Words close to each other: each operand is a list of alternatives (texts, or proximities again).

    `within` is the number of other words that may stand between.
    """

    words: tuple[tuple[str | NearSpec, ...], ...]
    within: int
    ordered: bool = False
    field: str = ""


@dataclass(frozen=True)
class HeadingSpec:
    """One term of a controlled vocabulary (`vocabulary`: a key of schema.VOCABULARIES)."""

    text: str
    vocabulary: str
    explode: bool = True
    major: bool = False
    subheadings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Concept:
    """One idea of the question: alternatives, of which a record needs to hold one."""

    name: str
    specs: tuple[TermSpec, ...] = ()
    zh: tuple[str, ...] = ()                    # terms for Chinese databases
    near: tuple[NearSpec, ...] = ()
    headings: tuple[HeadingSpec, ...] = ()
    dates: tuple[tuple[str, str, str], ...] = ()  # field ("year", "entrez", ...), from, to; "" is an open end
    languages: tuple[str, ...] = ()
    note: str = ""

    @property
    def terms(self) -> tuple[str, ...]:
        """The free-text terms as written, without Chinese ones."""
        return tuple(s.text for s in self.specs)


@dataclass(frozen=True)
class Reason:
    """Why a report can be excluded. A code that retires keeps its meaning in old decisions."""

    code: str
    label: str
    retired: bool = False


@dataclass(frozen=True)
class Limits:
    """What the search is limited to; None and () for no limit."""

    years: tuple[int, int] | None = None
    languages: tuple[str, ...] = ()             # ISO 639-1


@dataclass(frozen=True)
class Screening:
    """Who screens, and how differences are settled."""

    reviewers: tuple[str, ...]
    adjudicator: str = ""
    dual: float = 1.0                           # share of reports that two reviewers screen
    pilot: int = 0                              # reports that the whole team screens first
    pilot_counts: bool = False
    title_abstract: Literal["conflict", "advance"] = "conflict"
    full_text: Literal["conflict", "first"] = "conflict"
    tools: tuple[str, ...] = ()                 # those of the reviewers that are automation tools
    blind: bool = True                          # authors and journal are shown all the same; verdicts are not


@dataclass(frozen=True)
class FlowSpec:
    """How the flow diagram is drawn."""

    wording: str = "studies"                    # a table of words: review.prisma.wording
    colour: bool = True
    without: tuple[str, ...] = ()               # of LAYERS: those that are left out


@dataclass(frozen=True)
class Definition:
    """A query definition, checked and with its blocks resolved."""

    id: str
    title: str
    question: str
    framework: str
    combine: str
    databases: tuple[str, ...]                  # as written
    concepts: Mapping[str, Concept]
    fields: Mapping[str, str]                   # canonical database name, or "default" -> where to look
    limits: Limits
    limits_by_database: Mapping[str, Limits]
    overrides: Mapping[str, str]                # canonical database name -> exactly this string
    library: Mapping[str, str]                  # canonical name of an offline library -> what it is
    sentinels: Mapping[str, tuple[str, ...]]    # pmids, dois, titles
    eligibility_include: tuple[str, ...]
    reasons: tuple[Reason, ...]                 # in the order of the hierarchy
    screening: Screening
    flow: FlowSpec
    lineage: str                                # the id it was copied from
    notes: str
    resolved: str = field(repr=False)
    sha: str

    def limits_for(self, database: str) -> Limits:
        """The limits that hold for one database."""
        return self.limits_by_database.get(databases.canonical(database), self.limits)

    def field_for(self, database: str) -> str:
        """Where to look in one database; "tiab" if the definition doesn't say."""
        return self.fields.get(databases.canonical(database)) or self.fields.get("default") or "tiab"


def load(path: Path) -> Definition:
    """The definition in a file, with blocks from `blocks/` beside it.

    ReviewError (code "definition", file, line) lists every finding: what, where, and the cure.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ReviewError(f"There is no definition {path}. `review queries` lists those there are.",
                          code="definition", file=str(path)) from None
    except (IsADirectoryError, PermissionError) as error:
        raise ReviewError(f"{path} can't be read: {error.strerror}.", code="definition",
                          file=str(path)) from None
    raw = tomltext.parse(data, str(path))
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    problems: list[Problem] = []
    merged = with_blocks(raw, path.parent / "blocks", problems)
    problems += problems_of(merged, check_targets=True)
    _raise(problems, text, str(path))
    return _built(merged, path.stem)


def loads_resolved(text: str, id: str) -> Definition:
    """The definition in a kept copy (`log/definitions/<sha>.toml`), in which the blocks stand already.

    Targets are not asked for: a version of long ago may name a database that nobody compiles for today.
    """
    raw = tomltext.parse(text, f"the kept definition of {id}")
    _raise(problems_of(raw, check_targets=False), text, f"the kept definition of {id}")
    return _built(raw, id)


def _raise(problems: list[Problem], text: str, file: str) -> None:
    """One error that lists them all, the first in the file first."""
    if not problems:
        return
    places = tomltext.lines_of(text)
    found = sorted(
        (Issue("definition", p.message, file=p.file or file,
               line=p.line if p.file else tomltext.line_of(places, p.path), severity="error")
         for p in problems), key=lambda i: (i.line or 0))
    lines = [f"{i.file}, line {i.line}: {i.message}" if i.line else f"{i.file}: {i.message}" for i in found]
    head = "" if len(lines) == 1 else f"The definition has {len(lines)} mistakes:\n  "
    raise ReviewError(head + "\n  ".join(lines), code="definition", file=found[0].file, line=found[0].line,
                      issues=tuple(found))


def _built(raw: Mapping[str, Any], id: str) -> Definition:
    """The definition of checked, resolved content."""
    content = _ordered(raw)
    resolved = tomltext.dump(content)
    eligibility = content.get("eligibility", {})
    screening = {k.replace("-", "_"): _frozen(v) for k, v in content["screening"].items()}
    limits = content.get("limits", {})
    concepts = {name: _concept(name, c) for name, c in content["concepts"].items()}
    return Definition(
        id=id, title=content["title"], question=content.get("question", ""),
        framework=content.get("framework", ""), combine=content.get("combine") or " AND ".join(concepts),
        databases=tuple(content.get("databases", ())), concepts=concepts,
        fields=_by_database(content.get("fields", {})),
        limits=_limits(limits), limits_by_database={
            databases.canonical(k): _limits({**{x: limits[x] for x in LIMIT_KEYS if x in limits}, **v})
            for k, v in limits.items() if isinstance(v, Mapping)},
        overrides={databases.canonical(k): v["string"] for k, v in content.get("override", {}).items()},
        library=_by_database(content.get("library", {})),
        sentinels={k: tuple(map(str, v)) for k, v in content.get("sentinels", {}).items()},
        eligibility_include=tuple(eligibility.get("include", ())),
        reasons=tuple(Reason(r["code"], r["label"], r.get("retired", False))
                      for r in eligibility.get("exclude", ())),
        screening=Screening(**screening),
        flow=FlowSpec(**{k: _frozen(v) for k, v in content.get("flow", {}).items()}), lineage=content.get("copied-from", ""),
        notes=content.get("notes", ""), resolved=resolved,
        sha=hashlib.sha256(resolved.encode("utf-8")).hexdigest())


def _by_database(table: Mapping[str, str]) -> dict[str, str]:
    return {k if k == "default" else databases.canonical(k): v for k, v in table.items()}


def _ordered(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same content in one order of keys, so that the same definition has the same bytes and hash."""
    out: dict[str, Any] = {k: raw[k] for k in TOP_KEYS if k in raw}
    out["concepts"] = {name: {k: c[k] for k in CONCEPT_ORDER if k in c}
                       for name, c in raw["concepts"].items()}
    if "eligibility" in out:
        held = raw["eligibility"]
        out["eligibility"] = {k: held[k] for k in ("include", "exclude") if k in held}
        if "exclude" in held:
            out["eligibility"]["exclude"] = [{k: r[k] for k in ("code", "label", "retired") if k in r}
                                             for r in held["exclude"]]
    screening = {k: raw["screening"][k] for k in SCREENING_DEFAULTS if k in raw["screening"]}
    if "dual" in screening:
        screening["dual"] = float(screening["dual"])
    out["screening"] = screening
    if "flow" in out:
        out["flow"] = {k: raw["flow"][k] for k in FLOW_KEYS if k in raw["flow"]}
    return out


def _limits(table: Mapping[str, Any]) -> Limits:
    years = table.get("years")
    return Limits((years[0], years[1]) if years else None, tuple(table.get("languages", ())))


def _concept(name: str, table: Mapping[str, Any]) -> Concept:
    """One concept of checked content."""
    headings = [_heading(item, vocabulary) for key, vocabulary in VOCABULARIES.items()
                for item in table.get(key, ())]
    dates = [("year", str(low), str(high)) for low, high in table.get("years", ())]
    dates += [(d["field"], d.get("from", ""), d.get("to", "")) for d in table.get("dates", ())]
    specs = tuple(TermSpec(item) if isinstance(item, str)
                  else TermSpec(item["text"], item.get("field", ""), item.get("mapped", False))
                  for item in table.get("terms", ()))
    return Concept(name, specs, tuple(table.get("zh", ())), tuple(map(_near, table.get("near", ()))),
                   tuple(headings), tuple(dates), tuple(table.get("languages", ())), table.get("note", ""))


def _near(item: Mapping[str, Any]) -> NearSpec:
    def alternative(word: Any) -> str | NearSpec:
        return word if isinstance(word, str) else _near(word)

    words = tuple(tuple(map(alternative, w)) if isinstance(w, list) else (alternative(w),)
                  for w in item["words"])
    return NearSpec(words, item["within"], item.get("ordered", False), item.get("field", ""))


def _heading(item: str | Mapping[str, Any], vocabulary: str) -> HeadingSpec:
    if isinstance(item, str):
        return HeadingSpec(item, vocabulary)
    return HeadingSpec(item["term"], vocabulary, item.get("explode", True), item.get("major", False),
                       tuple(item.get("subheadings", ())))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


__all__ = ["Concept", "Definition", "FlowSpec", "HeadingSpec", "Limits", "NearSpec", "Reason", "Screening", "TermSpec",
           "load", "loads_resolved"]
