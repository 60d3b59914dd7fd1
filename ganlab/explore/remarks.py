"""What is still wrong with the pictures of the models that come along, as a look at a hundred of them shows."""

from collections.abc import Mapping

from ganlab.explore.library import Model

REMARKS: Mapping[str, str] = {
    "faces-acgan-64": "Outlines are haloed, patterned clothes are torn, and eyes behind clear glasses run.",
    "faces-gan-64": "Backgrounds are mottled, stray strokes lie on some clothes, and long hair is too seldom.",
    "faces-infogan-64": "Eyes behind glasses and mouths run, some outlines are frayed, and grey beards are haze.",
    "faces-vae-64": "Faces are whole, but soft; those of the plain prior are smudges.",
    "iclevr-acgan-64": "A quarter of the objects asked for are missing or another; the second and third are blurred.",
    "iclevr-cgan-64": "A fifth of the objects asked for are missing or another; the second and third are blurred.",
    "mnist-dcgan-28": "Stray dots stand beside some strokes.",
    "mnist-vae-28": "One sample in twenty-five lies between digits; of the plain prior four in ten.",
    "mnist-vae-28-2d": "3, 4 and 5 are narrow strips between their likes, and blurred.",
}


def remark(model: Model) -> str:
    """A sentence; empty for models of one's own, and where nothing stands out."""
    return REMARKS.get(model.name, "") if model.origin == "shipped" else ""
