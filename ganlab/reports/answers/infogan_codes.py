"""Report C: an InfoGAN with a categorical code alone."""

from ganlab.reports.answers.answer import Answer, Compared, Part
from ganlab.reports.answers.values import DigitsNamed, Logged, Metric, OverSeeds
from ganlab.reports.titles import TITLES

TEST_IMAGES = "10,000 real test images"
MODEL = "mnist-infogan-64-z54"

INFOGAN_CODES = Answer(
    title=TITLES["infogan-codes"],
    report=(
        "An answer to report C, which trains an InfoGAN of 54 numbers of noise and one code of ten values on MNIST at "
        "64 px, and asks which digit each value stands for."
    ),
    systems=(MODEL,),
    parts=(
        Part(
            title="Losses, outputs and the reading of the code",
            source="losses of G, D and Q every 100 steps; probability of real, and of fake before and after the update",
            differs=(
                "The report weights its adversarial loss by 10 and the code's by 100, after a first try in which Q did "
                "not learn; ours weights both by 1, and has Q's loss train the trunk, too. Ours is the hinge loss, "
                "whose scores are shown as probabilities although it does not train them to be; 5,000 steps instead of "
                "75,000."
            ),
            models=(MODEL,),
            shows=("losses", "quality"),
            compared=(
                Compared(
                    what="accuracy of Q on generated images",
                    reported="nears 1",
                    here=Logged(MODEL, "generator/c1_read"),
                ),
                Compared(
                    what="real test digits that c1 names",
                    reported="not measured",
                    here=Metric(MODEL, "code_accuracy", TEST_IMAGES),
                ),
                Compared(
                    what="the same over three seeds",
                    reported="not measured",
                    here=OverSeeds("seeds", (MODEL, f"{MODEL}-seed1", f"{MODEL}-seed2"), "code_accuracy"),
                ),
                Compared(what="recognisable", reported="by eye", here=Metric(MODEL, "confident")),
            ),
        ),
        Part(
            title="Ten by ten",
            source="grids: different noise with the same code, the same noise with different codes",
            differs=(
                "Both grids are as in the report; in ours a column is headed by the digit that real images with this "
                "code have, which nobody told the model."
            ),
            models=(MODEL,),
            shows=("codes",),
        ),
        Part(
            title="From code to digit",
            source="the table 0..9 -> 4, 2, 8, 5, 9, 6, 1, 0, 3, 7",
            differs=(
                "Which value stands for which digit is chance in both, so that the rows need not agree; what can be "
                "compared is that all ten digits occur once. The report looked at pictures, ours is fitted to real "
                "test images one to one, and its accuracy is above."
            ),
            models=(MODEL,),
            shows=("code-table",),
            compared=(
                Compared(what="digits that a value stands for", reported="10 of 10", here=DigitsNamed(MODEL)),
                Compared(
                    what="mean share of the most drawn digit of a value", reported="", here=Metric(MODEL, "code_purity")
                ),
            ),
        ),
        Part(
            title="Samples",
            source="generated digits",
            differs="Nothing is chosen: seeds 0 to 63, and ways between twelve of them.",
            models=(MODEL,),
            shows=("samples", "interpolation", "over-training"),
        ),
    ),
)
