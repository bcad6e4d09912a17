"""What changed between two definitions, in words, and on records at hand: gained and lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from review.model import Record
from review.query.compile import concept_node, expression
from review.query.definition import Definition
from review.query.index import Index
from review.query.notation import describe
from review.query.tree import Or


@dataclass(frozen=True)
class Difference:
    """Sentences that say what changed; records that only the new (gained) or the old one (lost) finds."""

    changes: tuple[str, ...]
    gained: tuple[Record, ...] = ()
    lost: tuple[Record, ...] = ()


def difference(old: Definition, new: Definition, records: Iterable[Record] | None = None) -> Difference:
    """From one definition to another, or from one version to the next."""
    changes = [*_plain(old, new), *_concepts(old, new), *_screening(old, new)]
    if records is None:
        return Difference(tuple(changes))
    index = Index(records)
    before, after = index.rows(expression(old)), index.rows(expression(new))
    return Difference(tuple(changes), tuple(index.records[r] for r in sorted(after - before)),
                      tuple(index.records[r] for r in sorted(before - after)))


def _plain(old: Definition, new: Definition) -> list[str]:
    out = []
    for name in ("title", "question", "framework", "combine"):
        a, b = getattr(old, name), getattr(new, name)
        if a != b:
            out.append(f"{name}: {a!r} is now {b!r}")
    out += [f"databases: {d} was added" for d in new.databases if d not in old.databases]
    out += [f"databases: {d} was taken out" for d in old.databases if d not in new.databases]
    out += _table("fields", dict(old.fields), dict(new.fields))
    out += _table("override", dict(old.overrides), dict(new.overrides))
    if (old.limits, old.limits_by_database) != (new.limits, new.limits_by_database):
        out.append(f"limits: {_limits(old)} is now {_limits(new)}")
    return out


def _table(name: str, old: dict[str, str], new: dict[str, str]) -> list[str]:
    return [f"{name}.{k}: {old.get(k, 'nothing')!r} is now {new.get(k, 'nothing')!r}"
            for k in sorted({*old, *new}) if old.get(k) != new.get(k)]


def _limits(definition: Definition) -> str:
    every = {"all databases": definition.limits, **definition.limits_by_database}
    parts = []
    for name, limits in every.items():
        said = [f"{limits.years[0]}-{limits.years[1]}"] if limits.years else []
        said += [", ".join(limits.languages)] if limits.languages else []
        if said:
            parts.append(f"{name}: {'; '.join(said)}")
    return " and ".join(parts) or "none"


def _concepts(old: Definition, new: Definition) -> list[str]:
    """Concepts and alternatives that came and went."""
    out = [f"concept {n} was added" for n in new.concepts if n not in old.concepts]
    out += [f"concept {n} was taken out" for n in old.concepts if n not in new.concepts]
    for name in (n for n in old.concepts if n in new.concepts):
        a, b = _alternatives(old, name), _alternatives(new, name)
        out += [f"{name}: {x} was added" for x in b if x not in a]
        out += [f"{name}: {x} was taken out" for x in a if x not in b]
    return out


def _alternatives(definition: Definition, name: str) -> list[str]:
    node = concept_node(definition, definition.concepts[name])
    return [describe(c) for c in (node.children if isinstance(node, Or) else (node,) if node else ())]


def _screening(old: Definition, new: Definition) -> list[str]:
    """Criteria, reasons and reviewers."""
    out = [f"criterion added: {c}" for c in new.eligibility_include if c not in old.eligibility_include]
    out += [f"criterion taken out: {c}" for c in old.eligibility_include if c not in new.eligibility_include]
    before, after = ({r.code: r for r in d.reasons} for d in (old, new))
    out += [f"reason {c} was added" for c in after if c not in before]
    out += [f"reason {c} was taken out: decisions that give it lose its label; retire it instead"
            for c in before if c not in after]
    out += [f"reason {c} is retired" for c, r in after.items()
            if r.retired and c in before and not before[c].retired]
    out += [f"reason {c}: {before[c].label!r} is now {r.label!r}" for c, r in after.items()
            if c in before and before[c].label != r.label]
    if [c for c in before if c in after] != [c for c in after if c in before]:
        out.append("the order of the reasons changed")
    if old.screening != new.screening:
        for name in old.screening.__dataclass_fields__:
            a, b = getattr(old.screening, name), getattr(new.screening, name)
            if a != b:
                out.append(f"screening.{name.replace('_', '-')}: {a!r} is now {b!r}")
    return out
