"""Writes docs/api.md from the docstrings of `ganlab.api`: `.venv/bin/python docs/make_api.py`."""

import inspect
import re
import sys
from pathlib import Path
from types import FunctionType

sys.path.insert(0, str(Path(__file__).parents[1]))

from ganlab import api

PAGE = Path(__file__).with_name("api.md")
HEAD = """# Python

    import ganlab

    model = ganlab.load("mnist-cgan-28")
    threes = model.sample(8, seed=7, digit=3)  # an array, uint8 [8, 28, 28, 1]; a notebook shows it as a sheet
    threes.save("threes.png")
    model.interpolate([1, 2, 3], loop=True).save("walk.gif")

    training = ganlab.train("digits-quick", steps=500)
    for report in training:
        print(report.step, report.values)
    training.model().sample(16)

    ganlab.evaluate(model)["frechet_classifier"]
    ganlab.dataset("mnist").test  # an array, uint8 [10000, 28, 28, 1]

[A notebook](example.ipynb) has more of it.

"Copy as Python" below the pictures of the app gives the lines that draw them again, bit for bit. What is not on this
page may change with any version.

This page is made from the docstrings (`docs/make_api.py`).
"""


def text() -> str:
    """The page: functions, then classes with what they offer."""
    things = [getattr(api, name) for name in api.__all__]
    functions = [thing for thing in things if isinstance(thing, FunctionType)]
    parts = [HEAD, *(_function(f"ganlab.{thing.__name__}", thing, "##") for thing in functions)]
    for thing in (thing for thing in things if inspect.isclass(thing)):
        parts.append(f"## {thing.__name__}\n\n{_words(thing)}\n")
        for name, part in vars(thing).items():
            if name.startswith("_") or not inspect.getdoc(part):
                continue
            if isinstance(part, property):
                parts.append(f"### `.{name}`\n\n{_words(part)}\n")
            elif isinstance(part, FunctionType):
                parts.append(_function(f".{name}", part, "###"))
    return "\n".join(parts)


def _function(name: str, function: FunctionType, level: str) -> str:
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name != "self"
    ]
    call = f"{name}{inspect.Signature(parameters)}"
    return f"{level} `{name}`\n\n```python\n{call}\n```\n\n{_words(function)}\n"


def _words(thing: object) -> str:
    found = inspect.getdoc(thing)
    assert found, thing
    return re.sub(r"^([a-z_]+(?:, [a-z_]+)*): ", r"- `\1`: ", found, flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
