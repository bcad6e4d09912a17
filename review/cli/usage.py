"""How a command's usage and help are laid out; argparse with words for each word, and one short usage line."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

# What the words of a command mean, where the command itself doesn't say it.
WORDS = {
    "ID": "the review: the name of its file in queries/; with one review it may be left out",
    "SEARCH": "a search, by its id (20261121-pubmed-1); `review status` lists them",
    "KEY": "a report, by its key (R000123-ab), as the workbooks, the tables and `review counts --list BOX` give it",
    "FILE": "a file",
}


class WrongUse(Exception):
    """Arguments that do not fit: what is wrong, and the command's usage."""

    def __init__(self, wrong: str, usage: str) -> None:
        super().__init__(wrong)
        self.wrong, self.usage = wrong, usage.strip()


class Command(argparse.ArgumentParser):
    """A parser that says what is wrong instead of ending the program, and explains each word that it takes."""

    more: Callable[[], str] | None = None       # a list that stands below the help, made when the help is asked for

    def __init__(self, **arguments: Any) -> None:
        super().__init__(formatter_class=_Layout, **arguments)

    def error(self, message: str) -> NoReturn:
        """Raise WrongUse."""
        raise WrongUse(message, self.format_usage())

    def _print_message(self, message: str, file: Any = None) -> None:
        (file or sys.stderr).write(message)         # argparse swallows what a full disk says

    def takes(self, words: str, **meanings: str) -> None:
        """The words beside the options, as usage shows them ("[ID] FILE..."), each with its meaning."""
        action = self.add_argument("words", nargs="*", metavar=words, help="words")
        action.meanings = {w: meanings.get(w) or WORDS[w] for w in re.findall(r"[A-Z]+", words)}  # type: ignore[attr-defined]

    def shorten(self) -> None:
        """Give the command a usage line of one kind: its words, the options that it needs, and [options]."""
        groups = [g for g in self._mutually_exclusive_groups if g.required]
        inside = {id(a) for g in groups for a in g._group_actions}
        words = [str(a.metavar) for a in self._actions if a.dest == "words"]
        needed = [_option(a) for a in self._actions if a.required and a.option_strings and id(a) not in inside]
        needed += [f"({' | '.join(map(_option, g._group_actions))})" for g in groups]
        self.usage = " ".join(["%(prog)s", *words, *needed, "[options]"])

    def format_help(self) -> str:
        """The help, and what stands below it."""
        return super().format_help() + (f"\n{self.more()}\n" if self.more else "")


def _option(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else f" {action.metavar or '{' + ','.join(map(str, action.choices or ())) + '}'}"
    return action.option_strings[-1] + value


class _Layout(argparse.RawDescriptionHelpFormatter):
    """A line for each word, not one for all of them."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)

    def _format_action(self, action: argparse.Action) -> str:
        meanings = getattr(action, "meanings", None)
        if meanings is None:
            return super()._format_action(action)
        words = [argparse.Action([], word, help=meaning, metavar=word) for word, meaning in meanings.items()]
        return "".join(super(_Layout, self)._format_action(word) for word in words)
