#!/usr/bin/env python3
"""What retrieval costs: requests against their budget, pace, memory, and reading beside Bio.Entrez.read.

    python benchmarks/retrieval.py [--records FILE.xml[.gz]]... [--only requests|run|reading]

Searches run over real HTTP against the stand-in for the E-utilities (tests/standins), on loopback.

requests  N records, over so long, so many of them on one day: requests in all, of 1.1 x (N/200 + 3 x ceil(N/9,999)) allowed.
run       25,000 full records with a key (ten requests a second, each answered after 0.3 s): seconds, requests, the most
          requests in any one second, the largest memory of the process. Then 2,000 without a key (three a second).
reading   full records a second of PubMed XML files (--records), beside Bio.Entrez.read on the same bytes in turn.

Seconds are those of this machine; a loop that adds ten million integers is timed beside them.
"""

from __future__ import annotations

import argparse
import gzip
import io
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from review import formats
from review.model import Entry
from review.sources.pubmed_search import Search
from review.sources.pubmed_service import Service
from tests.standins import eutils
from tests.standins.corpus import Synthetic
from tests.standins.server import Call

MOST = 2_000                    # records of one file that are read
SETS: list[tuple[str, int, dict[str, object]]] = [
    ("60 years", 25_000, {"first": date(1966, 1, 1)}),
    ("25 years", 25_000, {}),
    ("25 years, 400 on one day", 25_000, {"crowded": 400}),
    ("one year", 25_000, {"first": date(2020, 6, 1), "last": date(2021, 6, 1)}),
    ("one month", 25_000, {"first": date(2020, 4, 1), "last": date(2020, 4, 30)}),
    ("one month", 10_000, {"first": date(2020, 4, 1), "last": date(2020, 4, 30)}),
    ("25 years, 10,500 on one day", 11_000, {"crowded": 10_500}),
    ("25 years, 20,000 on one day", 20_500, {"crowded": 20_000}),
    ("one day", 20_500, {"crowded": 20_500}),
    ("one day in 1971", 20_500, {"crowded": 20_500, "first": date(1971, 5, 1), "last": date(1971, 5, 3)}),
    ("one day", 50_000, {"crowded": 50_000}),
    ("60 years", 100_000, {"first": date(1966, 1, 1)}),
]
RUN = """
import resource, sys
from pathlib import Path
from review.sources import DirectoryStore, Request, pubmed
outcome = pubmed.run(Request("all"), DirectoryStore(Path(sys.argv[1])), progress=lambda *_: None)
print(outcome.status, outcome.read, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def budget(n: int) -> float:
    """Requests allowed for n records."""
    return 1.1 * (n / 200 + 3 * math.ceil(n / 9_999))


def loop() -> str:
    """Seconds of the clock and of the processor that this machine takes now to add ten million integers."""
    start, total = (time.perf_counter(), time.process_time()), 0
    for number in range(10_000_000):
        total += number
    return f"{time.perf_counter() - start[0]:.2f} s of the clock, {time.process_time() - start[1]:.2f} s of the processor"


def requests() -> bool:
    """The table of densities; whether every set was found whole and within the budget."""
    print(f"{'records':>8}  {'entered within':30} {'slices':>6} {'to find':>8} {'to fetch':>9} {'in all':>7} {'allowed':>8}")
    good = True
    for name, n, how in SETS:
        made = Synthetic(n, small=True, **how)  # type: ignore[arg-type]
        with eutils.serve(made) as server:
            os.environ |= {"REVIEW_EUTILS_URL": server.url, "REVIEW_EUTILS_RATE": "1000"}
            service = Service.from_environment()
            with service.entrez():
                found = Search(service, "all", {}, None, lambda body: None).find(None)
        search, fetch = len(server.requests), math.ceil(n / 200)
        whole = len(found.ids) == n and set(found.ids) == made.all()
        good &= whole and search + fetch <= budget(n)
        print(f"{n:>8,}  {name:30} {len(found.leaves) or 1:>6} {search:>8} {fetch:>9} {search + fetch:>7} {budget(n):>8.0f}"
              + ("" if whole else "  NOT WHOLE") + ("" if search + fetch <= budget(n) else "  OVER"), flush=True)
    return good


def most_in_a_second(calls: list[Call]) -> int:
    """The most requests in any window of one second."""
    times = sorted(call.time for call in calls)
    return max(sum(start <= t < start + 1 for t in times) for start in times)


def run() -> bool:
    """A whole search with a key, and one without; whether all came, within budget, pace and 300 MB."""
    good = True
    for n, key, terms in ((25_000, "0123456789abcdef", 10), (2_000, "", 3)):
        with tempfile.TemporaryDirectory() as folder, eutils.serve(Synthetic(n, crowded=400), latency=0.3) as server:
            env = {k: v for k, v in os.environ.items() if k != "REVIEW_EUTILS_RATE"}
            env |= {"REVIEW_EUTILS_URL": server.url, "NCBI_API_KEY": key}
            start = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", RUN, folder], env=env, capture_output=True, text=True, check=True)
            seconds = time.perf_counter() - start
        status, read, memory = done.stdout.split()
        asked, most, megabytes = len(server.requests), most_in_a_second(server.requests), int(memory) / 1024
        good &= (status, int(read)) == ("complete", n) and asked <= budget(n) and most <= terms and megabytes < 300
        print(f"{n:,} full records, {terms} requests a second: {status}, {int(read):,} records in {seconds:.0f} s; {asked} "
              f"requests of {budget(n):.0f} allowed; at most {most} in any one second; at most {megabytes:.0f} MB", flush=True)
    return good


def reading(paths: list[Path]) -> bool:
    """Records a second of each file, ours and Bio.Entrez.read in turn."""
    for path in paths:
        data = _first(path)
        ours, entrez = (_best(f, data) for f in (_ours, _entrez))
        n = ours[0]
        assert entrez[0] == n, f"{path}: {n} records, and Bio.Entrez.read gives {entrez[0]}"
        for kind, which in (("of the clock", 1), ("of the processor", 2)):
            print(f"{path.name}: {n:,} records of {len(data) / n / 1024:.1f} KB; a second {kind}: {n / ours[which]:,.0f}; "
                  f"Bio.Entrez.read {n / entrez[which]:,.0f}; {entrez[which] / ours[which]:.1f} times as fast", flush=True)
    return True


def _first(path: Path) -> bytes:
    """The first MOST records of a file, under a document type that Bio.Entrez has."""
    import Bio.Entrez

    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    ends = [m.end() for m in re.finditer(rb"</Pubmed(?:Book)?Article>", data)]
    if len(ends) > MOST:
        data = data[: ends[MOST - 1]] + b"\n</PubmedArticleSet>\n"
    shipped = sorted(p.name for p in (Path(Bio.Entrez.__file__).parent / "DTDs").glob("pubmed_*.dtd"))
    address = f'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/{shipped[-1]}"'
    return re.sub(rb'"https?://[^"]*/pubmed_\d+\.dtd"', address.encode(), data, count=1)


def _ours(data: bytes) -> int:
    return sum(isinstance(item, Entry) for item in formats.read(io.BytesIO(data), name="x.xml"))


def _entrez(data: bytes) -> int:
    from Bio import Entrez

    found = Entrez.read(io.BytesIO(data), validate=False)
    return len(found["PubmedArticle"]) + len(found["PubmedBookArticle"])


def _best(reader: Callable[[bytes], int], data: bytes, times: int = 3) -> tuple[int, float, float]:
    """(records, seconds of the clock, of the processor): the least of three, since other work only adds to them."""
    clock = processor = math.inf
    n = 0
    for _ in range(times):
        start = time.perf_counter(), time.process_time()
        n = reader(data)
        clock = min(clock, time.perf_counter() - start[0])
        processor = min(processor, time.process_time() - start[1])
    return n, clock, processor


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; 1 where a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, action="append", default=[])
    parser.add_argument("--only", choices=("requests", "run", "reading"))
    options = parser.parse_args(arguments)
    parts: dict[str, Callable[[], bool]] = {"requests": requests, "run": run, "reading": lambda: reading(options.records)}
    print(f"ten million additions: {loop()}")
    results = [part() for name, part in parts.items() if options.only in (None, name)]
    print(f"ten million additions: {loop()}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
