"""What a checkpoint can do beyond drawing, by the nets that it has and by the factors of its latents."""

from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from ganlab.checkpoints import Checkpoint
from ganlab.checkpoints.codes import CategoryCode, Code, Codes, ContinuousCode
from ganlab.data import Pack, catalogue
from ganlab.data.evaluation import ConditionList
from ganlab.latents import Category, Uniform
from ganlab.metrics.codes import drawn_codes, real_codes, sweep_code
from ganlab.metrics.factors import CodesAndFactors, codes_and_factors, read_codes
from ganlab.metrics.information import information_gap
from ganlab.metrics.mixtures import MOST_IMAGES, components_for, fit_mixture
from ganlab.metrics.obedience import accuracy_over_sets, is_conditional, settings
from ganlab.metrics.outcome import Interval, attempt
from ganlab.metrics.readers import Reader, beholder, reader
from ganlab.metrics.reconstruction import encode, mean_image_errors, model_errors
from ganlab.mixture import Mixture

SCALE_IMAGES = 1000  # real images that give a quality its scale
LATENTS_PER_SET = 50


@dataclass(frozen=True)
class Abilities:
    """A model beside its dataset; what costs seconds to minutes is measured once, when it is asked for.

    What fails is left out, with its reason.
    """

    model: Checkpoint
    pack: Pack  # the model's dataset at its size
    seed: int = 0
    left_out: dict[str, str] = field(default_factory=dict)  # why something was not measured, by its name

    @property
    def encodes(self) -> bool:
        return "encoder" in self.model.nets

    @property
    def recognizes(self) -> bool:
        return "recognizer" in self.model.nets

    @property
    def conditional(self) -> bool:
        """Whether the model is asked for all that is known of images."""
        return is_conditional(self.model.latent, self.model.card.data)

    @property
    def has_codes(self) -> bool:
        """Whether a category of the latent is one that nobody labelled."""
        return not self.conditional and any(factor.kind == "category" for factor in self.model.latent.factors)

    @cached_property
    def obeyed(self) -> Reader | None:
        """The classifier that reads what the model is asked for; None where it takes no conditions, or none reads."""
        return reader(self.model.card.data.name) if self.conditional else None

    @cached_property
    def mixture(self) -> Mixture | None:
        """The model's prior that fits the encoder: the one that it carries, else a new one."""
        if self.model.mixture is not None:
            return self.model.mixture
        return attempt(self.left_out, "mixture", measure=self._mixture) if self.encodes else None

    @cached_property
    def codes(self) -> Codes:
        """What each code, or each label of the dataset, does."""
        found: dict[str, Code] = {}
        if not self.conditional:
            found |= self._codes()
        if (classifier := self.obeyed) is not None:
            moved = attempt(
                self.left_out,
                "settings",
                measure=lambda: settings(self.draw, self.model.latent, classifier, seed=self.seed),
            )
            found |= moved or {}
        return found

    @property
    def code(self) -> CategoryCode | None:
        """The first category that nobody labelled, whose numbers compare models."""
        return next((code for code in self.codes.values() if isinstance(code, CategoryCode)), None)

    @property
    def infers(self) -> bool:
        """Whether a net reads images back into codes or latents."""
        return self.recognizes or self.encodes

    @cached_property
    def codes_read(self) -> Tensor:
        """The value of its category that the recognizer gives each real test image, int64 [N]."""
        return read_codes(self.model, self.pack.split("test")[0]).category.argmax(1)

    @cached_property
    def errors(self) -> Tensor:
        """Of each test image encoded and decoded, as `reconstruction.errors` has it."""
        return model_errors(self.model, self.pack)

    @cached_property
    def mean_image_errors(self) -> Tensor:
        """Of each test image, as `reconstruction.mean_image_errors` has it."""
        return mean_image_errors(self.pack)

    @cached_property
    def codes_and_factors(self) -> CodesAndFactors:
        """Of some test images."""
        return codes_and_factors(self.model, self.pack)

    def information_gap(self) -> float | None:
        """The mutual information gap of what the model reads off test images; None for fewer than two codes."""
        codes, factors = self.codes_and_factors
        return information_gap(codes, factors) if codes.shape[1] > 1 else None

    def draw(self, latents: Tensor) -> Tensor:
        """What latents [N, dim] stand for, as packs hold it: [N, C, H, W]."""
        return self.model.samples(latents)

    def draw_mixture(self, n: int) -> Tensor:
        """Pictures of `n` latents from the mixture, uint8 [n, C, H, W]."""
        assert self.mixture is not None
        return self.draw(self.mixture.sample(n, self.seed))

    def over_list(self, conditions: ConditionList) -> Interval | None:
        """Obedience over a list of the dataset's own, with its interval; None for models of another dataset."""
        data, classifier = self.model.card.data, self.obeyed
        known = catalogue.find(data.name)
        if known is None or classifier is None or conditions not in known.evaluation.lists:
            return None
        if known.spec.conditions != data.conditions:
            return None
        sets = conditions.conditions()
        return accuracy_over_sets(self.draw, self.model.latent, classifier, sets, n=LATENTS_PER_SET, seed=self.seed)

    def _mixture(self) -> Mixture:
        order = torch.randperm(self.pack.train, generator=torch.Generator().manual_seed(self.seed))[:MOST_IMAGES]
        encoded = encode(self.model, self.pack.part("train", order).images)
        return fit_mixture(encoded, components=components_for(len(encoded)), seed=self.seed)

    def _codes(self) -> dict[str, Code]:
        codes: dict[str, Code] = {}
        given = {condition.name for condition in self.model.card.data.conditions}
        for factor in self.model.latent.factors:
            if factor.name in given:
                continue
            if factor.kind == "category":
                codes[factor.name] = self._category(factor)
            elif factor.kind == "uniform" and factor.size == 1 and self.model.card.data.channels == 1:
                swept = self._swept(factor)
                codes |= {factor.name: swept} if swept else {}
        return codes

    def _category(self, factor: Category) -> CategoryCode:
        """How the recognizer, if any, sorts real images into the code, and what pictures of each label show."""
        code = CategoryCode(kind="category")
        if self.recognizes:
            found = attempt(
                self.left_out,
                "code_accuracy",
                "code_nmi",
                measure=lambda: real_codes(lambda: self.codes_read, factor, self.pack),
            )
            code = found or code
        if classifier := beholder(self.model.card.data.name):
            drawn = attempt(
                self.left_out,
                f"{factor.name}'s names",
                measure=lambda: drawn_codes(self.draw, self.model.latent, factor, classifier, seed=self.seed),
            )
            code = code.model_copy(update={"drawn": drawn or {}})
        return code

    def _swept(self, factor: Uniform) -> ContinuousCode | None:
        real = self.pack.split("test")[0][:SCALE_IMAGES]
        return attempt(
            self.left_out,
            f"{factor.name}'s meaning",
            measure=lambda: sweep_code(self.draw, self.model.latent, factor.name, real, seed=self.seed),
        )
