"""The command line: parse arguments, call the workflow, print. No logic.

Exit status: 0 done; 1 something needs a person; 2 wrong use, or a file or disk that can't be read or written; 3 a source
failed, or the command was interrupted: run it again to go on.
"""

from __future__ import annotations

TYPE_CHECKING = False               # typing is not loaded yet, nor anything else: see `main`
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status. No traceback reaches a user for what a user can cause.

    Everything is loaded in here, so that Ctrl-C is one line however early it is pressed.
    """
    try:
        from review.cli.running import run

        return run(argv)
    except KeyboardInterrupt:
        import signal

        if argv is None:                                # a second Ctrl-C ends the process at once, without a trace
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        from review.cli.running import interrupted

        return interrupted(argv)
