"""Report B: faces by a VAE, a GAN, an ACGAN and an InfoGAN."""

from ganlab.reports.answers.answer import Answer, Compared, Part
from ganlab.reports.answers.values import Metric, Said
from ganlab.reports.titles import TITLES

OTHER_IMAGES = "The report's faces are a part of CelebA, ours are drawn avatars, so that errors compare in kind only."

TEST_SPLIT = "the whole test split"

FACES = Answer(
    title=TITLES["faces"],
    report=(
        "An answer to report B, which trains a VAE, a GAN with a two-branch generator, an ACGAN that toggles a smile, "
        "and an InfoGAN with seven categories on 64 px photographs. Ours learn from drawn faces (avatars), which "
        "anybody may pass on and whose labels are known exactly; with CelebA on disk the same recipes take "
        "dataset=celeba."
    ),
    systems=("faces-vae-64", "faces-gan-64", "faces-acgan-64", "faces-infogan-64"),
    parts=(
        Part(
            title="VAE",
            source="both loss curves, 10 reconstructions, test error, 32 samples, t-SNE of the test latents",
            differs=(
                f"{OTHER_IMAGES} Ours has 128 latents instead of 1,024, a rate of 1e-3 that falls to nothing, and a "
                "quarter of the steps; a mixture of Gaussians fitted to the encodings gives a second prior to draw "
                "from, because few encodings lie where the first one draws."
            ),
            models=("faces-vae-64",),
            shows=("losses", "reconstructions", "samples"),
            compared=(
                Compared(
                    what="mean squared error of the test split",
                    reported="of CelebA: another scale",
                    here=Metric("faces-vae-64", "reconstruction_mse", TEST_SPLIT),
                ),
                Compared(
                    what="the same of the mean training image",
                    reported="",
                    here=Metric("faces-vae-64", "mean_image_mse", TEST_SPLIT),
                ),
                Compared(
                    what="Frechet distance of samples", reported="", here=Metric("faces-vae-64", "frechet_classifier")
                ),
                Compared(
                    what="the same from the mixture prior",
                    reported="",
                    here=Metric("faces-vae-64", "mixture_frechet_classifier"),
                ),
            ),
        ),
        Part(
            title="GAN",
            source="learning curve and 32 samples",
            differs=(
                f"{OTHER_IMAGES} The report watches its loss hover near 0.6, the logarithm's value for equal players; "
                "ours is the hinge loss, whose value for equal players is 2. Ours enlarges by nearest neighbours "
                "instead of transposed convolutions, which leave a grid, and is told 100 clusters that it found itself."
            ),
            models=("faces-gan-64",),
            shows=("losses", "samples"),
            compared=(
                Compared(
                    what="Frechet distance, our face classifier",
                    reported="",
                    here=Metric("faces-gan-64", "frechet_classifier"),
                ),
                Compared(what="diversity, share of the data's", reported="", here=Metric("faces-gan-64", "diversity")),
                Compared(what="loss of equal players", reported="about 0.6", here=Said("2 (hinge)")),
            ),
        ),
        Part(
            title="VAE and GAN side by side",
            source="comparison of samples: the VAE's are blurred, the GAN's sharp",
            differs=(
                "The same holds here: squared error rewards the mean of what is possible, which is a blur, and the "
                "discriminator rewards one sharp possibility. The Frechet distances above say how much."
            ),
            models=("faces-vae-64", "faces-gan-64"),
            shows=("side-by-side",),
        ),
        Part(
            title="ACGAN: a smile and more",
            source="curves of classifier and discriminator, 10 pairs from the same z with and without the attribute",
            differs=(
                f"{OTHER_IMAGES} The report toggles one attribute, ours all that the faces have; the condition is "
                "projected into the discriminator, and the auxiliary classifier learns from real images only, so that "
                "the generator cannot teach it what a smile is."
            ),
            models=("faces-acgan-64",),
            shows=("losses", "conditions", "samples"),
            compared=(
                Compared(what="labels that are obeyed", reported="by eye", here=Metric("faces-acgan-64", "obeys")),
                Compared(what="joint Frechet distance", reported="", here=Metric("faces-acgan-64", "frechet_joint")),
            ),
        ),
        Part(
            title="InfoGAN: seven categories",
            source="5 samples of each of 7 categories with their meaning; two categories mixed",
            differs=(
                f"{OTHER_IMAGES} The report names its categories by looking; ours are named by what a classifier reads "
                "in their pictures more often than in those of the others. Real images must keep their category when "
                "they are moved a little, which the report does not ask for."
            ),
            models=("faces-infogan-64",),
            shows=("losses", "codes", "mixed-categories"),
            compared=(
                Compared(
                    what="categories that follow a thing of their own",
                    reported="named by eye: smile, looking right, and others",
                    here=Said("see the table of labels: rates of each against the others"),
                ),
                Compared(
                    what="Frechet distance, our face classifier",
                    reported="",
                    here=Metric("faces-infogan-64", "frechet_classifier"),
                ),
            ),
        ),
    ),
)
