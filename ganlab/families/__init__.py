"""Model families by name."""

from typing import cast

from ganlab.families import acgan, cgan, gan, infogan, vae
from ganlab.types import Family

FAMILIES: dict[str, Family] = {
    "gan": cast(Family, gan),
    "cgan": cast(Family, cgan),
    "acgan": cast(Family, acgan),
    "infogan": cast(Family, infogan),
    "vae": cast(Family, vae),
}
