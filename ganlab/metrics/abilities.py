"""What a checkpoint can do beyond drawing, measured: by the nets that it has and by the factors of its latents."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple, cast

import torch
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.checkpoints.codes import CategoryCode, Code, Codes, ContinuousCode
from ganlab.data import Pack, to_float
from ganlab.data.object_sets import OBJECTS, condition_sets, unseen_sets
from ganlab.latents import Category, Uniform
from ganlab.metrics.codes import Generate, drawn_codes, real_codes, sweep_code
from ganlab.metrics.mixtures import KEPT_COMPONENTS, KEPT_IMAGES, fit_mixture
from ganlab.metrics.obedience import Accuracy, accuracy_over_sets, is_conditional, settings
from ganlab.metrics.outcome import attempt, attempt_number
from ganlab.metrics.readers import Reader, beholder, reader
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
    left_out: dict[str, str]  # why something was not measured, by its name


def measure_abilities(model: Checkpoint, pack: Pack, *, seed: int = 0) -> Abilities:
    """Reconstruction, codes and obedience, as far as the model has an encoder, a recognizer or conditions.

    `pack` is the model's dataset at its size. Costs seconds to a few minutes. What fails is left out, with its reason.
    """
    metrics: dict[str, float] = {}
    codes: dict[str, Code] = {}
    left_out: dict[str, str] = {}
    mixture = None
    if "encoder" in model.nets:
        metrics |= _reconstruction(model, pack, left_out)
        mixture = attempt(left_out, "mixture", measure=lambda: _mixture(model, pack, seed))
    conditional = is_conditional(model.latent, model.card.data)
    if not conditional:
        codes |= _codes(model, pack, seed, left_out)
        metrics |= _of_codes(codes)
    if conditional and (classifier := reader(model.card.data.name)):
        metrics |= _over_sets(model, classifier, seed, left_out)
        moved = attempt(
            left_out, "settings", measure=lambda: settings(_generate(model), model.latent, classifier, seed=seed)
        )
        codes |= moved or {}
    return Abilities(metrics, codes, mixture, left_out)


def _generate(model: Checkpoint) -> Generate:
    return lambda latents: model.images(latents).permute(0, 3, 1, 2)


def _reconstruction(model: Checkpoint, pack: Pack, left_out: dict[str, str]) -> dict[str, float]:
    return {
        **attempt_number(left_out, "reconstruction_mse", lambda: model_mse(model, pack)),
        **attempt_number(left_out, "mean_image_mse", lambda: mean_image_mse(pack)),
    }


def _mixture(model: Checkpoint, pack: Pack, seed: int) -> Mixture:
    order = torch.randperm(pack.train, generator=torch.Generator().manual_seed(seed))[:KEPT_IMAGES]
    encoded = encode(model, pack.part("train", order).images)
    return fit_mixture(encoded, components=min(KEPT_COMPONENTS, len(encoded)), seed=seed)


def _codes(model: Checkpoint, pack: Pack, seed: int, left_out: dict[str, str]) -> dict[str, Code]:
    codes: dict[str, Code] = {}
    given = {condition.name for condition in model.card.data.conditions}
    for factor in model.latent.factors:
        if factor.name in given:
            continue
        if factor.kind == "category":
            codes[factor.name] = _category(model, factor, pack, seed, left_out)
        elif factor.kind == "uniform" and factor.size == 1 and model.card.data.channels == 1:
            swept = _swept(model, factor, pack, seed, left_out)
            codes |= {factor.name: swept} if swept else {}
    return codes


def _category(model: Checkpoint, factor: Category, pack: Pack, seed: int, left_out: dict[str, str]) -> CategoryCode:
    """How the recognizer, if any, sorts real images into the code, and what pictures of each of its labels show."""
    code = CategoryCode(kind="category")
    if "recognizer" in model.nets:
        found = attempt(
            left_out,
            "code_accuracy",
            "code_nmi",
            measure=lambda: real_codes(lambda images: _read_codes(model, images), factor, pack),
        )
        code = found or code
    if classifier := beholder(model.card.data.name):
        drawn = attempt(
            left_out,
            f"{factor.name}'s names",
            measure=lambda: drawn_codes(_generate(model), model.latent, factor, classifier, seed=seed),
        )
        code = code.model_copy(update={"drawn": drawn or {}})
    return code


def _swept(
    model: Checkpoint, factor: Uniform, pack: Pack, seed: int, left_out: dict[str, str]
) -> ContinuousCode | None:
    real = pack.split("test")[0][:SCALE_IMAGES]
    return attempt(
        left_out,
        f"{factor.name}'s meaning",
        measure=lambda: sweep_code(_generate(model), model.latent, factor.name, real, seed=seed),
    )


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


def _over_sets(model: Checkpoint, classifier: Reader, seed: int, left_out: dict[str, str]) -> dict[str, float]:
    """Obedience over the lists of object sets, with intervals; empty for other conditions."""
    if model.card.data.conditions != (OBJECTS,):
        return {}

    def obedience(sets: Callable[[], Tensor]) -> Accuracy:
        return accuracy_over_sets(_generate(model), model.latent, classifier, sets(), n=LATENTS_PER_SET, seed=seed)

    metrics: dict[str, float] = {}
    for key, sets in (("obeys_test", condition_sets), ("obeys_unseen", unseen_sets)):
        found = attempt(left_out, key, measure=partial(obedience, sets))
        if found is not None:
            metrics |= {key: found.value, f"{key}_low": found.low, f"{key}_high": found.high}
    return metrics
