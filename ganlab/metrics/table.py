"""Every metric by name: how to show it, how to read it, what it needs, and how it is measured."""

from functools import partial

from ganlab.data import BUILT_IN
from ganlab.metrics import measures
from ganlab.metrics.metric import Metric, needs
from ganlab.metrics.outcome import LEAST_IMAGES
from ganlab.metrics.whole_sets import WHOLE_SETS

METRICS: dict[str, Metric] = {
    "modes_found": Metric(
        "Modes found",
        False,
        "clusters or arms of the data in which a good point lies",
        measures.modes_found,
        needs("modes"),
    ),
    "modes_lost": Metric(
        "Modes lost",
        True,
        "share of the data's clusters or arms in which no good point lies",
        measures.modes_lost,
        needs("modes"),
    ),
    "good_points": Metric(
        "Good points",
        False,
        "share of points within 3 standard deviations of a cluster or an arm",
        measures.good_points,
        needs("modes"),
        interval=measures.good_points_interval,
    ),
    "points_kl": Metric(
        "Good points KL",
        True,
        "how unevenly good points fall into clusters or arms, in nats; 0 is the data's share",
        measures.points_kl,
        needs("modes"),
        LEAST_IMAGES,
    ),
    "sliced_wasserstein": Metric(
        "Sliced Wasserstein",
        True,
        "how far points would have to move to lie as training points do, on average over directions",
        measures.sliced_wasserstein,
        needs("points"),
        LEAST_IMAGES,
    ),
    "confident": Metric(
        "Recognisable",
        False,
        "share of samples that the dataset's classifier is over 90 % sure of",
        measures.confident,
        needs("classes"),
        interval=measures.confident_interval,
    ),
    "histogram_kl": Metric(
        "Histogram KL",
        True,
        "how unevenly the classes are drawn, in nats; 0 is the data's share",
        measures.histogram_kl,
        needs("classes"),
        LEAST_IMAGES,
        interval=measures.histogram_kl_interval,
    ),
    "smallest_share": Metric(
        "Rarest class",
        False,
        "share of the rarest class, relative to its share in the data",
        measures.smallest_share,
        needs("classes"),
        LEAST_IMAGES,
        interval=measures.smallest_share_interval,
    ),
    "frechet_classifier": Metric(
        "Frechet",
        True,
        "distance of the classifier's features from the training images'; compare with real data's",
        measures.frechet_classifier,
        needs("classifier"),
        LEAST_IMAGES,
        interval=measures.frechet_classifier_interval,
    ),
    "frechet_joint": Metric(
        "Joint Frechet",
        True,
        "distance of features and conditions together: grows when images disobey their conditions, too",
        measures.frechet_joint,
        needs("conditions"),
        LEAST_IMAGES,
        interval=measures.frechet_joint_interval,
    ),
    "obeys": Metric(
        "Obeys",
        False,
        "share of the labels asked for that a classifier finds in the samples",
        measures.obeys,
        needs("conditions"),
        interval=measures.obeys_interval,
    ),
    **{
        one.name: Metric(one.title, False, one.text, partial(measures.over_list, one), needs("obedience"))
        for dataset in BUILT_IN.values()
        for one in dataset.evaluation.lists
    },
    "modes": Metric(
        "Modes",
        False,
        "number of different stacks of digits among the samples, of 1,000",
        measures.modes_drawn,
        needs("stacks"),
    ),
    "modes_kl": Metric(
        "Modes KL",
        True,
        "how unevenly the stacks of digits are drawn, in nats, compared with 1,000 equal shares; only like numbers of "
        "samples compare",
        measures.modes_kl,
        needs("stacks"),
    ),
    "code_accuracy": Metric(
        "Code accuracy",
        False,
        "share of real test images whose code is that of their class",
        measures.code_accuracy,
        needs("recognizer"),
        interval=measures.code_accuracy_interval,
    ),
    "code_nmi": Metric(
        "Code NMI",
        False,
        "normalised mutual information of code and class, on real test images",
        measures.code_nmi,
        needs("recognizer"),
    ),
    "code_purity": Metric(
        "Code purity",
        False,
        "mean share of the most drawn class among the pictures of a code",
        measures.code_purity,
        needs("codes"),
    ),
    "information_gap": Metric(
        "MIG",
        False,
        "mutual information gap: how much more one code tells of a factor of test images than any other does, share of "
        "the factor's entropy; labels are factors, and of digits slant, thickness, width, height and ink",
        measures.information_gap,
        needs("inference"),
    ),
    "reconstruction_mse": Metric(
        "Reconstruction",
        True,
        "mean squared error of test images encoded and decoded, pixels from 0 to 1",
        measures.reconstruction_mse,
        needs("encoder"),
    ),
    "mean_image_mse": Metric(
        "Mean image",
        None,
        "mean squared error of the mean training image, for comparison",
        measures.mean_image_mse,
        needs("encoder"),
    ),
    "frechet_pixels": Metric(
        "Pixel Frechet",
        True,
        "distance from the training images on 64 main components of the pixels",
        measures.frechet_pixels,
        least=LEAST_IMAGES,
        interval=measures.frechet_pixels_interval,
    ),
    **WHOLE_SETS,
    "pixel_share": Metric(
        "Pixel Frechet, share",
        True,
        "Pixel Frechet as a share of what the mean training image alone would get: 1 is no better than that; for "
        "datasets that no classifier reads",
        measures.pixel_share,
        needs("no classifier"),
        LEAST_IMAGES,
    ),
    "mixture_confident": Metric(
        "Recognisable (mixture)",
        False,
        "share of sure samples, drawn from the mixture prior",
        partial(measures.of_mixture, measures.confident),
        needs("mixture", "classes"),
        interval=partial(measures.interval_of_mixture, measures.confident_interval),
    ),
    "mixture_frechet_classifier": Metric(
        "Frechet (mixture)",
        True,
        "distance of features, of samples from the mixture prior",
        partial(measures.of_mixture, measures.frechet_classifier),
        needs("mixture", "classifier"),
        LEAST_IMAGES,
        interval=partial(measures.interval_of_mixture, measures.frechet_classifier_interval),
    ),
    "mixture_frechet_pixels": Metric(
        "Pixel Frechet (mixture)",
        True,
        "distance on components of the pixels, of samples from the mixture prior",
        partial(measures.of_mixture, measures.frechet_pixels),
        needs("mixture"),
        LEAST_IMAGES,
        interval=partial(measures.interval_of_mixture, measures.frechet_pixels_interval),
    ),
    "frechet_inception": Metric(
        "FID",
        True,
        "distance of Inception's features from those of up to 10,000 training images; only like numbers of images "
        "compare",
        measures.frechet_inception,
        needs("inception"),
        LEAST_IMAGES,
    ),
    "diversity": Metric(
        "Diversity", None, "mean distance between samples, relative to the data's own", measures.diversity, least=2
    ),
    "copies": Metric(
        "Copies",
        None,
        "share of samples nearer to a training image than all but 1 % of held-out images are; near 0.01 nothing is "
        "copied",
        measures.copies,
        needs("training"),
        LEAST_IMAGES,
        interval=measures.copies_interval,
    ),
    "samples": Metric("Samples", None, "number of samples that were measured", measures.number),
}
