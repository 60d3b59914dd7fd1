"""python -m ganlab: finds the subcommand, runs it, and turns what goes wrong into a message and an exit code."""

import functools
import importlib
import io
import itertools
import os
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

import tyro
from tyro.extras import SubcommandApp

from ganlab import __version__, out_of_memory, stopping
from ganlab.stopping import UNREAD, Stopped, is_unread
from ganlab.system_errors import in_words


class Command(NamedTuple):
    """A function in ganlab/commands, whose parameters are the options; imported when it is chosen, with torch (2 s)."""

    module: str
    function: str
    title: str  # how its docstring begins

    def load(self) -> Callable[..., int]:
        found: Callable[..., int] = getattr(importlib.import_module(f"ganlab.commands.{self.module}"), self.function)
        return found


COMMANDS: dict[str, Command] = {
    "list": Command(
        "listing",
        "list_all",
        "Show recipes, datasets, checkpoints with their key metrics, and runs with their states.",
    ),
    "train": Command(
        "training",
        "train",
        "Train a recipe. Ctrl-C saves and stops; --resume then goes on as if nothing had happened.",
    ),
    "sample": Command("drawing", "sample", "Draw pictures of a checkpoint: picture i has the latent of seed + i."),
    "interpolate": Command("drawing", "interpolate", "Walk from picture to picture through the latent space."),
    "evaluate": Command("measuring", "evaluate", "Measure a checkpoint's samples beside real test images."),
    "report": Command(
        "reporting",
        "report",
        "Write a report of runs and models: a page that opens anywhere, figures, tables, Markdown and LaTeX.",
    ),
    "examples": Command(
        "exemplifying",
        "examples",
        "Put small runs that failed among the runs: collapse, dropped digits, a strong discriminator, a small rate.",
    ),
    "export": Command(
        "exporting",
        "export",
        "Write a snapshot of a run as a checkpoint, with its metrics, curves and sample sheets; or a net as ONNX.",
    ),
    "data pack": Command(
        "listing", "pack", "Make a dataset ready for training, downloading it when its files are not here."
    ),
    "data add": Command(
        "adding", "add", "Make a dataset of pictures of your own. Stopped, the same command goes on where it was."
    ),
    "data show": Command(
        "adding",
        "show",
        "Show what is known of a dataset: pictures, labels with counts, where it came from, its size on disk.",
    ),
    "data remove": Command(
        "adding", "remove", "Remove a dataset of your own from this machine; models of it stay, and open without it."
    ),
    "data list": Command("listing", "list_datasets", "Show the datasets, and which of them are packed."),
    "data classifier": Command(
        "classifying",
        "dataset_classifier",
        "Train the classifier of a dataset, so that models of it are measured by what it sees.",
    ),
    "classifier": Command(
        "classifying", "classifier", "Train a classifier of a dataset's labels from nothing, into a file of its own."
    ),
    "publish": Command(
        "sharing",
        "publish",
        "Write models as a web page that needs no server: the live stage, measurements, licence and curves.",
    ),
    "study": Command(
        "studying",
        "study",
        "Train and measure the runs of a study, one after the other; the same command goes on where it was stopped.",
    ),
    "sweep": Command(
        "sending", "sweep", "Queue a training for each value of a setting, or for each pair of values of two."
    ),
    "cancel": Command("sending", "cancel", "Ask for the end of a run that waits or trains; it saves, and can go on."),
    "log": Command("sending", "log", "Show the end of a run's log, and how it stands."),
    "app": Command("serving", "app", "Serve the app on this machine until Ctrl-C."),
    "bench": Command(
        "bench",
        "bench",
        "Measure speed: a training step, convolutions, the app's answers, first visits, live stage, curves, packing.",
    ),
    "push": Command(
        "pushing", "push", "Bring a checkpoint to Hugging Face's hub, with a card that says what it is and measures."
    ),
    "table": Command("publishing", "publish", "Write checkpoints/README.md from the headers of the files beside it."),
}
GROUPS = {"data": "Add pictures of your own, pack datasets, and show which are packed."}


MOST_LETTERS = 2_000  # of a message
WRONG_USAGE = 2  # exit code

REPEATED = ("--set", "--fix", "--seeds", "--over")
"""Options of several values, which people also repeat."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 1: it failed, with a message; 2: wrong usage; 128 + n: stopped by signal n."""
    _open_missing_streams()
    _write_any_text()
    try:
        try:
            return _run(sys.argv[1:] if argv is None else argv)
        finally:
            sys.stdout.flush()  # at exit it would be too late to notice that nobody reads on
    except OSError as error:  # the disk that stdout goes to is full, for instance
        _close_stdout()
        if is_unread(error):
            return UNREAD
        print(f"ganlab: what was to be printed could not be written ({in_words(error)})", file=sys.stderr)
        return 1


def _open_missing_streams() -> None:
    """Python has none where a program is started with one of them closed; the next file would get its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _write_any_text() -> None:
    """A locale whose letters are not all letters shows `?` for one that it lacks, and no traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _close_stdout() -> None:
    """Python flushes once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(argv: Sequence[str]) -> int:
    if list(argv) == ["--version"]:
        print(f"ganlab {__version__}")
        return 0
    together = _together(argv)
    if bare := [words[0] for words in together if len(words) == 1 and words[0] in REPEATED]:
        print(f"ganlab: {bare[0]} has nothing behind it; write its values, or leave it out", file=sys.stderr)
        return WRONG_USAGE
    try:
        with out_of_memory.in_words("ask for less at a time, or close other programs"), stopping.at_once():
            command = _app(argv).cli(
                prog="python -m ganlab",
                description="Train small generative models and explore them. `make app` opens the app.",
                args=[word for words in together for word in words],
                config=(tyro.conf.DisallowNone, tyro.conf.FlagCreatePairsOff, tyro.conf.PositionalMetavarFromFieldName),
            )
            return command()
    except (ValueError, OSError) as error:
        if isinstance(error, OSError) and is_unread(error):
            raise
        from ganlab.foreign import shortened  # here, not above: pydantic takes a tenth of a second

        print(f"ganlab: {shortened(in_words(error), MOST_LETTERS)}", file=sys.stderr)  # foreign text moves no cursor
        return 1
    except (KeyboardInterrupt, Stopped) as wish:
        return stopping.told(wish)


def _together(argv: Sequence[str]) -> list[list[str]]:
    """Each option with the words behind it, once: of one given twice argparse would keep the last ones alone."""
    parts: list[list[str]] = [[]]
    for word in itertools.chain.from_iterable(map(_option_and_value, argv)):
        known = next((part for part in parts if part[:1] == [word] and word in REPEATED), None)
        if known is not None:
            parts.remove(known)
            parts.append(known)
        elif word.startswith("--"):
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def _option_and_value(word: str) -> list[str]:
    """`--set=width=8` as `--set` and `width=8`, where other values may follow."""
    option, equals, value = word.partition("=")
    return [option, value] if equals and option in REPEATED else [word]


def _app(argv: Sequence[str]) -> SubcommandApp:
    """All commands by name, and of the one that `argv` begins with also the options."""
    app = SubcommandApp()
    groups = {name: SubcommandApp() for name in GROUPS}
    for name, command in COMMANDS.items():
        *group, word = name.split()
        if group:
            app.command(groups[group[0]], name=group[0], help=GROUPS[group[0]])
        place = groups[group[0]] if group else app
        chosen = list(argv[: len(group) + 1]) == [*group, word]
        place.command(name=word, help=command.title)(_bound(command.load()) if chosen else _not_chosen)
    return app


def _bound(command: Callable[..., int]) -> Callable[..., Callable[[], int]]:
    """The command with its options filled in, to be called after parsing: errors of its own are not wrong usage."""

    @functools.wraps(command)
    def bind(*args: object, **options: object) -> Callable[[], int]:
        return functools.partial(command, *args, **options)

    return bind


def _not_chosen() -> None:
    """Stands for a command of which only name and title are shown."""
