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


STAGE, DOWNLOADS = "python_stage", "python"  # places that open and show code


def by_its_code(app: AppTest, place: str = STAGE) -> Any:
    """What the code in one of the page's places leaves in `images`, which is opened first."""
    app.session_state[place] = True
    app.run()
    names: dict[str, Any] = {}
    (code,) = app.code
    exec(code.value, names)
    return names["images"]


def _all(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(found.proto.json)[0] for found in app.get("bidi_component")]


def images(data: dict[str, Any]) -> np.ndarray:
    """The tiles of a sheet or the frames of a film: uint8 [N, H, W, C]."""
    content = base64.b64decode(data["sheet"].removeprefix("data:image/png;base64,"))
    atlas = np.asarray(Image.open(io.BytesIO(content)))
    atlas = atlas.reshape(*atlas.shape[:2], -1)
    height, width, columns = data["height"], data["width"], data["columns"]
    cells = atlas.reshape(-1, height, columns, width, atlas.shape[2]).swapaxes(1, 2)
    count = data["count"] if "count" in data else len(data["captions"])  # of a map
    return cells.reshape(-1, height, width, atlas.shape[2])[:count]
