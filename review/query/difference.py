"""What changed between two definitions, in words, and on records at hand: gained and lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from review.model import Record
from review.query.compile import expression
from review.query.definition import Concept, Definition, HeadingSpec, NearSpec, TermSpec
from review.query.index import Index
from review.query.notation import VOCABULARY_NAMES, describe
from review.query.tree import EXPLODABLE, Language, Range, Term


@dataclass(frozen=True)
class Difference:
    """Sentences that say what changed; records that only the new (gained) or the old one (lost) finds."""

    changes: tuple[str, ...]
    before: int = 0                             # records that the old one finds
    gained: tuple[Record, ...] = ()
    lost: tuple[Record, ...] = ()


def difference(old: Definition, new: Definition, index: Index | None = None) -> Difference:
    """From one definition to another, or from one version to the next; with an index also in records."""
    changes = (*_plain(old, new), *_concepts(old, new), *_screening(old, new))
    if index is None:
        return Difference(changes)
    before, after = index.rows(expression(old)), index.rows(expression(new))
    return Difference(changes, len(before), tuple(index.records[r] for r in sorted(after - before)),
                      tuple(index.records[r] for r in sorted(before - after)))


def _plain(old: Definition, new: Definition) -> list[str]:
    out = []
    for name in ("title", "question", "framework", "combine"):
        a, b = getattr(old, name), getattr(new, name)
        if a != b:
            out.append(f"{name}: {_quoted(a)} is now {_quoted(b)}")
    out += [f"databases: {d} was added" for d in new.databases if d not in old.databases]
    out += [f"databases: {d} was taken out" for d in old.databases if d not in new.databases]
    out += _table("fields", dict(old.fields), dict(new.fields))
    out += _table("override", dict(old.overrides), dict(new.overrides))
    out += _table("library", dict(old.library), dict(new.library))
    for kind in ("pmids", "dois", "titles"):
        a, b = (d.sentinels.get(kind, ()) for d in (old, new))
        out += [f"sentinels: {x} was added" for x in b if x not in a]
        out += [f"sentinels: {x} was taken out" for x in a if x not in b]
    if old.notes != new.notes:
        out.append("the notes changed")
    if (old.limits, old.limits_by_database) != (new.limits, new.limits_by_database):
        out.append(f"limits: {_limits(old)} is now {_limits(new)}")
    return out


def _table(name: str, old: dict[str, str], new: dict[str, str]) -> list[str]:
    return [f"{name}.{k}: {_quoted(old.get(k))} is now {_quoted(new.get(k))}"
            for k in sorted({*old, *new}) if old.get(k) != new.get(k)]


def _quoted(value: object) -> str:
    """A value for a sentence."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"“{value}”" if isinstance(value, str) and value else "nothing" if value in (None, "") else str(value)


def _limits(definition: Definition) -> str:
    every = {"all databases": definition.limits, **definition.limits_by_database}
    parts = []
    for name, limits in every.items():
        said = [f"{limits.years[0]}-{limits.years[1]}"] if limits.years else []
        said += [", ".join(limits.languages)] if limits.languages else []
        if said:
            parts.append(f"{name}: {'; '.join(said)}")
    return " and ".join(parts) or "none"


def _concepts(old: Definition, new: Definition) -> Iterator[str]:
    """Concepts and alternatives that came and went."""
    gone = {n: _alternatives(c) for n, c in old.concepts.items() if n not in new.concepts}
    for name in (n for n in new.concepts if n not in old.concepts):
        same = next((n for n, held in gone.items() if held == _alternatives(new.concepts[name])), None)
        if same:
            del gone[same]
            yield f"concept {same} is now called {name}"
        else:
            yield f"concept {name} was added: {', '.join(_alternatives(new.concepts[name]))}"
    yield from (f"concept {n} was taken out: {', '.join(held)}" for n, held in gone.items())
    for name in (n for n in old.concepts if n in new.concepts):
        a, b = _alternatives(old.concepts[name]), _alternatives(new.concepts[name])
        yield from (f"{name}: {x} was added" for x in b if x not in a)
        yield from (f"{name}: {x} was taken out" for x in a if x not in b)
        if old.concepts[name].note != new.concepts[name].note:
            yield f"{name}: the note changed"


def _alternatives(concept: Concept) -> list[str]:
    """Everything that a concept holds, each in words that differ where its meaning does."""
    out = [_term(s) for s in concept.specs]
    out += [describe(Term(text)) for text in concept.zh]
    out += [_near(n) + (f" in {n.field}" if n.field else "") for n in concept.near]
    out += [_heading(h) for h in concept.headings]
    out += [describe(Range(low, high, field)) for field, low, high in concept.dates]
    return out + ([describe(Language(concept.languages))] if concept.languages else [])


def _term(spec: TermSpec) -> str:
    return (describe(Term(spec.text)) + (f" in {spec.field}" if spec.field else "")
            + (" with PubMed's mapping" if spec.mapped else ""))


def _near(spec: NearSpec) -> str:
    groups = [" OR ".join(describe(Term(w)) if isinstance(w, str) else f"({_near(w)})" for w in group)
              for group in spec.words]
    return f" {'PRE' if spec.ordered else 'NEAR'}/{spec.within} ".join(f"({g})" if " OR " in g else g for g in groups)


def _heading(spec: HeadingSpec) -> str:
    said = f"{'/'.join((spec.text, *spec.subheadings))} [{VOCABULARY_NAMES.get(spec.vocabulary, spec.vocabulary)}"
    said += ", not exploded" if spec.vocabulary in EXPLODABLE and not spec.explode else ""
    return said + (", main points only]" if spec.major else "]")


def _screening(old: Definition, new: Definition) -> list[str]:
    """Criteria, reasons, reviewers, and how the flow is drawn."""
    out = [f"criterion added: {c}" for c in new.eligibility_include if c not in old.eligibility_include]
    out += [f"criterion taken out: {c}" for c in old.eligibility_include if c not in new.eligibility_include]
    before, after = ({r.code: r for r in d.reasons} for d in (old, new))
    out += [f"reason {c} was added" for c in after if c not in before]
    out += [f"reason {c} was taken out: decisions that give it lose its label; retire it instead"
            for c in before if c not in after]
    out += [f"reason {c} is retired" for c, r in after.items()
            if r.retired and c in before and not before[c].retired]
    out += [f"reason {c}: {_quoted(before[c].label)} is now {_quoted(r.label)}" for c, r in after.items()
            if c in before and before[c].label != r.label]
    if [c for c in before if c in after] != [c for c in after if c in before]:
        out.append("the order of the reasons changed")
    for table, a, b in (("screening", old.screening, new.screening), ("flow", old.flow, new.flow)):
        for name in a.__dataclass_fields__:
            was, now = getattr(a, name), getattr(b, name)
            if was != now:
                out.append(f"{table}.{name.replace('_', '-')}: {_quoted(was)} is now {_quoted(now)}")
    return out
