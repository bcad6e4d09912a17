"""The command line: parse arguments, call the workflow, print. No logic.

Exit status: 0 done; 1 something needs a person; 2 wrong use; 3 a source failed.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from review.cli.parser import build_parser

if TYPE_CHECKING:
    from review.model import ReviewError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status. No traceback reaches a user for what a user can cause."""
    try:
        return _main(argv)
    except KeyboardInterrupt:               # before the command was begun, or while its answer was printed
        print("Interrupted.", file=sys.stderr)
        return 3


def _main(argv: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.unraisablehook = lambda _: None     # what libraries meet while cleaning up after an error that was told already
    gc.set_threshold(500_000, 50, 50)       # commands are short and make many small objects; a sixth faster so
    words = [_clean(w) for w in (sys.argv[1:] if argv is None else argv)]
    parser = build_parser()
    try:
        args = parser.parse_args(words)
    except SystemExit as error:
        status = int(error.code or 0)
        if status and "--json" in words:
            _emit({"issues": [{"code": "usage", "file": "", "line": None, "cell": "",
                               "message": "the arguments do not fit; see `review --help`", "severity": "error"}]})
        return status
    if args.command is None:
        parser.print_help()
        return 0
    return _run(args)


def _clean(word: str) -> str:
    """A word of the command line without bytes that are no text; the name of a file that exists stays as it is."""
    plain = word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return word if plain == word or os.path.lexists(word) else plain


def _run(args: Any) -> int:
    from review.cli.progress import Bar
    from review.model import ReviewError

    bar = Bar(sys.stderr)
    try:
        from review.cli import commands

        result, status = commands.COMMANDS[args.command](args, bar)
    except ReviewError as error:
        result, status = _failed(error), error.status
    except RecursionError:
        deep = ReviewError("Something in the input is nested too deeply to be read (brackets within brackets, hundreds "
                           "deep). Simplify it.", code="too-deep")
        result, status = _failed(deep), 2
    except KeyboardInterrupt:
        stopped = ReviewError("Interrupted. What was finished is kept; run the same command to go on.",
                              code="interrupted", status=3)
        result, status = _failed(stopped), 3
    except OSError as error:
        name = error.filename or ""
        result = _failed(ReviewError(f"{name or 'A file'}: {error.strerror or error}. Nothing that was saved before is "
                                     "changed.", code="os", status=2, file=str(name)))
        status = 2
    finally:
        bar.close()
    try:
        _print(result, args.json)
        sys.stdout.flush()
    except BrokenPipeError:                 # `review counts | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def _print(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        result.setdefault("issues", [])
        _emit({k: v for k, v in result.items() if k != "text"})
        return
    for line in result.get("text", ()):
        print(line)
    for issue in result.get("issues", ()):
        print(_issue_line(issue), file=sys.stderr)


def _failed(error: ReviewError) -> dict[str, Any]:
    issues = [i.as_dict() for i in error.issues] or [error.as_issue().as_dict()]
    if error.issues:
        return {"error": error.message, "issues": issues}
    return {"error": error.message, "issues": [{**issues[0], "severity": "error"}]}


def _issue_line(issue: dict[str, Any]) -> str:
    line, column = issue["line"], issue["cell"].rpartition(":")[2]
    here = [f"line {line}" if line else "",         # "D17" in a sheet, "2:14" in a string
            "" if not column else f"character {column}" if column.isdigit() else f"cell {issue['cell']}"]
    said = ", ".join(p for p in here if p)
    place = ", ".join(p for p in (issue["file"], said) if p and p not in issue["message"])
    return f"{issue.get('severity', 'warning')}: {place + ': ' if place else ''}{issue['message']}"


def _emit(data: dict[str, Any]) -> None:
    import json

    json.dump(data, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")
