"""What a terminal shows of definitions: strings ready to copy, losses and remarks by kind, hits, changes."""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from review.words import many

_SHOWN = 5                      # records, or places of one kind of remark, before "and N more"
_SEVERITIES = {"error": "error", "warning": "warning", "info": "hint"}
_PARAMETERS = {"year_low": "from the year", "year_high": "to the year", "languages": "in the languages"}
_STATUS = {"found": "found", "lost": "LOST", "not in the file": "not in the file"}


def _wrapped(text: str, indent: int = 4, hang: int = 0) -> list[str]:
    width = max(min(shutil.get_terminal_size((100, 20)).columns, 120), 40)
    return textwrap.wrap(text, width, initial_indent=" " * indent, subsequent_indent=" " * (indent + hang),
                         break_long_words=False, break_on_hyphens=False)


def query(data: Mapping[str, Any], lines: bool = False) -> list[str]:
    """Strings at the margin and unbroken, so that they can be copied; then what each loses, then the remarks."""
    out: list[str] = []
    for target in data["targets"]:
        several = len(target["strings"])
        if "error" in target:
            out += [f"== {target['database']}: no string", *_wrapped(target["error"])]
        for number, string in enumerate(target["strings"], 1):
            part = f", string {number} of {several}" if several > 1 else ""
            out += [f"== {target['database']} ({string['length']:,} characters{part})", string["string"]]
            out += [f"    to be set beside the string: {_PARAMETERS.get(k, k)} {v}" for k, v in string["params"].items()]
        if lines and len(target["lines"]) > 1 and several == 1:
            out += ["", "  as numbered lines:"]
            out += [f"  {n:>3}  {line}" for n, line in enumerate(target["lines"], 1)]
        out += _losses(target["losses"])
        for remark in target.get("remarks", ()):
            out += ["", *_wrapped(f"Mind: {remark['message']}", 2, 2)]
        out.append("")
    return out + _findings(data["findings"])


def _losses(losses: Sequence[Mapping[str, str]], head: str = "lost in this string:") -> list[str]:
    """What the string can't say, those of one kind together."""
    if not losses:
        return []
    out = ["", f"  {head}"]
    kinds: dict[tuple[str, str], list[str]] = {}
    for loss in losses:
        bare = loss["term"].rstrip("*")
        instead = loss["instead"].replace(bare, "…") if len(bare) > 2 else loss["instead"]
        kinds.setdefault((loss["cannot"], instead), []).append(loss["term"])
    for (cannot, instead), terms in kinds.items():
        named = "; ".join(filter(None, terms))
        out += _wrapped(f"can't {cannot}: {instead}", 4, 2)
        out += _wrapped(named, 8) if named else []
    return out


def _findings(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Remarks, the grave ones first, those of one kind together with their places."""
    if not findings:
        return ["No remarks."]
    order = list(_SEVERITIES)
    ranked = sorted(findings, key=lambda f: (order.index(f["severity"]), f["code"]))
    count = [many(n, _SEVERITIES[s]) for s in order if (n := sum(f["severity"] == s for f in findings))]
    out = [f"Remarks after PRESS 2015 (they stop nothing): {', '.join(count)}"]
    for (severity, code), group in groupby(ranked, key=lambda f: (f["severity"], f["code"])):
        kind = list(group)
        common = os.path.commonprefix([f["message"] for f in kind])
        common = common if len(kind) == 1 or all(f["message"] == common for f in kind) else common.rpartition(": ")[0]
        out += ["", f"  {_SEVERITIES[severity]}: {code}"]
        cures = list(dict.fromkeys(f["cure"] for f in kind))
        cure = f" Cure: {cures[0].rstrip('.')}." if len(cures) == 1 else ""
        out += _wrapped(f"{common[:1].upper()}{common[1:].rstrip('.:')}.{cure}") if common else []
        for finding in kind[:_SHOWN]:
            rest = finding["message"][len(common):].strip(": ")
            cure = f". Cure: {finding['cure']}" if len(cures) > 1 else ""
            out += _wrapped(f"{_place(finding)}  {finding['where']}{' -> ' if rest else ''}{rest}{cure}", 6, 2)
        if len(kind) > _SHOWN:
            out.append(f"      ... and {len(kind) - _SHOWN:,} more of this kind (--json lists all)")
    return out


def _place(finding: Mapping[str, Any]) -> str:
    """file:line:column, as editors open it."""
    file, here = Path(finding["file"]), Path.cwd()
    short = str(file.relative_to(here) if file.is_relative_to(here) else file) if finding["file"] else ""
    return ":".join(str(p) for p in (short, finding["line"], finding["column"]) if p)


def queries(rows: Iterable[Mapping[str, Any]], blocks: Iterable[Mapping[str, Any]], orphans: Sequence[str] = ()) -> list[str]:
    """The saved definitions, then the shared blocks, then reviews whose definition is gone."""
    out: list[str] = []
    for row in rows:
        out.append(row["review"] + (f"  (copied from {row['from']})" if row["from"] else ""))
        out += _wrapped(row["title"])
        run = f"last run {row['last run']}" if row["last run"] else "not run yet"
        out += _wrapped("; ".join(filter(None, (row["framework"], row["databases"], run))))
        out += _wrapped(f"blocks: {', '.join(row['blocks'])}") if row["blocks"] else []
    shared = [_wrapped(f"{b['block']}: {b['title'] or 'no title'}, {many(b['n'], 'term')}; "
                       f"{'used by ' + ', '.join(b['used by']) if b['used by'] else 'not used'}", 2, 4) for b in blocks]
    if shared:
        out += ["", 'Shared blocks (queries/blocks/; take one with block = "name"):', *(x for s in shared for x in s)]
    lost = [_wrapped(f"outputs/{name}: was queries/{name}.toml renamed? Name it so again to go on with that review.", 2, 4)
            for name in orphans]
    out = out or ["No definitions yet. Make one: review new my-review"]
    return out + (["", "Reviews without a definition:", *(x for o in lost for x in o)] if lost else [])


def tried(found: Mapping[str, Any], every: bool = False) -> list[str]:
    """Hits of each part and of its alternatives, of the whole; known reports; what was found."""
    out = [f"{found['review']}" + (f", as its string for {found['database']}" if found["database"] else "")] if (
        found["review"]) else []
    for part in found["lines"]:
        out += [f"{part['n']:>9,}  {line}" if n == 0 else f"{'':11}{line}"
                for n, line in enumerate(_wrapped(_short(part["line"]), 0))]
        out += [f"{a['n']:>16,}  {_short(a['term'])}" + ("   <- finds nothing here" if not a["n"] else "")
                for a in part["alternatives"]]
    out += [f"{found['n']:>9,}  of {many(found['of'], 'record')} {'is' if found['of'] == 1 else 'are'} found"]
    out += _sentinels(found["sentinels"])
    out += _losses(found["losses"], "not possible offline, or lost in the string:")
    out += [""] + _records(found["records"], every) if found["records"] else []
    s = found["seconds"]
    return [*out, "", f"Records read in {s['read']:.1f} s, indexed in {s['index']:.1f} s; "
            f"the query took {1000 * s['query']:.0f} ms."]


def _short(text: str, most: int = 300) -> str:
    """One line of a term or strategy, however long."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[:most - 1] + "…"


def _sentinels(sentinels: Sequence[Mapping[str, Any]]) -> list[str]:
    """Which known relevant reports are found, and what loses the others."""
    if not sentinels:
        return []
    n = sum(s["status"] == "found" for s in sentinels)
    out = ["", f"Known relevant reports: {n} of {len(sentinels)} found"]
    for s in sorted(sentinels, key=lambda s: list(_STATUS).index(s["status"])):
        lost = f"; lost by {' and by '.join(s['lost_by'])}" if s["lost_by"] else "; lost by what the string leaves out" if (
            s["status"] == "lost") else ""
        out += _wrapped(f"{_STATUS[s['status']]}: {s['key']}{lost}" + (f"  {s['title']}" if s["title"] else ""), 2, 4)
    return out


def _records(records: Sequence[Mapping[str, Any]], every: bool = False) -> list[str]:
    shown = records if every else records[:_SHOWN]
    out = [line for r in shown
           for line in _wrapped(f"{r['id'] or '-'}  {r['title'] or '(no title)'} ({r['year'] or 'no year'})", 2, 4)]
    more = len(records) - len(shown)
    return out + ([f"  ... and {more:,} more (--list shows all)"] if more else [])


def differences(found: Mapping[str, Any]) -> list[str]:
    """Changes in words, then in records."""
    out = [f"From {found['old']} to {found['new']}:"]
    out += [x for c in found["changes"] for x in _wrapped(f"- {c}", 2, 2)] or ["  nothing changed"]
    if "of" in found:
        out += ["", f"Of {many(found['of'], 'record')}, {found['old']} finds {found['n_old']:,} and {found['new']} "
                f"{found['n_new']:,}: {len(found['gained']):,} gained, {len(found['lost']):,} lost."]
        for what in ("gained", "lost"):
            out += [f"{what}:", *_records(found[what], every=True)] if found[what] else []
    if found["versions"]:
        out += ["", "Versions used: " + ", ".join(f"{v['version']} (since {v['since']})" for v in found["versions"])]
    return out
