"""A live stage in a notebook, by anywidget: in Jupyter, Colab, VS Code and marimo."""

import gzip
from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from ganlab import browser_runtime, web
from ganlab.explore import points
from ganlab.explore.points import Point
from ganlab.share import theme
from ganlab.share.content import Shown, described, net

ENTRY = "share/notebook.js"


class Stage(anywidget.AnyWidget):  # type: ignore[misc]
    """The stage of one model. `point` is where the hand rests, as text that `model.decode` takes."""

    _esm = web.text("share/widget.js")

    point = traitlets.Unicode()
    _modules = traitlets.Dict().tag(sync=True)
    _styles = traitlets.Unicode().tag(sync=True)
    _stage = traitlets.Dict().tag(sync=True)
    _files = traitlets.Dict().tag(sync=True)
    _settled = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.observe(self._hear, "_settled")

    def _hear(self, change: Mapping[str, Any]) -> None:
        """What the browser says, when it is a point."""
        said = change["new"]
        seed, fixed = said.get("seed"), said.get("fixed")
        if type(seed) is not int or not isinstance(fixed, list):
            return
        if not all(isinstance(pair, list) and list(map(type, pair)) == [str, str] for pair in fixed):
            return
        try:
            self.point = str(Point(seed, fixed=tuple((name, text) for name, text in fixed)))
        except ValueError:  # no seed of ours, for instance
            return


def stage(shown: Shown, seed: int = 0) -> Stage:
    """The stage of a model, at the picture of a seed.

    Nets, scripts and the runtime go to the browser through the notebook, gzipped; where the runtime is not here, the
    browser fetches it from a CDN.
    """
    files = {shown.file: net(shown)}
    runtimes = [browser_runtime.from_cdn()._asdict()]
    if browser_runtime.is_here():
        names = browser_runtime.FILES._asdict()
        files |= {name: (browser_runtime.FOLDER / name).read_bytes() for name in names.values()}
        runtimes = [names]
    return Stage(
        point=points.write([Point(seed)]),
        _modules=web.linkable(ENTRY) | web.linkable("link.js"),
        _styles="\n".join([theme.style(":host"), web.text("stage/stage.css")]),
        _stage={**described([shown], seed), "runtimes": runtimes},
        _files={name: gzip.compress(content, mtime=0) for name, content in files.items()},
    )
