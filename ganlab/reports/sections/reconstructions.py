"""What an encoder keeps of a picture: reconstructions, their error, and where its latents lie."""

from collections.abc import Sequence

import numpy as np

from ganlab.checkpoints import Checkpoint
from ganlab.counting import counted
from ganlab.data import Pack
from ganlab.explore import capabilities, layouts, maps, reconstruct
from ganlab.explore.colourings import KIND, colourings
from ganlab.reports.document import Block, Figure, Section, Text
from ganlab.reports.drawings import Group, Places, Tiles
from ganlab.reports.subject import Subject, captioned

SHOWN = 10
MAPPED = 1_000
PERPLEXITY = 30.0


def reconstructions(subjects: Sequence[Subject]) -> Section | None:
    """Of models with an encoder whose dataset is here."""
    blocks: list[Block] = []
    for subject in subjects:
        if subject.model is None or not capabilities.can_encode(subject.model.card):
            continue
        if subject.pack is None:
            why = subject.without_pack
            blocks.append(Text(text=f"{subject.name}: reconstructions are left out, since {why}."))
        else:
            blocks += _of(subjects, subject, subject.model, subject.pack)
    return Section(title="Reconstructions", blocks=tuple(blocks)) if blocks else None


def _of(subjects: Sequence[Subject], subject: Subject, model: Checkpoint, pack: Pack) -> list[Block]:
    total = len(pack.images) - pack.train
    if not total:
        return [Text(text=f"{subject.name}: the dataset has no test images to reconstruct.")]
    places = range(min(SHOWN, total))
    made = reconstruct.reconstruct(model, reconstruct.images_at(model, pack, places))
    images = np.concatenate([made.originals, made.images, made.differences])
    words = "Test images, what is decoded of their encodings, and the difference (grey is none)."
    sides = ("original", "reconstructed", "difference")
    blocks: list[Block] = [
        Figure(
            name=f"{subject.slug}-reconstructions",
            caption=captioned(subjects, subject, words),
            drawing=Tiles(images=images, columns=len(places), sides=sides),
        )
    ]
    if (error := model.card.metrics.get("reconstruction_mse")) is not None:
        mean = model.card.metrics.get("mean_image_mse")
        beside = "" if mean is None else f", {mean:.4f} for the mean training image"
        text = f"{subject.name}: the mean squared error over the test split is {error:.4f}{beside}, pixels from 0 to 1."
        blocks.append(Text(text=text))
    return blocks + _maps(subjects, subject, model, pack)


def _maps(subjects: Sequence[Subject], subject: Subject, model: Checkpoint, pack: Pack) -> list[Block]:
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
    for name, colouring in colourings(model, collection).items():
        if name == KIND:
            continue
        groups = tuple(
            Group(label=label, x=places[chosen, 0].astype(np.float64), y=places[chosen, 1].astype(np.float64))
            for value, label in enumerate(colouring.labels)
            if (chosen := colouring.values == value).any()
        )
        how = "The two latent values" if plane else "t-SNE of the encodings"
        words = f"{how} of {counted(collection.real, 'test image')}, coloured by {name}."
        plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower())
        blocks.append(
            Figure(
                name=f"{subject.slug}-map-{plain}",
                caption=captioned(subjects, subject, words),
                drawing=Places(groups=groups),
            )
        )
    return blocks
