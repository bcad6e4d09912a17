"""The process is killed at random moments, and run again: nothing lost, nothing fetched twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from review.sources import DirectoryStore, Request, pubmed
from tests.sources.conftest import kept_pmids, silent
from tests.standins import eutils
from tests.standins.corpus import Synthetic

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from pathlib import Path
from review.sources import DirectoryStore, Request, pubmed
outcome = pubmed.run(Request("all"), DirectoryStore(Path(sys.argv[1])), progress=lambda *_: None)
print(outcome.status, outcome.read)
"""


def started(folder: Path, url: str, rate: float) -> subprocess.Popen[str]:
    """The search in a process of its own."""
    environment = {**os.environ, "REVIEW_EUTILS_URL": url, "REVIEW_EUTILS_RATE": str(rate)}
    return subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder)], cwd=ROOT, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def kill_and_go_on(kills: int, tmp_path: Path, seed: int) -> None:
    """Kill the search at random moments until so many kills are done, over as many searches as it takes."""
    moments = random.Random(seed)
    done = search = 0
    while done < kills:
        search += 1
        made = Synthetic(2_000, small=True, start=10_000_000 * search)
        folder = tmp_path / str(search)
        with eutils.serve(made, latency=0.01) as server:
            while True:
                before, mark = set(kept_pmids(folder)), len(server.requests)
                process = started(folder, server.url, rate=60)
                for _ in range(400):  # the clock starts with the first request: loading takes its time
                    if len(server.requests) > mark or process.poll() is not None:
                        break
                    time.sleep(0.005)
                time.sleep(moments.uniform(0.0, 0.3))
                if done < kills and process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                    process.communicate()
                    done += 1
                    ended = False
                else:
                    out, err = process.communicate(timeout=60)
                    assert (process.returncode, out.strip()) == (0, "complete 2000"), err
                    ended = True
                asked = {p for c in server.requests[mark:] if c.endpoint == "efetch" for p in c.params["id"].split(",")}
                assert not before & asked, "a record that was kept was fetched again"
                after = kept_pmids(folder)
                assert len(after) == len(set(after)) and before <= set(after) <= made.all()
                if ended:
                    break
        assert sorted(kept_pmids(folder)) == sorted(made.pmids)


def test_a_search_that_is_killed_goes_on(tmp_path: Path) -> None:
    kill_and_go_on(3, tmp_path, seed=1)


@pytest.mark.proof
def test_a_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    kill_and_go_on(100, tmp_path, seed=20261121)


@pytest.mark.proof
def test_25000_full_records_take_less_than_300_mb(tmp_path: Path) -> None:
    program = PROGRAM + "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    with eutils.serve(Synthetic(25_000, crowded=400)) as server:
        environment = {**os.environ, "REVIEW_EUTILS_URL": server.url, "REVIEW_EUTILS_RATE": "200"}
        out = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, env=environment, text=True,
                             capture_output=True, check=True).stdout.split()  # fmt: skip
    assert out[:2] == ["complete", "25000"]
    assert int(out[2]) < 300 * 1024  # kilobytes on Linux


def test_two_searches_side_by_side_share_one_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    with eutils.serve(Synthetic(900, small=True)) as server:
        monkeypatch.setenv("REVIEW_EUTILS_URL", server.url)
        monkeypatch.setenv("REVIEW_EUTILS_RATE", "20")
        read = []

        def search(name: str) -> None:
            store = DirectoryStore(tmp_path / name)
            read.append(pubmed.run(Request("all"), store, progress=silent).read)

        threads = [threading.Thread(target=search, args=(name,)) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert read == [900, 900]
    times = sorted(call.time for call in server.requests)
    assert max(sum(start <= t < start + 1 for t in times) for start in times) <= 20
