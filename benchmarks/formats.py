"""What the readers get out of a folder of real export files, beside well-known libraries on the same files.

    python benchmarks/formats.py DATA [--big FILE.ris]

DATA is a folder of export files (in subfolders, if you like). For each file: the format and encoding found, the
records it holds by the independent count, the records read, whether every record's slice gives its tags again,
the issues, the share of source values that are found again in what was read, and what rispy, Bio.Medline, nbib,
bibtexparser and pandas give, as far as they are installed and meant for the format; then the sums for each format.
`--big` makes a RIS file of 50,000 records from the folder's largest one at FILE.ris and times reading it, beside rispy.
"""

from __future__ import annotations

import argparse
import html
import io
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from review import formats
from review.formats import encodings
from review.model import Entry, Issue


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 where a file was not read in full."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--big", type=Path)
    options = parser.parse_args(arguments)
    files = sorted(p for p in options.data.rglob("*") if p.is_file())
    print("file\tformat\tencoding\tin file\tread\tplaces\tvalues found\tissues\tpeer")
    totals: Counter[str] = Counter()
    sums: dict[str, Counter[str]] = {}
    for path in files:
        cells, figures, peers = _row(path)
        totals.update(figures)
        print("\t".join([str(path.relative_to(options.data)), *cells]))
        mine = sums.setdefault(cells[0], Counter())
        mine.update({"files": 1, "in file": figures.get("in", 0), "read": figures.get("read", 0)})
        for name, n in peers.items():
            mine.update({name: n or 0, f"{name} failed on": n is None})
    for format, counted in sorted(sums.items()):
        print(f"# {format}: " + ", ".join(f"{name} {n}" for name, n in counted.items() if n or name == "read"))
    print(f"# {len(files)} files; {totals['known']} of a known format; {totals['in']} records in them, {totals['read']}"
          f" read; {totals['short']} files short; values found {totals['found']} of {totals['values']}")
    if options.big:
        _big(files, options.big)
    return 1 if totals["short"] else 0


def _row(path: Path) -> tuple[list[str], dict[str, int], dict[str, int | None]]:
    """The cells of a file's line, figures for the sums, and what the peers read (None: failed)."""
    data = path.read_bytes()
    format, encoding = formats.describe(io.BytesIO(data), path.name)
    if format is None:
        return ["-", encoding, "-", "-", "-", "-", "format-unknown", ""], {}, {}
    found = list(formats.read(io.BytesIO(data), name=path.name))
    entries = [e for e in found if isinstance(e, Entry)]
    issues = Counter(i.code for i in found if isinstance(i, Issue))
    n = formats.count(io.BytesIO(data), format=format)
    places = all(not e.length or not e.tags or formats.tags_at(
        data[e.offset:e.offset + e.length], format, encoding, header=data[:1 << 16]) == e.tags for e in entries)
    values, again = _values(data, format, encoding, entries)
    peers = _peers(data, format)
    cells = [format, encoding, "?" if n is None else str(n), str(len(entries)), "yes" if places else "NO",
             f"{again}/{values}", " ".join(f"{k}:{v}" for k, v in sorted(issues.items())),
             ", ".join(f"{name}: {'failed' if found is None else found}" for name, found in peers.items())]
    return cells, {"known": 1, "in": n if n is not None else len(entries), "read": len(entries),
                   "short": int(n is not None and n != len(entries)), "values": values, "found": again}, peers


def _values(data: bytes, format: str, encoding: str, entries: list[Entry]) -> tuple[int, int]:
    """How many words of the file's text stand in the tags of its records, of all words in it: headers and what
    lies between records included, markup left out. A lost value shows here whatever field it was in."""
    if not encoding or format in ("scholar-html", "webpage"):
        return 0, 0
    text = encodings.decode(data, encoding)
    if format.endswith("xml"):
        text = html.unescape(re.sub(r"<[^>]*>", " ", text))
        words = Counter(re.findall(r"\w{4,}", text))
        held = Counter(w for e in entries for _, v in (e.tags or formats.tags_at(
            data[e.offset:e.offset + e.length], format, encoding)) for w in re.findall(r"\w{4,}", v))
    else:
        words = Counter(re.findall(r"\w{4,}", text))
        held = Counter(w for e in entries for pair in e.tags for part in pair for w in re.findall(r"\w{4,}", part))
    missing = sum((words - held).values())
    return sum(words.values()), sum(words.values()) - missing


def _peers(data: bytes, format: str) -> dict[str, int | None]:
    """What well-known libraries read of the same bytes: numbers of records, None where one failed."""
    peers: dict[str, dict[str, Callable[[bytes], int]]] = {
        "ris": {"rispy": _rispy}, "medline": {"Bio.Medline": _medline, "nbib": _nbib},
        "bibtex": {"bibtexparser": _bibtexparser}, "csv": {"pandas": _pandas}, "xlsx": {"pandas": _pandas_workbook},
    }
    found: dict[str, int | None] = {}
    for name, reader in peers.get(format, {}).items():
        try:
            found[name] = reader(data)
        except ImportError:
            continue
        except Exception:  # noqa: BLE001  (another library's failure is the finding)
            found[name] = None
    return found


def _rispy(data: bytes) -> int:
    import rispy

    return len(rispy.loads(data.decode()))


def _medline(data: bytes) -> int:
    from Bio import Medline

    return sum(1 for _ in Medline.parse(io.StringIO(data.decode())))


def _nbib(data: bytes) -> int:
    import nbib

    return len(nbib.read(data.decode()))


def _bibtexparser(data: bytes) -> int:
    import bibtexparser

    return len(bibtexparser.loads(data.decode()).entries)


def _pandas(data: bytes) -> int:
    import pandas

    return len(pandas.read_csv(io.StringIO(data.decode())))


def _pandas_workbook(data: bytes) -> int:
    import pandas

    return len(pandas.read_excel(io.BytesIO(data)))


def _big(files: list[Path], target: Path) -> None:
    source = max((p for p in files if formats.sniff(p.read_bytes()[:65536], p.name) == "ris"),
                 key=lambda p: p.stat().st_size)
    one = source.read_bytes().removeprefix(b"\xef\xbb\xbf")
    n = formats.count(io.BytesIO(one), format="ris") or 1
    with target.open("wb") as out:
        for _ in range(50_000 // n):
            out.write(one)
    for name, reader in (("review", _stream), ("rispy", _rispy_file)):
        start, before = time.perf_counter(), time.process_time()
        try:
            records = reader(target)
        except ImportError:
            continue
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"# {name}: {records} records of {target.stat().st_size / 1e6:.0f} MB in {time.perf_counter() - start:.1f} s"
              f" ({time.process_time() - before:.1f} s of the processor), peak of this process so far {peak:.0f} MB")


def _stream(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(isinstance(e, Entry) for e in formats.read(stream, name=path.name))


def _rispy_file(path: Path) -> int:
    import rispy

    with path.open(encoding="utf-8") as stream:
        return len(rispy.load(stream))


if __name__ == "__main__":
    sys.exit(main())
