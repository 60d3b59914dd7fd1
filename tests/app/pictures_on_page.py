"""What a page's picture components were given, read back from what goes to the browser."""

import base64
import io
import json
from typing import Any

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

GRID_CODE, STAGE_CODE = "python", "python_stage"  # keys of what opens: below pictures, below the stage


def component(app: AppTest, index: int = 0) -> dict[str, Any]:
    """The data of the page's `index`-th sheet or film."""
    return [data for data in _all(app) if "sheet" in data][index]


def stage(app: AppTest) -> dict[str, Any]:
    """The data of the page's live stage."""
    return next(data for data in _all(app) if "models" in data)


def has_stage(app: AppTest) -> bool:
    return any("models" in data for data in _all(app))


def on_stage(app: AppTest, index: int = 0) -> np.ndarray:
    """The server's picture by the stage's `index`-th model: uint8 [H, W] or [H, W, C]."""
    content = stage(app)["models"][index]["picture"].removeprefix("data:image/png;base64,")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))


def by_its_code(app: AppTest) -> Any:
    """What the code under the stage leaves in `images`."""
    return run_copied(app, STAGE_CODE)["images"]


def run_copied(app: AppTest, place: str = GRID_CODE) -> dict[str, Any]:
    """Open a place with code to copy, and run it: the names that it leaves."""
    assert not app.code, "code comes when it is asked for"
    app.session_state[place] = True
    app.run()
    assert not app.exception
    [code] = app.code
    names: dict[str, Any] = {}
    exec(code.value, names)
    app.session_state[place] = False
    app.run()
    return names


def _all(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(found.proto.json) for found in app.get("bidi_component")]


def images(data: dict[str, Any]) -> np.ndarray:
    """The tiles of a sheet or the frames of a film: uint8 [N, H, W, C]."""
    content = base64.b64decode(data["sheet"].removeprefix("data:image/png;base64,"))
    atlas = np.asarray(Image.open(io.BytesIO(content)))
    atlas = atlas.reshape(*atlas.shape[:2], -1)
    height, width, columns = data["height"], data["width"], data["columns"]
    cells = atlas.reshape(-1, height, columns, width, atlas.shape[2]).swapaxes(1, 2)
    count = data["count"] if "count" in data else len(data["captions"])  # of a map
    return cells.reshape(-1, height, width, atlas.shape[2])[:count]
