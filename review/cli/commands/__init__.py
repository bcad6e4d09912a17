"""One function a command: call the workflow, turn its answer into lines and into the object that --json prints."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from review.cli.commands.common import Answer
from review.cli.commands.define import demo, diff, new, queries, query, try_
from review.cli.commands.find import accept, acknowledge, baseline, dedupe, dedupe_file, import_, search, withdraw
from review.cli.commands.judge import agreement, collect, link, remove, reopen, reviewer, sheets, undo
from review.cli.commands.tell import check, check_flow, counts, export, flow, report, run, status, trace
from review.model import Progress

COMMANDS: dict[str, Callable[[argparse.Namespace, Progress], Answer]] = {
    "demo": demo, "new": new, "queries": queries, "query": query, "search": search, "import": import_,
    "withdraw": withdraw, "accept": accept, "acknowledge": acknowledge, "dedupe": dedupe, "sheets": sheets,
    "collect": collect, "remove": remove, "reopen": reopen, "link": link, "undo": undo, "baseline": baseline,
    "reviewer": reviewer, "counts": counts, "flow": flow, "report": report, "run": run, "status": status,
    "trace": trace, "check": check, "agreement": agreement, "export": export, "dedupe-file": dedupe_file,
    "try": try_, "diff": diff, "check-flow": check_flow,
}
