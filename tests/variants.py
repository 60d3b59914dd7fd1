"""Every family in the settings that take a way of their own through its code, and data for them."""

from ganlab.data import DataSpec
from ganlab.data.digits import DIGITS
from ganlab.latents import Attributes, Category

SPEC = DataSpec(name="digits", channels=1, size=28, conditions=(DIGITS,))
SCENES = DataSpec(
    name="scenes",
    channels=3,
    size=32,
    conditions=(
        Attributes(name="objects", labels=("cube", "ball", "ring"), at_least=1, at_most=2),
        Category(name="light", labels=("day", "night")),
    ),
)

SMALL = {"width": 4, "latent_size": 6}
VARIANTS: dict[str, tuple[str, dict[str, object]]] = {
    "gan": ("gan", {}),
    "gan-clusters": ("gan", {"clusters": 5}),
    "gan-packs": ("gan", {"judged_together": 2, "generator_optimizer": "sgd", "discriminator_every": 2}),
    "cgan": ("cgan", {}),
    "cgan-canvas": ("cgan", {"conditioning": "canvas", "embedding": 5}),
    "cgan-mismatched": ("cgan", {"mismatched_weight": 1.0, "classifier_weight": 1.0}),
    "cgan-paired": ("cgan", {"adversarial": "relativistic", "penalty": "r1-r2", "discriminator_norm": "none"}),
    "acgan": ("acgan", {}),
    "acgan-three-optimisers": (
        "acgan",
        {
            "classifier_lr": 1e-4,
            "discriminator_optimizer": "rmsprop",
            "adversarial": "non-saturating",
            "label_smoothing": 0.1,
            "classifier_learns_from": "both",
        },
    ),
    "acgan-maps": (
        "acgan",
        {"architecture": "dcgan", "condition_maps": True, "discriminator_dropout": 0.5, "head_hidden": 7},
    ),
    "infogan": ("infogan", {}),
    "infogan-consistent": ("infogan", {"consistency_weight": 1.0, "discriminator_norm": "batch"}),
    "infogan-trunk-apart": ("infogan", {"information_trains_trunk": False, "continuous": 0}),
    "infogan-three-optimisers": (
        "infogan",
        {"recognizer_lr": 1e-4, "information_trains_trunk": False, "discriminator_optimizer": "rmsprop"},
    ),
    "infogan-penalty": ("infogan", {"adversarial": "relativistic", "penalty": "r1-r2", "categories": 0}),
    "vae": ("vae", {}),
}
SPECS = {"digits": SPEC, "scenes": SCENES}
