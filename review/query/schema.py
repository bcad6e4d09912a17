"""What a definition may hold, and every finding about one that breaks the rules.

Findings name the key, what is wrong and the cure; the caller adds file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from review.query import combine, databases
from review.query.findings import Problem, check_text, check_texts, did_you_mean, unknown_keys
from review.query.schema_flow import flow
from review.query.schema_screening import eligibility, screening
from review.query.tree import ATOMS, NAMED_FIELDS, Term

# Key in a concept -> the vocabulary whose terms it lists.
VOCABULARIES: dict[str, str] = {
    "mesh": "mesh", "emtree": "emtree", "cinahl": "cinahl", "apa": "apa",
    "publication-types": "publication-type", "subheadings": "subheading", "substances": "substance",
    "pharmacological-actions": "pharmacological-action", "filters": "filter",
}
TOP_KEYS = ("title", "question", "framework", "combine", "databases", "copied-from", "notes", "concepts",
            "fields", "limits", "library", "override", "sentinels", "eligibility", "screening", "flow")
CONCEPT_KEYS = ("block", "note", "terms", "zh", "near", "years", "dates", "languages", *VOCABULARIES)
_DATE = re.compile(r"[0-9]{4}(?:[/-][01]?[0-9](?:[/-][0-3]?[0-9])?)?")
_BACK = re.compile(r"last [0-9]+ (?:days?|months?|years?)")
DATE_FIELDS = ("year", "entrez", "created", "mesh", "electronic", "print", "completed", "modified")
LIMIT_KEYS = ("years", "languages")
SENTINEL_KEYS = ("pmids", "dois", "titles")
_NEAR_KEYS = ("words", "within", "ordered", "field")
_NAME = re.compile(r"[^\W\d][\w-]*")


def problems_of(raw: Mapping[str, Any], *, check_targets: bool) -> list[Problem]:
    """Every finding about the content of a definition whose blocks stand in it already."""
    out = list(unknown_keys(raw, TOP_KEYS, ()))
    for key in ("title", "question", "framework", "combine", "copied-from", "notes"):
        out += check_text(raw, (key,), needed=key == "title")
    for key in TOP_KEYS[TOP_KEYS.index("concepts"):]:
        if key in raw and not isinstance(raw[key], Mapping):
            out.append(Problem((key,), f"{key}: this is a table; write [{key}] on a line of its own."))
    tables = {k: v if isinstance(v, Mapping) else {} for k, v in raw.items()}
    out += _concepts(tables.get("concepts", {}), "concepts" in raw)
    out += _combination(raw)
    out += _databases(raw, tables, check_targets)
    out += _fields(tables.get("fields", {}))
    out += _limits(tables.get("limits", {}), ("limits",))
    out += _overrides(tables)
    out += _sentinels(tables.get("sentinels", {}))
    out += eligibility(tables.get("eligibility", {}))
    out += screening(tables.get("screening", {}), "screening" in raw)
    out += flow(tables.get("flow", {}))
    return out


def _concepts(concepts: Mapping[str, Any], given: bool) -> Iterator[Problem]:
    if not concepts:
        yield Problem(("concepts",) if given else (), "there are no concepts: add a table such as "
                      "[concepts.population] with terms = [\"...\"].")
    for name, concept in concepts.items():
        path = ("concepts", name)
        if not _NAME.fullmatch(name) or name.upper() in ("AND", "OR", "NOT"):
            yield Problem(path, f"concepts.{name}: a concept's name is one word of letters, digits, - and _, "
                                "not AND, OR or NOT.")
        if not isinstance(concept, Mapping):
            yield Problem(path, f"concepts.{name}: write [concepts.{name}] with terms = [\"...\"] below it.")
            continue
        yield from _concept(concept, path)


def _concept(concept: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Problem]:
    name = ".".join(path)
    yield from unknown_keys(concept, CONCEPT_KEYS, path)
    yield from check_text(concept, (*path, "note"), needed=False)
    holders = ("terms", "zh", "near", "years", "dates", "languages", *VOCABULARIES)
    for key in holders:
        if key in concept and not isinstance(concept[key], list):
            yield Problem((*path, key), f"{name}.{key} must be a list: {key} = [\"...\", \"...\"].")
    if "block" not in concept and not any(concept.get(key) for key in holders):
        yield Problem(path, f"{name} has no terms: add terms = [\"...\"], headings (mesh = [\"...\"]) or "
                            "block = \"...\".")
    for key in ("zh", "languages"):
        if isinstance(concept.get(key), list):
            yield from check_texts(concept[key], (*path, key), '"..."')
    yield from _items(concept, "terms", path, {"text": str, "field": str, "mapped": bool}, "text")
    for key in VOCABULARIES:
        yield from _items(concept, key, path, {"term": str, "explode": bool, "major": bool,
                                               "subheadings": list}, "term")
    for number, item in enumerate(_listed(concept.get("near")), 1):
        yield from _near(item, (*path, "near"), number)
    for item in _listed(concept.get("years")):
        if not isinstance(item, list) or len(item) != 2:
            yield Problem((*path, "years"), f"{name}.years: each item is [from, to]: years = [[1990, 2020]].")
    for item in _listed(concept.get("dates")):
        yield from _date(item, (*path, "dates"))


def _date(item: Any, path: tuple[str, ...]) -> Iterator[Problem]:
    """A span of dates: its field, and its ends."""
    name = ".".join(path)
    if not isinstance(item, Mapping) or item.get("field") not in DATE_FIELDS or not all(
            isinstance(v, str) for v in item.values()) or set(item) - {"field", "from", "to"}:
        yield Problem(path, f"{name}: each item is {{ field = \"entrez\", from = \"2020\", to = \"2021/06\" }}, with a "
                            f"field of {', '.join(DATE_FIELDS)}.")
        return
    for key in ("from", "to"):
        text = item.get(key, "")
        if text and not (_DATE.fullmatch(text) or key == "from" and not item.get("to") and _BACK.fullmatch(text)):
            yield Problem(path, f"{name}: {key} = {text!r} is not a date. Write \"2020\", \"2020/06\" or \"2020/06/30\"; or from "
                                "= \"last 30 days\" without an end.")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _items(concept: Mapping[str, Any], key: str, path: tuple[str, ...], shape: dict[str, type],
           main: str) -> Iterator[Problem]:
    """Items that are a text, or an inline table of `shape` with the text under `main`."""
    name = ".".join((*path, key))
    for number, item in enumerate(_listed(concept.get(key)), 1):
        where = f"{name}: item {number}"
        text = item.get(main) if isinstance(item, Mapping) else item
        if not isinstance(text, str) or not text.strip():
            yield Problem((*path, key), f"{where} ({item!r}) is not a text; put it between quotation marks, "
                                        f"or write {{ {main} = \"...\" }}.")
            continue
        if not any(c.isalnum() for c in text):
            yield Problem((*path, key), f"{where} ({text!r}) has no letter or digit to look for.")
        if not isinstance(item, Mapping):
            continue
        for option, value in item.items():
            if option not in shape:
                hint = did_you_mean(option, shape) or f" Known here: {', '.join(shape)}."
                yield Problem((*path, key), f"{where}: unknown key {option!r}.{hint}")
            elif not isinstance(value, shape[option]):
                yield Problem((*path, key), f"{where}: {option} must be "
                              f"{ {str: 'text', bool: 'true or false', list: 'a list'}[shape[option]]}.")
            elif isinstance(value, list) and not all(isinstance(part, str) for part in value):
                yield Problem((*path, key), f"{where}: {option} must be a list of texts.")
        yield from _field_name(item.get("field", "tiab"), (*path, key), where)


def _near(item: Any, path: tuple[str, ...], number: int) -> Iterator[Problem]:
    where = f"{'.'.join(path)}: item {number}"
    shape = 'near = [{ words = ["parent*", ["absent", "absence"]], within = 3 }]'
    words = item.get("words") if isinstance(item, Mapping) else None
    if not isinstance(item, Mapping) or not isinstance(words, list) or len(words) < 2:
        yield Problem(path, f"{where} needs two or more words: {shape}.")
        return
    for key in item:
        if key not in _NEAR_KEYS:
            hint = did_you_mean(key, _NEAR_KEYS) or f" Known here: {', '.join(_NEAR_KEYS)}."
            yield Problem(path, f"{where}: unknown key {key!r}.{hint}")
    for word in words:
        alternatives = word if isinstance(word, list) else [word]
        for one in alternatives:
            if isinstance(one, Mapping):
                yield from _near(one, path, number)
        texts = [w for w in alternatives if not isinstance(w, Mapping)]
        if not alternatives or not all(isinstance(w, str) and any(map(str.isalnum, w)) for w in texts):
            yield Problem(path, f"{where}: {word!r} is neither a text nor a list of texts: {shape}.")
    within = item.get("within")
    if not isinstance(within, int) or isinstance(within, bool) or not 0 <= within <= 1000:
        yield Problem(path, f"{where}: within = the number of words that may stand between (0 or more).")
    if not isinstance(item.get("ordered", False), bool):
        yield Problem(path, f"{where}: ordered must be true or false.")
    yield from _field_name(item.get("field", "tiab"), path, where)


def _field_name(value: Any, path: tuple[str, ...], where: str) -> Iterator[Problem]:
    """A named field, or atoms joined by +: "tiab", "title+abstract"."""
    if isinstance(value, str) and (value == "" or value in NAMED_FIELDS or all(part in ATOMS for part in value.split("+"))):
        return
    hint = did_you_mean(str(value), (*NAMED_FIELDS, *ATOMS)) or f" Known: {', '.join(NAMED_FIELDS)}."
    yield Problem(path, f"{where}: unknown field {value!r}.{hint}")


def _combination(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Whether `combine` reads, and names only concepts that exist."""
    text, concepts = raw.get("combine"), raw.get("concepts")
    if not isinstance(text, str) or not isinstance(concepts, Mapping) or not concepts:
        return
    unknown = [n for n in combine.names(text) if n not in concepts]
    for name in unknown:
        hint = did_you_mean(name, concepts) or f" There are: {', '.join(concepts)}."
        yield Problem(("combine",), f"combine: there is no concept {name!r}.{hint}")
    try:
        combine.build(text, Term)
    except combine.CombineError as error:
        yield Problem(("combine",), f"combine: {error}.")


def _databases(raw: Mapping[str, Any], tables: Mapping[str, Any], check_targets: bool) -> Iterator[Problem]:
    """Whether each database can be compiled for, is overridden, or is an offline library."""
    listed = raw.get("databases", [])
    bad = list(check_texts(listed, ("databases",), '"pubmed", "google-scholar"'))
    yield from bad
    library = tables.get("library", {})
    for name in library:
        yield from check_text(library, ("library", name), needed=False)
    if bad:
        return
    extra = {databases.canonical(n) for n in (*library, *tables.get("override", {}))}
    seen: dict[str, str] = {}
    for name in listed:
        key = databases.canonical(name)
        if key in seen:
            yield Problem(("databases",), f"databases: {name!r} and {seen[key]!r} are the same database; "
                                          "keep one.")
        seen[key] = name
        if check_targets and key not in extra:
            from review.query import targets
            if targets.get(key) is None:
                known = targets.names()
                hint = did_you_mean(key, known) or f" There are: {', '.join(known)}."
                yield Problem(("databases",),
                              f"databases: nothing compiles for {name!r}.{hint} For a database whose string "
                              f'you write yourself, add [override.{key}] with string = "..."; for a file of '
                              "records, add its name under [library].")


def _fields(fields: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in fields.items():
        yield from _field_name(value, ("fields", name), f"fields.{name}")


def _limits(limits: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Problem]:
    """Limits of all databases, and tables of one database's own."""
    name = ".".join(path)
    for key, value in limits.items():
        where = (*path, key)
        if key == "years":
            ok = isinstance(value, list) and len(value) == 2 and all(
                isinstance(y, int) and not isinstance(y, bool) and 0 < y <= 3000 for y in value)
            if not ok:
                yield Problem(where, f"{name}.years must be two years: years = [2000, 2026] "
                                     "(3000 for an open end).")
            elif value[0] > value[1]:
                yield Problem(where, f"{name}.years: {value[0]} is after {value[1]}; turn them round.")
        elif key == "languages":
            yield from check_texts(value, where, '"en", "zh"')
            for code in _listed(value):
                if isinstance(code, str) and not re.fullmatch(r"[a-z]{2,3}", code):
                    yield Problem(where, f"{name}.languages: {code!r} is not a code of two letters "
                                         "(ISO 639-1): en for English, zh for Chinese.")
        elif isinstance(value, Mapping) and len(path) == 1:
            yield from _limits(value, where)
        else:
            hint = did_you_mean(key, LIMIT_KEYS) or f" Known here: {', '.join(LIMIT_KEYS)}."
            yield Problem(where, f"{'.'.join(where)}: unknown key.{hint}")


def _overrides(tables: Mapping[str, Any]) -> Iterator[Problem]:
    for name, table in tables.get("override", {}).items():
        path = ("override", name)
        if not isinstance(table, Mapping):
            yield Problem(path, f"override.{name}: write [override.{name}] with string = \"...\" below it.")
            continue
        yield from unknown_keys(table, ("string",), path)
        yield from check_text(table, (*path, "string"), needed=True)


def _sentinels(sentinels: Mapping[str, Any]) -> Iterator[Problem]:
    yield from unknown_keys(sentinels, SENTINEL_KEYS, ("sentinels",))
    for key in SENTINEL_KEYS:
        value = sentinels.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, (str, int)) and str(v).strip()
                                                  for v in value):
            yield Problem(("sentinels", key), f"sentinels.{key} must be a list: {key} = [\"...\", \"...\"].")


__all__ = ["CONCEPT_KEYS", "LIMIT_KEYS", "TOP_KEYS", "VOCABULARIES", "problems_of"]
