"""From a definition to its expression, and from there to the string of one database."""

from __future__ import annotations

from review.model import ReviewError
from review.query import combine, databases, targets
from review.query.compiled import Compiled, SearchString
from review.query.definition import Concept, Definition, NearSpec
from review.query.findings import did_you_mean
from review.query.targets import google_scholar
from review.query.targets.compiling import Database
from review.query.targets.generic import GENERIC
from review.query.tree import (
    EXPLODABLE,
    NAMED_FIELDS,
    And,
    Fields,
    Heading,
    Language,
    Near,
    Node,
    Range,
    Term,
    alternatives,
    flatten,
)

_THESAURI = ("mesh", "emtree", "cinahl", "apa")
_QUOTES = str.maketrans(dict.fromkeys('"“”„‟＂', " "))


def fields_named(name: str) -> Fields:
    """The atoms of a field's name: "tiab", or atoms joined by + ("title+abstract")."""
    return NAMED_FIELDS.get(name) or frozenset(name.split("+"))


def concept_node(definition: Definition, concept: Concept, database: str = "") -> Node | None:
    """One concept's alternatives for a database ("": for every language and vocabulary, as offline).

    None where the concept has nothing for this database (no Chinese terms, for a Chinese one).
    """
    target = targets.get(databases.canonical(database)) if database else None
    language = target.language if target else "both"
    default = fields_named(definition.field_for(database) if database else _offline_field(definition))

    def where(own: str) -> Fields:
        return fields_named(own) if own else default

    nodes: list[Node] = []
    if language != "zh":
        nodes += [Term(_clean(s.text), where(s.field), s.mapped) for s in concept.specs]
    if language != "en":
        nodes += [Term(_clean(text), default) for text in concept.zh]
    if language != "zh":
        for near in concept.near:
            nodes.append(_near(near, where(near.field)))
        nodes += _headings(concept, target.vocabularies if target else None)
    nodes += [Range(low, high, field) for field, low, high in concept.dates]
    if concept.languages:
        nodes.append(Language(concept.languages))
    return alternatives(tuple(nodes)) if nodes else None


def _near(near: NearSpec, fields: Fields) -> Near:
    """A proximity; one inside another looks in the same fields."""
    def operand(item: str | NearSpec) -> Node:
        return Term(_clean(item), fields) if isinstance(item, str) else _near(item, fields)

    return Near(tuple(alternatives(tuple(map(operand, group))) for group in near.words), near.within,
                near.ordered)


def _headings(concept: Concept, vocabularies: tuple[str, ...] | None) -> list[Node]:
    """The headings that a database is given: those of its own vocabulary where the concept has any.

    Otherwise MeSH (or, without it, whichever stands first), which becomes words with a named loss.
    """
    listed = concept.headings
    thesauri = [v for v in _THESAURI if any(h.vocabulary == v for h in listed)]
    own = [v for v in thesauri if vocabularies is not None and v in vocabularies]
    chosen = thesauri if vocabularies is None else (own or thesauri)[:1]
    return [Heading(h.text, h.vocabulary, h.explode and h.vocabulary in EXPLODABLE, h.major, h.subheadings) for h in listed
            if h.vocabulary in chosen or h.vocabulary not in _THESAURI]


def _offline_field(definition: Definition) -> str:
    return definition.fields.get("default") or "tiab"


def _clean(text: str) -> str:
    """A term without quotation marks (every target sets its own) and with single blanks."""
    return " ".join(text.translate(_QUOTES).split())


def expression(definition: Definition, database: str = "", *, limits: bool = True) -> Node:
    """The concepts after `combine`, for one database, or ("") for running offline over records.

    Offline, terms of every language count, and the limits are part of the expression; they let pass what
    gives no year or language. ReviewError if a concept has nothing for the database.
    """
    def concept(name: str) -> Node:
        node = concept_node(definition, definition.concepts[name], database)
        if node is None:
            target = targets.get(databases.canonical(database))
            key = "zh" if target and target.language == "zh" else "terms"
            raise ReviewError(
                f"The definition {definition.id} has no terms for {databases.title(database)} in the concept "
                f"{name!r}. Add {key} = [\"...\"] to [concepts.{name}], or take the database out of databases.",
                code="definition")
        return node

    tree = combine.build(definition.combine, concept)
    if not limits:
        return tree
    asked = definition.limits_for(database) if database else definition.limits
    parts: list[Node] = [tree]
    if asked.years:
        parts.append(Range(str(asked.years[0]), str(asked.years[1]), keep_unknown=True))
    if asked.languages:
        parts.append(Language(asked.languages, keep_unknown=True))
    return flatten(And(tuple(parts))) if len(parts) > 1 else tree


def compile(definition: Definition, database: str, *, split: bool = False) -> Compiled:
    """The strings of a definition for one database, with everything that is lost on the way.

    An [override] is used exactly as it stands. An offline library ([library]) gets the plain Boolean string.
    With `split`, a string too long for Google Scholar becomes several whose union covers it, instead of being
    shortened. ReviewError (code "no-target") for a database that nothing compiles for.
    """
    name = databases.canonical(database)
    target = targets.get(name)
    if name in definition.overrides:
        tree = expression(definition, name)
        string = definition.overrides[name]
        return Compiled(name, (SearchString(string),), (), tree, tuple(string.splitlines()))
    limits = definition.limits_for(name)
    if target is None and name in definition.library:
        plain = Database(GENERIC).compile(expression(definition, name, limits=False), limits.years, limits.languages)
        return Compiled(name, plain.strings, plain.losses, expression(definition, name), plain.lines)
    if target is None:
        known = targets.names()
        raise ReviewError(
            f"Nothing compiles for {database!r}.{did_you_mean(name, known)} There are: {', '.join(known)}. "
            f"Write its string yourself under [override.{name}], or import its export file.",
            code="no-target")
    tree = expression(definition, name, limits=False)
    if split and name == google_scholar.TARGET.name:
        return google_scholar.TARGET.compile(tree, limits.years, limits.languages, split=True)
    return target.compile(tree, limits.years, limits.languages)


def _near_texts(near: NearSpec) -> list[str]:
    return [t for group in near.words for w in group for t in ([w] if isinstance(w, str) else _near_texts(w))]


def highlight_terms(definition: Definition) -> tuple[str, ...]:
    """The concepts' terms, Chinese ones too, to be highlighted in titles and abstracts: longest first.

    A truncated term keeps its star, which the sheets' marking reads as the rest of a word.
    """
    found: dict[str, str] = {}
    for concept in definition.concepts.values():
        near = [w for n in concept.near for w in _near_texts(n)]
        for text in (*concept.terms, *concept.zh, *near):
            plain = _clean(text)
            if any(map(str.isalnum, plain)) and not any(c in "?#" for c in plain):
                found.setdefault(plain.casefold(), plain)
    return tuple(sorted(found.values(), key=lambda t: (-len(t), t)))
