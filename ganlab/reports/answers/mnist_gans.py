"""Report A: GANs on MNIST, by convolutions at 64 and 28 px, by an MLP, and an InfoGAN."""

from ganlab.reports.answers.answer import Answer, Compared, Part
from ganlab.reports.answers.values import Metric, OverSeeds, Ratio, Said
from ganlab.reports.titles import TITLES

LEARNT = ("losses", "samples", "interpolation", "over-training")


def _drawn(model: str, title: str, source: str, differs: str) -> Part:
    return Part(
        title=title,
        source=source,
        differs=differs,
        models=(model,),
        shows=LEARNT,
        compared=(
            Compared(what="recognisable samples", reported="yes, by eye", here=Metric(model, "confident")),
            Compared(what="rarest digit, relative to its share", reported="", here=Metric(model, "smallest_share")),
            Compared(
                what="Frechet distance, our digit classifier", reported="", here=Metric(model, "frechet_classifier")
            ),
        ),
    )


MNIST_GANS = Answer(
    title=TITLES["mnist-gans"],
    report=(
        "An answer to report A, which trains a deconvolution GAN at 64 and at 28 px, an MLP GAN at 28 px and an "
        "InfoGAN at 64 px, shows curves, samples, interpolations and the same latents at every epoch, and judges by "
        "eye. Each of its figures stands here with the numbers that the report does not have."
    ),
    systems=("mnist-dcgan-64", "mnist-dcgan-28", "mnist-mlp-28", "mnist-infogan-64"),
    parts=(
        _drawn(
            "mnist-dcgan-64",
            "Deconvolution GAN, 64 px",
            "learning curve, samples, interpolation and animation of the 64x64 GAN",
            "Ours sorts the training images into 30 clusters before its first step, without a label, and tells both "
            "players the cluster; spectral norm and the hinge loss keep the discriminator in check, and it sees a "
            "sixth of the report's images. Kinds of digits then lie apart, where a plain net's latents pass through "
            "what is no digit. The report's curves are of the logarithmic loss, so that only their balance compares.",
        ),
        _drawn(
            "mnist-dcgan-28",
            "Deconvolution GAN, 28 px",
            "learning curve, samples, interpolation and animation of the 28x28 GAN",
            "The same change as at 64 px: clusters, spectral norm, the hinge loss. 10,000 steps at batch 64 are a "
            "quarter of the report's images.",
        ),
        _drawn(
            "mnist-mlp-28",
            "MLP GAN, 28 px",
            "learning curve, samples, interpolation and animation of the MLP GAN",
            "Ours pairs real with generated images in its loss and penalises gradients (R1 and R2), because an MLP's "
            "discriminator without them outruns its generator; both are told clusters, as at 28 px. It takes a "
            "sixteenth of the report's images.",
        ),
        Part(
            title="InfoGAN, 64 px",
            source="learning curve, and Figure 2 (a), (c), (d) of the InfoGAN paper made again",
            differs=(
                "The report sweeps c2 and c3 from -10 to 10, because from -2 to 2 showed too little; ours is swept "
                "from -2 to 2. In ours the codes' loss also trains the discriminator's trunk, and c1 of a real image "
                "has to agree with c1 of the same image moved a little, so that it follows the kind of digit in "
                "three of five seeds; with the others two digits share a value, wholly or in part, and it names 84.8 "
                "and 92.6 % of real digits."
            ),
            models=("mnist-infogan-64",),
            shows=("losses", "samples", "codes", "interpolation", "over-training"),
            compared=(
                Compared(what="recognisable", reported="yes, by eye", here=Metric("mnist-infogan-64", "confident")),
                Compared(
                    what="real test digits that c1 names",
                    reported="not measured",
                    here=Metric("mnist-infogan-64", "code_accuracy", "10,000 real test images"),
                ),
                Compared(
                    what="the same over five seeds",
                    reported="not measured",
                    here=OverSeeds(
                        "seeds",
                        ("mnist-infogan-64", *(f"mnist-infogan-64-seed{seed}" for seed in range(1, 5))),
                        "code_accuracy",
                    ),
                ),
                Compared(
                    what="settings tried: noise; epochs; batch; rates",
                    reported="30, 62, 100; 30, 40, 100; 32, 64, 128, 512; 1e-5 to 1e-3, apart for G and D",
                    here=Said("one, in the table of settings above"),
                ),
                Compared(what="range of the sweeps", reported="-10 to 10", here=Said("-2 to 2")),
            ),
        ),
        Part(
            title="Twenty settings, and whether digits appear",
            source="tables of hyperparameters tried for the three nets",
            differs=(
                "The report looks at pictures and finds digits in 8 of 20 settings; ours are judged by a rule on the "
                "share of recognisable samples and the histogram of digits, so that anybody gets the same verdict. "
                "Latent, batch and rate are taken over; one small DCGAN at 28 px and 30 epochs stand for the report's "
                "three nets and its 40 or 200 epochs, because a processor trains each in some ten minutes."
            ),
            shows=("tried",),
        ),
        Part(
            title="What goes wrong",
            source="its diagnoses of failures: collapse, a discriminator too strong or diverged, too small a rate",
            differs=(
                "The report names failures by looking at curves and pictures; here a monitor names them while a run "
                "goes on, by rules on the last ten reports and on the samples of each snapshot. The runs are small and "
                "were made to fail; how often the monitor is right on runs that were not stands with the twenty "
                "settings."
            ),
            shows=("failures",),
        ),
        Part(
            title="Parameters, operations and time",
            source="the remark that the MLP has half the parameters and the same time an epoch",
            differs=(
                "Ours are other nets than the report's, whose widths it does not say: compare the order. Time is that "
                "of drawing a picture, on the processor that wrote this."
            ),
            models=("mnist-dcgan-64", "mnist-dcgan-28", "mnist-mlp-28", "mnist-infogan-64"),
            shows=("summary",),
            compared=(
                Compared(
                    what="parameters of the MLP, of the 28 px GAN's",
                    reported="half",
                    here=Ratio("mnist-mlp-28", "mnist-dcgan-28", "parameters"),
                ),
                Compared(
                    what="time of an epoch, of the 28 px GAN's",
                    reported="the same",
                    here=Ratio("mnist-mlp-28", "mnist-dcgan-28", "time"),
                ),
            ),
        ),
    ),
)
