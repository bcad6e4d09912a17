"""One command from its words to its exit status: parsed, run, and its answer printed."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from review.cli.parser import parse
from review.cli.usage import WrongUse

if TYPE_CHECKING:
    import argparse

    from review.model import ReviewError


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    _prepare()
    words = [_clean(w) for w in (sys.argv[1:] if argv is None else argv)]
    try:
        args = parse(words)
    except WrongUse as error:
        return _misused(error, "--json" in words)
    except SystemExit as error:             # --help and --version were printed
        return _flushed(int(error.code or 0))
    except OSError as error:                # nobody takes the help
        return _not_printed(error, 0)
    result, status = _answer(args)
    status = _print(result, args.json, status)
    if argv is None:
        import signal

        signal.signal(signal.SIGINT, signal.SIG_DFL)    # all is done and said; Python's own end leaves no trace either
    return status


def interrupted(argv: Sequence[str] | None) -> int:
    """Ctrl-C came before or after the work itself."""
    error = _interrupted()
    return _print(_failed(error), "--json" in (sys.argv if argv is None else argv), error.status)


def _prepare() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:                  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.unraisablehook = lambda _: None     # what libraries meet while cleaning up after an error that was told already
    gc.set_threshold(500_000, 50, 50)       # commands are short and make many small objects; a sixth faster so


def _clean(word: str) -> str:
    """A word of the command line without bytes that are no text; the name of a file that exists stays as it is."""
    plain = word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return word if plain == word or os.path.lexists(word) else plain


def _answer(args: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """What the command gives, or what is said where it failed."""
    from review.cli import commands
    from review.cli.progress import Bar
    from review.ledger.disk import system_error
    from review.model import ReviewError

    bar = Bar(sys.stderr)
    try:
        return commands.COMMANDS[args.command](args, bar)
    except ReviewError as error:
        told = error
    except RecursionError:
        told = ReviewError("Something in the input is nested too deeply to be read (brackets within brackets, hundreds "
                           "deep). Simplify it.", code="too-deep")
    except KeyboardInterrupt:
        told = _interrupted()
    except OSError as error:
        told = system_error(error)
    finally:
        bar.close()
    return _failed(told), told.status


def _misused(error: WrongUse, as_json: bool) -> int:
    """Arguments that do not fit: what is wrong, and how the command is used."""
    from review.model import ReviewError

    if not as_json:
        with suppress(OSError):
            print(f"{error.usage}\nerror: {error.wrong}", file=sys.stderr)
        return 2
    told = ReviewError(f"{error.wrong[:1].upper()}{error.wrong[1:].rstrip('.')}. U{' '.join(error.usage.split())[1:]}",
                       code="usage")
    return _print(_failed(told), True, told.status)


def _interrupted() -> ReviewError:
    from review.model import ReviewError

    return ReviewError("Interrupted. What was finished is kept; run the same command to go on.", code="interrupted",
                       status=3)


def _print(result: dict[str, Any], as_json: bool, status: int) -> int:
    """The answer, on standard output; its issues beside it. Returns the exit status."""
    try:
        if as_json:
            _emit(result)
        else:
            for line in result.get("text", ()):
                print(line)
        sys.stdout.flush()
    except OSError as error:
        return _not_printed(error, status)
    if not as_json:
        with suppress(OSError):             # nobody reads them
            said = "\n".join(result.get("text", ()))
            for issue in result.get("issues", ()):
                if issue["message"] not in said:
                    print(_issue_line(issue), file=sys.stderr)
    return status


def _flushed(status: int) -> int:
    try:
        sys.stdout.flush()
    except OSError as error:
        return _not_printed(error, status)
    return status


def _not_printed(error: OSError, status: int) -> int:
    """Standard output takes no more: `review counts | head` has read enough; a full disk is told."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())      # or Python tries again at its end
    if isinstance(error, BrokenPipeError):
        return status
    with suppress(OSError):
        print(f"error: The answer could not be written to standard output: {error.strerror or error}. What the command did "
              "is kept.", file=sys.stderr)
    return max(status, 2)


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


def _emit(result: dict[str, Any]) -> None:
    import json

    result.setdefault("issues", [])
    json.dump({k: v for k, v in result.items() if k != "text"}, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")
