"""Answers to five course reports: what each shows, beside ours."""

from ganlab.reports.answers.answer import Answer, Compared, Part
from ganlab.reports.answers.faces import FACES
from ganlab.reports.answers.iclevr import ICLEVR
from ganlab.reports.answers.infogan_codes import INFOGAN_CODES
from ganlab.reports.answers.latent_hidden_fid import LATENT_HIDDEN_FID
from ganlab.reports.answers.mnist_gans import MNIST_GANS

__all__ = ["ANSWERS", "Answer", "Compared", "Part"]

ANSWERS: dict[str, Answer] = {
    "mnist-gans": MNIST_GANS,
    "faces": FACES,
    "infogan-codes": INFOGAN_CODES,
    "latent-hidden-fid": LATENT_HIDDEN_FID,
    "iclevr": ICLEVR,
}
"""By the name of the template."""
