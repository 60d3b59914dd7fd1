"""Report D: sizes of the latent and of the nets, told by FID."""

from ganlab.counting import counted
from ganlab.reports.answers.answer import Answer, Compared, Part
from ganlab.reports.answers.values import Metric, OfStudy
from ganlab.reports.titles import TITLES
from ganlab.studies.digits import REPORTED_MLP_FID

STUDIED = "studies/sizes-dcgan-100-100"
GAN, MLP = "mnist-dcgan-32", "mnist-mlp-32"

LATENT_HIDDEN_FID = Answer(
    title=TITLES["latent-hidden-fid"],
    report=(
        "An answer to report D, which trains DCGANs of nine sizes and an MLP GAN on MNIST at 32 px for 5,000 steps, "
        "and compares them by FID. The report does not name the extractor of its FID; ours is a classifier of digits, "
        "whose distances are two orders smaller: the order and the ratios can be compared, the values cannot."
    ),
    systems=(GAN, MLP),
    parts=(
        Part(
            title="FID of nine sizes",
            source="the table of FID by latent and hidden size",
            differs=(
                "Ours are our nets at the report's sizes, steps and batch; their smallest maps have 8 px, and their "
                "generators learn five times faster than the discriminators, so that narrow nets lose less by it. "
                "Ratios are taken to size 100-64."
            ),
            shows=("sizes-grid",),
        ),
        Part(
            title="An MLP instead",
            source="FID of the MLP after 5,000 and 10,000 steps",
            differs=(
                "In the report the MLP is two to three times as far away as the DCGANs; ours, with a paired loss and "
                "gradient penalties, comes nearer, and nears with steps as the report's does. The distances are those "
                "of the study's MLP; samples and the share below are of the model that ships, which has clusters "
                "besides."
            ),
            models=(MLP,),
            shows=("mlp-over-steps", "samples"),
            compared=(
                *(
                    Compared(
                        what=f"FID (here Frechet) after {counted(steps, 'step')}",
                        reported=f"{fid:g}",
                        here=OfStudy("sizes", "mnist-mlp-32", "frechet_classifier", steps),
                    )
                    for steps, fid in REPORTED_MLP_FID.items()
                ),
                Compared(what="recognisable", reported="", here=Metric(MLP, "confident")),
            ),
        ),
        Part(
            title="Curves, and the Nash equilibrium",
            source="D(x), 1 - D(G(z)) before and after the update, both losses; whether the run nears 0.5",
            differs=(
                "These are the curves of the study's run at 100/100, whose losses are logarithmic like the report's, "
                "so that D(x) = D(G(z)) = 0.5 is the equilibrium in both; the sentence below the curves says how near "
                "it comes. Ours are means over hundredths of the run, smoothed, where the report draws every step. "
                "Small figures of all nine sizes and of the MLP follow."
            ),
            runs=(STUDIED,),
            shows=("losses", "reality", "every-size"),
        ),
        Part(
            title="Interpolation",
            source="interpolation in latent space at 100/100",
            differs=(
                "Ours is the model that ships: latent 64, width 32, and 30 clusters of digits that it found without a "
                "label, so that a way between two digits changes its cluster halfway. Each row goes along an arc."
            ),
            models=(GAN,),
            shows=("interpolation", "samples", "over-training"),
        ),
        Part(
            title="Mode collapse: digits counted",
            source="100 generated digits counted by hand: 12 14 3 9 5 3 15 17 11 11",
            differs=(
                "The report takes its counts as a sign that nothing collapsed. 100 counts can hardly show that: a "
                "generator that draws one digit half as often would be noticed in about one of eight tries. Ours are "
                "counted by a classifier, here 100 and below 2,000."
            ),
            models=(GAN,),
            shows=("counted-by-hand", "classes"),
            compared=(
                Compared(what="histogram KL of 10,000, nats", reported="", here=Metric(GAN, "histogram_kl")),
                Compared(what="rarest digit, relative to its share", reported="", here=Metric(GAN, "smallest_share")),
            ),
        ),
    ),
)
