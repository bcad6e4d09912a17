#!/usr/bin/env python3
"""What the search strings are worth, in figures: read, compiled, checked by running them, timed.

    python benchmarks/query.py DATA [--part NAME]... [--pieces N] [--python PATH]

DATA holds `queries/` (published strategies, cases of two public tools) and `pubmed/` (records to run over). Parts:

- `strategies`: how many are read, compiled for how many databases, the losses by code, Google Scholar's lengths
- `agreement`: every piece of the strategies that finds something (N of them at least), compiled for every database,
  read back by an oracle of that database (tests/query/oracles) and run: the same records?
- `cases`: the public tools' cases, every disagreement with its kind and who is right
- `beside`: search-query on the same strings, in the interpreter at PATH in which it is installed
- `speed`: medians of reading a strategy, and of compiling it for all databases
- `seed`: the strings of this project's own published definition
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from review import formats  # noqa: E402
from review.model import Entry, ReviewError  # noqa: E402
from review.query import compile, load, targets  # noqa: E402
from review.query.index import Index  # noqa: E402
from review.query.readers import Strategy, read  # noqa: E402
from review.query.tree import TITLE, TITLE_ABSTRACT, Node, flatten, leaves  # noqa: E402
from tests.query import adjudication, agreement  # noqa: E402

SEED = ROOT / "queries" / "left-behind-children-policy.toml"
PARTS = ("strategies", "agreement", "cases", "beside", "speed", "seed")
BESIDE = """
import json, logging, sys
from time import process_time
logging.disable(logging.CRITICAL)
from search_query.parser import parse
out = []
for string in json.load(open(sys.argv[1])):
    start = process_time()
    try:
        query, error = parse(string, platform="pubmed"), ""
    except Exception as raised:
        query, error = None, type(raised).__name__
    read, done = process_time() - start, {}
    for platform in ("wos", "ebscohost", "generic"):
        if query is not None:
            start = process_time()
            try:
                query.translate(platform).to_string()
                done[platform] = process_time() - start
            except Exception as raised:
                done[platform] = None
    out.append([error, read, done])
print("RESULT" + json.dumps(out))
"""


def main(arguments: list[str] | None = None) -> int:
    """Print the parts that are asked for; 1 where anything finds other records without a named loss."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--pieces", type=int, default=5_200)
    parser.add_argument("--database", action="append", help="agreement: only this one (may be repeated)")
    parser.add_argument("--python", help="an interpreter with search-query; it is no part of this project")
    options = parser.parse_args(arguments)
    folder: Path = options.data / "queries"
    wrong = 0
    for part in options.part or PARTS:
        print(f"\n== {part}")
        if part == "strategies":
            strategies(folder)
        elif part == "agreement":
            wrong += agreed(folder, options.data / "pubmed" / "pubmed20n0014.xml.gz", options.pieces,
                            options.database or targets.names())
        elif part == "cases":
            cases(folder)
        elif part == "beside":
            beside(folder, options.python)
        elif part == "speed":
            speed(folder)
        else:
            seed()
    return 1 if wrong else 0


def strategies(folder: Path) -> None:
    """Read, compiled, losses by code and database."""
    rows = list(agreement.published(folder))
    parsed: list[tuple[str, Strategy]] = []
    for name, database, text in rows:
        try:
            parsed.append((name, read(text, database)))
        except ReviewError as error:
            print(f"not read: {name} ({database}): {error.message}")
    found = list({leaf: None for _, s in parsed for line in s.lines for leaf in leaves(line.tree)})
    notes = Counter(n.code for _, s in parsed for n in s.notes)
    print(f"read {len(parsed)} of {len(rows)} strategies, {sum(len(s.lines) for _, s in parsed)} lines, "
          f"{len(found)} different leaves; repairs and doubts named: {dict(notes.most_common())}")
    print("database\tcompiled\twith a loss\tlongest string\tlosses by code")
    total, scholar = 0, []
    for name in targets.names():
        codes: Counter[str] = Counter()
        done = lossy = longest = 0
        for _, strategy in parsed:
            compiled = _target(name).compile(strategy.tree)
            done += 1
            lossy += bool(compiled.losses)
            codes.update(x.code for x in compiled.losses)
            longest = max(longest, *(s.length for s in compiled.strings))
            if name == "google-scholar":
                scholar += [s.length for s in compiled.strings]
        total += done
        print(f"{name}\t{done}\t{lossy}\t{longest}\t{dict(codes.most_common())}")
    print(f"{total} of {len(rows) * len(targets.names())} strategies x databases compiled")
    print(f"Google Scholar: {len(scholar)} strings, the longest {max(scholar)} of 256 characters")


def agreed(folder: Path, corpus: Path, wanted: int, names: Sequence[str]) -> int:
    """The agreement of strings with what they mean; the number of differences."""
    with corpus.open("rb") as stream:
        index = Index([e.record for e in formats.read(stream, name=corpus.name) if isinstance(e, Entry)])
    parts = agreement.pieces([read(text, database) for _, database, text in agreement.published(folder)], index, wanted)
    title, both = ([p for p in dict.fromkeys(agreement.asked_in(fields, p) for p in parts) if index.count(p)]
                   for fields in (TITLE, TITLE_ABSTRACT))
    wrong = 0
    for asked, some in (("as they stand", parts), ("in the title alone", title), ("in title and abstract", both)):
        print(f"{len(some)} pieces that find something in {len(index)} records, {asked}")
        print("database\tpieces\twith a named loss\tof these run\tthe same records\tagainst the loss\t"
              "nothing lost\tidentical\tdifferent\tlines unlike the string")
        tables = {}
        for name in names:
            t = tables[name] = agreement.compare(name, some, index, every=5)
            print(f"{name}\t{t.pieces}\t{t.named}\t{t.named_run}\t{t.named_same}\t{len(t.against)}\t{t.same + len(t.different)}\t"
                  f"{t.same}\t{len(t.different)}\t{len(t.lines)}", flush=True)
            for said in (*t.different[:5], *t.against[:5], *t.lines[:5]):
                print("   ", said)
            wrong += len(t.different) + len(t.against) + len(t.lines)
        compared = sum(t.same + len(t.different) for t in tables.values())
        print(f"all\t{sum(t.pieces for t in tables.values())} compilations, {compared} with nothing lost: "
              f"{100 * agreement.share(tables):.2f}% identical")
    return wrong


def cases(folder: Path) -> None:
    """The public tools' cases: counts by kind, then every disagreement."""
    found = adjudication.cases(folder)
    for tool in ("polyglot", "search-query"):
        own = [c for c in found if c.id.startswith(tool)]
        compared = [c for c in own if c.kind not in adjudication.NOT_COMPARED]
        agree = sum(c.kind == "agree" for c in compared)
        print(f"{tool}: {len(own)} cases, {len(compared)} can be compared, {agree} agree; "
              f"{dict(Counter(c.verdict + ' right' for c in compared if c.kind != 'agree').most_common())}")
    print("kind\tcases\twho is right\twhy")
    for kind, n in Counter(c.kind for c in found).most_common():
        print(f"{kind}\t{n}\t{adjudication.VERDICTS[kind][0]}\t{adjudication.VERDICTS[kind][1]}")
    print("case\tdatabase\tinput\tours\ttheirs\tkind\twho is right")
    for case in found:
        if case.verdict:
            cells = (case.id, case.database, case.asked, case.ours, case.theirs, case.kind, case.verdict)
            print("\t".join(" / ".join(str(c).split("\n"))[:80] for c in cells))


def beside(folder: Path, python: str | None) -> None:
    """search-query and ours on the same PubMed strings."""
    if not python:
        print("give --python an interpreter in which search-query is installed")
        return
    strings = [text for _, database, text in agreement.published(folder) if database == "pubmed"]
    path = Path("/tmp") / "query-beside.json"
    path.write_text(json.dumps(strings), encoding="utf-8")
    run = subprocess.run([python, "-c", BESIDE, str(path)], capture_output=True, text=True, check=True)
    theirs = json.loads(run.stdout.partition("RESULT")[2])
    read_ms = [1000 * row[1] for row in theirs if not row[0]]
    print("tool\tstrings\tparsed\tms (median)\ttranslated\tms (median)")
    for platform in ("wos", "ebscohost", "generic"):
        done = [1000 * row[2][platform] for row in theirs if row[2].get(platform) is not None]
        print(f"search-query, {platform}\t{len(strings)}\t{len(read_ms)}\t{statistics.median(read_ms):.1f}\t{len(done)}\t"
              f"{statistics.median(done) if done else 0:.1f}")
    print(f"search-query does not read: {dict(Counter(row[0] for row in theirs if row[0]))}")
    ours = [_ms(lambda t=text: read(t, "pubmed"), 3) for text in strings]
    trees = [read(text, "pubmed").tree for text in strings]
    for name in ("web-of-science", "cinahl"):
        each = [_ms(lambda t=tree, n=name: _target(n).compile(t), 3) for tree in trees]
        print(f"ours, {name}\t{len(strings)}\t{len(ours)}\t{statistics.median(ours):.1f}\t{len(each)}\t"
              f"{statistics.median(each):.1f}")


def speed(folder: Path) -> None:
    """Medians over the strategies of 1,000 to 2,000 characters, and by the 1,500 characters asked for."""
    start, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    print(f"a loop that adds ten million integers takes {time.process_time() - start:.2f} s of the processor now")
    rows = [r for r in agreement.published(folder) if 1_000 <= len(r[2]) <= 2_000]
    reading, compiling, size = [], [], []
    for _, database, text in rows:
        tree: Node = flatten(read(text, database).tree)
        reading.append(_ms(lambda t=text, d=database: read(t, d), 21))
        compiling.append(_ms(lambda t=tree: [_target(n).compile(t) for n in targets.names()], 11))
        size.append(len(text))
    print(f"{len(rows)} strategies of {min(size)} to {max(size)} characters (median {statistics.median(size):.0f}): "
          f"read in {statistics.median(reading):.2f} ms, compiled for {len(targets.names())} databases in "
          f"{statistics.median(compiling):.1f} ms (medians)")


def _ms(work: Callable[[], object], times: int) -> float:
    """Median milliseconds of the processor in some runs, after one that isn't counted."""
    work()
    took = []
    for _ in range(times):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return 1000 * statistics.median(took)


def seed() -> None:
    """The strings of the seed definition, database by database."""
    definition = load(SEED)
    for name in targets.names():
        try:
            compiled = compile(definition, name)
        except ReviewError as error:
            print(f"{name}: {error.message}")
            continue
        for string in compiled.strings:
            print(f"{name} ({string.length} characters{', ' + json.dumps(dict(string.params)) if string.params else ''})"
                  f"\n    {string.string}")
        for loss in compiled.losses:
            print(f"    - {loss.code} {loss.term}: can't {loss.cannot}; {loss.instead}")


def _target(name: str) -> targets.Target:
    found = targets.get(name)
    assert found is not None
    return found


if __name__ == "__main__":
    sys.exit(main())
