"""What an encoder keeps of a picture: reconstructions, their error, and where its latents lie."""

import numpy as np

from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted
from ganlab.data import Pack
from ganlab.explore import capabilities, layouts, maps, reconstruct
from ganlab.explore.colourings import KIND, colourings
from ganlab.reports.document import Block, Figure, Text
from ganlab.reports.drawings import Group, Places, Tiles
from ganlab.reports.file_words import file_words
from ganlab.reports.subject import Subject

SHOWN = 10
MAPPED = 1_000
PERPLEXITY = 30.0


def of_reconstructions(subject: Subject) -> list[Block]:
    """Of a model with an encoder; a sentence where its dataset is not here."""
    model = subject.model
    if model is None or not capabilities.can_encode(model.card):
        return []
    if subject.pack is None:
        return [Text(text=f"Reconstructions are left out, since {subject.without_pack}.")]
    return _of(model, subject.pack)


def _of(model: Checkpoint, pack: Pack) -> list[Block]:
    total = len(pack.images) - pack.train
    if not total:
        return [Text(text="The dataset has no test images to reconstruct.")]
    places = range(min(SHOWN, total))
    made = reconstruct.reconstruct(model, reconstruct.images_at(model, pack, places))
    images = np.concatenate([made.originals, made.images, made.differences])
    words = (
        f"The first {counted(len(places), 'test image')}, what is decoded of their encodings, and the difference (grey "
        "is none)."
    )
    sides = ("original", "reconstructed", "difference")
    blocks: list[Block] = [
        Figure(
            name="reconstructions",
            caption=words,
            drawing=Tiles(images=images, columns=len(places), sides=sides),
        )
    ]
    if (error := model.card.metrics.get("reconstruction_mse")) is not None:
        mean = model.card.metrics.get("mean_image_mse")
        beside = "" if mean is None else f", {mean:.4f} for the mean training image"
        text = f"The mean squared error over the test split is {error:.4f}{beside}, {pack.spec.error_unit}."
        blocks.append(Text(text=text))
    return blocks + _maps(model, pack)


def _maps(model: Checkpoint, pack: Pack) -> list[Block]:
    """t-SNE of the encodings of test images, coloured by each thing that is known of them."""
    collection = maps.gather(model, pack, real=MAPPED, generated=0, seed=0)
    if collection.real < 50:
        return []
    vectors = maps.vectors(collection, "latents", seed=0)
    plane = vectors.shape[1] == 2
    places = vectors if plane else layouts.flat(vectors, layouts.plane(vectors))
    for stage in () if plane else range(layouts.STAGES):
        places = layouts.tsne_stage(vectors, places, first=stage == 0, perplexity=PERPLEXITY, seed=0)
    blocks: list[Block] = []
    found = colourings(model, collection)
    plain = dict(zip(found, file_words(found, "label"), strict=True))
    for name, colouring in found.items():
        if name == KIND:
            continue
        groups = tuple(
            Group(label=label, x=places[chosen, 0].astype(np.float64), y=places[chosen, 1].astype(np.float64))
            for value, label in enumerate(colouring.labels)
            if (chosen := colouring.values == value).any()
        )
        how = "The two latent values" if plane else f"t-SNE (perplexity {PERPLEXITY:g}, seed 0) of the encodings"
        words = f"{how} of {counted(collection.real, 'test image')} that were drawn with seed 0, coloured by {name}."
        blocks.append(
            Figure(
                name=f"map-{plain[name]}",
                caption=words,
                drawing=Places(groups=groups),
            )
        )
    return blocks
