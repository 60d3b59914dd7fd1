"""What a checkpoint can do beyond drawing, measured: by the nets that it has and by the factors of its latents."""

from typing import NamedTuple, cast

import torch
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.checkpoints.codes import CategoryCode, Code, Codes
from ganlab.data import Pack, to_float
from ganlab.data.object_sets import OBJECTS, condition_sets, unseen_sets
from ganlab.metrics.codes import Generate, drawn_codes, real_codes, sweep_code
from ganlab.metrics.mixtures import KEPT_COMPONENTS, KEPT_IMAGES, fit_mixture
from ganlab.metrics.obedience import accuracy_over_sets, is_conditional, settings
from ganlab.metrics.readers import beholder, reader
from ganlab.metrics.reconstruction import encode, mean_image_mse, model_mse
from ganlab.mixture import Mixture
from ganlab.types import Recognizer

SCALE_IMAGES = 1000  # real images that give a quality its scale
LATENTS_PER_SET = 50


class Abilities(NamedTuple):
    """What a checkpoint's header says of them."""

    metrics: dict[str, float]
    codes: Codes
    mixture: Mixture | None  # a prior that fits the encoder


def measure_abilities(model: Checkpoint, pack: Pack, *, seed: int = 0) -> Abilities:
    """Reconstruction, codes and obedience, as far as the model has an encoder, a recognizer or conditions.

    `pack` is the model's dataset at its size. Costs seconds to a few minutes.
    """

    def generate(latents: Tensor) -> Tensor:
        return model.images(latents).permute(0, 3, 1, 2)

    metrics = _reconstruction(model, pack) if "encoder" in model.nets else {}
    codes: Codes = {}
    if "recognizer" in model.nets:
        codes = _codes(model, generate, pack, seed)
        metrics |= _of_codes(codes)
    if is_conditional(model.latent, model.card.data):
        obeyed, codes = _obedience(model, generate, seed)
        metrics |= obeyed
    return Abilities(metrics, codes, _mixture(model, pack, seed) if "encoder" in model.nets else None)


def _reconstruction(model: Checkpoint, pack: Pack) -> dict[str, float]:
    return {"reconstruction_mse": model_mse(model, pack), "mean_image_mse": mean_image_mse(pack)}


def _mixture(model: Checkpoint, pack: Pack, seed: int) -> Mixture:
    order = torch.randperm(pack.train, generator=torch.Generator().manual_seed(seed))[:KEPT_IMAGES]
    encoded = encode(model, pack.part("train", order).images)
    return fit_mixture(encoded, components=min(KEPT_COMPONENTS, len(encoded)), seed=seed)


def _codes(model: Checkpoint, generate: Generate, pack: Pack, seed: int) -> Codes:
    classifier = beholder(model.card.data.name)
    codes: dict[str, Code] = {}
    for factor in model.latent.factors:
        if factor.kind == "category":
            code = real_codes(lambda images: _read_codes(model, images), factor, pack)
            if classifier is not None:
                drawn = drawn_codes(generate, model.latent, factor, classifier, seed=seed)
                code = code.model_copy(update={"drawn": drawn})
            codes[factor.name] = code
        elif factor.kind == "uniform" and factor.size == 1 and model.card.data.channels == 1:
            real = pack.split("test")[0][:SCALE_IMAGES]
            codes[factor.name] = sweep_code(generate, model.latent, factor.name, real, seed=seed)
    return codes


@torch.inference_mode()
def _read_codes(model: Checkpoint, images: Tensor) -> Tensor:
    """The recognizer's logits of the categorical code, [N, labels], of uint8 images."""
    trunk, recognizer = model.nets["trunk"], cast(Recognizer, model.nets["recognizer"])
    return torch.cat(
        [
            recognizer.category(trunk(to_float(part).contiguous(memory_format=torch.channels_last)))
            for part in images.split(500)
        ]
    )


def _of_codes(codes: Codes) -> dict[str, float]:
    """The numbers that compare models: those of the first categorical code."""
    code = next((code for code in codes.values() if isinstance(code, CategoryCode)), None)
    if code is None:
        return {}
    shares = [drawn.share for drawn in code.drawn.values() if drawn.share is not None]
    values = {
        "code_accuracy": code.accuracy,
        "code_nmi": code.nmi,
        "code_purity": sum(shares) / len(shares) if shares else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _obedience(model: Checkpoint, generate: Generate, seed: int) -> tuple[dict[str, float], Codes]:
    data = model.card.data
    classifier = reader(data.name)
    if classifier is None:
        return {}, {}
    metrics: dict[str, float] = {}
    if data.conditions == (OBJECTS,):
        for key, sets in (("obeys_test", condition_sets("test")), ("obeys_unseen", unseen_sets())):
            found = accuracy_over_sets(generate, model.latent, classifier, sets, n=LATENTS_PER_SET, seed=seed)
            metrics |= {key: found.value, f"{key}_low": found.low, f"{key}_high": found.high}
    return metrics, settings(generate, model.latent, classifier, seed=seed)
