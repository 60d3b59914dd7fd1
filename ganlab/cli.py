"""python -m ganlab: finds the subcommand, runs it, and turns what goes wrong into a message and an exit code."""

import functools
import sys
from collections.abc import Callable, Sequence

import tyro
from tyro.extras import SubcommandApp

from ganlab.commands import bench, drawing, listing, measuring, publishing, studying, training

Command = Callable[..., int]

COMMANDS: dict[str, Command | dict[str, Command]] = {
    "list": listing.list_all,
    "train": training.train,
    "sample": drawing.sample,
    "interpolate": drawing.interpolate,
    "evaluate": measuring.evaluate,
    "export": measuring.export,
    "data": {"pack": listing.pack, "list": listing.list_datasets},
    "classifier": measuring.classifier,
    "study": studying.study,
    "bench": bench.bench,
    "table": publishing.publish,
}
HELP = {"data": "Pack datasets, and show which are packed."}  # of groups; commands have docstrings


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 1: it failed, with a message; 2: wrong usage; 128 + n: stopped by signal n."""
    command = _app(COMMANDS).cli(
        prog="python -m ganlab",
        description="Train small generative models and explore them. `make app` opens the app.",
        args=argv,
        config=(tyro.conf.DisallowNone, tyro.conf.FlagCreatePairsOff, tyro.conf.PositionalMetavarFromFieldName),
    )
    try:
        return command()
    except (ValueError, OSError) as error:
        print(f"ganlab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("ganlab: stopped", file=sys.stderr)
        return 130


def _app(commands: dict[str, Command | dict[str, Command]]) -> SubcommandApp:
    app = SubcommandApp()
    for name, entry in commands.items():
        if isinstance(entry, dict):
            app.command(_app(dict(entry)), name=name, help=HELP[name])
        else:
            app.command(name=name)(_bound(entry))
    return app


def _bound(command: Command) -> Callable[..., Callable[[], int]]:
    """The command with its options filled in, to be called after parsing: errors of its own are not wrong usage."""

    @functools.wraps(command)
    def bind(*args: object, **options: object) -> Callable[[], int]:
        return functools.partial(command, *args, **options)

    return bind
