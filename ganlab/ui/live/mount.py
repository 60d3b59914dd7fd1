"""Putting a stage on the page: what all modes tell the browser."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor

from ganlab.explore import library, stage
from ganlab.explore.library import Model
from ganlab.explore.pictures import columns_for, data_url
from ganlab.latents import Latent
from ganlab.system_errors import in_words
from ganlab.ui import assets, cache
from ganlab.ui.component import component
from ganlab.ui.live import place

WIDTH = 448  # pixels on the page: 16, 14 and 7 times the sizes of the pictures
BY_SERVER = "Drawn by the server, each time you let go"  # where the browser cannot draw
_STAGE = component("ganlab_live", "stage/stage.js", ["stage/stage.css"], kind="stage")


def shared_latent(models: Sequence[Model]) -> Latent:
    """The latent space of all the models. ValueError when it is not the same."""
    latents = [cache.checkpoint(model.path).latent for model in models]
    structure = latents[0].structure
    if other := [model.id for model, read in zip(models, latents, strict=True) if read.structure != structure]:
        raise ValueError(f"{other[0]} has another latent space than {models[0].id}; choose models that share theirs")
    return latents[0]


def mount(
    models: Sequence[Model],
    titles: Sequence[str],
    u: Tensor,
    *,
    key: str,
    width: int,
    on_settled: Callable[[], None],
    data: Mapping[str, Any],
    words: stage.Words | None = None,
    apart: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Put the component on the page; the server's own pictures of `u` [dim] go along, for when the browser cannot draw.

    `data` is what the mode needs: `mode`, `shape` (controls are made anew when it changes), `point`, and its own;
    `words` is what stands on the buttons of labels, by factor; `apart` are models with latents of their own.
    """
    names = titles or [model.id for model in models]
    pictures = [*(shown(*one, u) for one in zip(models, names, strict=True)), *apart]
    latent = cache.checkpoint(models[0].path).latent
    _STAGE(
        key=key,
        data={
            "models": pictures,
            "runtimes": [files._asdict() for files in assets.runtime_addresses()],
            "dim": latent.dim,
            "factors": stage.factors(latent, words or {}),
            "maxWidth": width,
            "columns": columns_for(len(pictures)),
            "unavailable": next((one["unavailable"] for one in pictures if one["unavailable"]), ""),
            "instead": BY_SERVER,
            "heard": place.heard(key),
            **data,
        },
        on_settled_change=on_settled,
    )


def shown(model: Model, title: str, u: Tensor) -> dict[str, Any]:
    """Where the browser gets the model's net, or why it cannot; and the server's picture of `u` [dim]."""
    address, unavailable = "", ""
    try:
        address = assets.model_address(cache.exported(model.path))
    except (ValueError, OSError) as error:
        unavailable = library.without_folders(in_words(error))
    image = cache.images(model.path, u.unsqueeze(0))[0]
    height, width = image.shape[:2]
    picture = {"title": title, "width": width, "height": height, "picture": data_url(image)}
    return picture | {"address": address, "unavailable": unavailable}
