"""What the lessons' claims rest on: papers, and figures that were measured on models that come along."""

from typing import NamedTuple


class Paper(NamedTuple):
    """A publication; `short` is how a text cites it."""

    short: str
    authors: str
    year: int
    title: str
    link: str


PAPERS: dict[str, Paper] = {
    "wilson": Paper(
        "Wilson 1927",
        "E. B. Wilson",
        1927,
        "Probable Inference, the Law of Succession, and Statistical Inference",
        "https://doi.org/10.1080/01621459.1927.10502953",
    ),
    "vae": Paper(
        "Kingma and Welling 2014",
        "D. P. Kingma, M. Welling",
        2014,
        "Auto-Encoding Variational Bayes",
        "https://arxiv.org/abs/1312.6114",
    ),
    "gan": Paper(
        "Goodfellow et al. 2014",
        "I. Goodfellow, J. Pouget-Abadie, M. Mirza, B. Xu, D. Warde-Farley, S. Ozair, A. Courville, Y. Bengio",
        2014,
        "Generative Adversarial Networks",
        "https://arxiv.org/abs/1406.2661",
    ),
    "cgan": Paper(
        "Mirza and Osindero 2014",
        "M. Mirza, S. Osindero",
        2014,
        "Conditional Generative Adversarial Nets",
        "https://arxiv.org/abs/1411.1784",
    ),
    "dcgan": Paper(
        "Radford et al. 2016",
        "A. Radford, L. Metz, S. Chintala",
        2016,
        "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
        "https://arxiv.org/abs/1511.06434",
    ),
    "theis": Paper(
        "Theis et al. 2016",
        "L. Theis, A. van den Oord, M. Bethge",
        2016,
        "A Note on the Evaluation of Generative Models",
        "https://arxiv.org/abs/1511.01844",
    ),
    "infogan": Paper(
        "Chen et al. 2016",
        "X. Chen, Y. Duan, R. Houthooft, J. Schulman, I. Sutskever, P. Abbeel",
        2016,
        "InfoGAN: Interpretable Representation Learning by Information Maximizing Generative Adversarial Nets",
        "https://arxiv.org/abs/1606.03657",
    ),
    "larsen": Paper(
        "Larsen et al. 2016",
        "A. B. L. Larsen, S. K. Sønderby, H. Larochelle, O. Winther",
        2016,
        "Autoencoding beyond Pixels Using a Learned Similarity Metric",
        "https://arxiv.org/abs/1512.09300",
    ),
    "acgan": Paper(
        "Odena et al. 2017",
        "A. Odena, C. Olah, J. Shlens",
        2017,
        "Conditional Image Synthesis with Auxiliary Classifier GANs",
        "https://arxiv.org/abs/1610.09585",
    ),
    "principled": Paper(
        "Arjovsky and Bottou 2017",
        "M. Arjovsky, L. Bottou",
        2017,
        "Towards Principled Methods for Training Generative Adversarial Networks",
        "https://arxiv.org/abs/1701.04862",
    ),
    "fid": Paper(
        "Heusel et al. 2017",
        "M. Heusel, H. Ramsauer, T. Unterthiner, B. Nessler, S. Hochreiter",
        2017,
        "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium",
        "https://arxiv.org/abs/1706.08500",
    ),
    "veegan": Paper(
        "Srivastava et al. 2017",
        "A. Srivastava, L. Valkov, C. Russell, M. U. Gutmann, C. Sutton",
        2017,
        "VEEGAN: Reducing Mode Collapse in GANs using Implicit Variational Learning",
        "https://arxiv.org/abs/1705.07761",
    ),
    "pacgan": Paper(
        "Lin et al. 2018",
        "Z. Lin, A. Khetan, G. Fanti, S. Oh",
        2018,
        "PacGAN: The Power of Two Samples in Generative Adversarial Networks",
        "https://arxiv.org/abs/1712.04086",
    ),
    "lucic": Paper(
        "Lucic et al. 2018",
        "M. Lucic, K. Kurach, M. Michalski, S. Gelly, O. Bousquet",
        2018,
        "Are GANs Created Equal? A Large-Scale Study",
        "https://arxiv.org/abs/1711.10337",
    ),
    "mescheder": Paper(
        "Mescheder et al. 2018",
        "L. Mescheder, A. Geiger, S. Nowozin",
        2018,
        "Which Training Methods for GANs do actually Converge?",
        "https://arxiv.org/abs/1801.04406",
    ),
    "ganlab": Paper(
        "Kahng et al. 2019",
        "M. Kahng, N. Thorat, D. H. Chau, F. B. Viégas, M. Wattenberg",
        2019,
        "GAN Lab: Understanding Complex Deep Generative Models using Interactive Visual Experimentation",
        "https://arxiv.org/abs/1809.01587",
    ),
    "iic": Paper(
        "Ji et al. 2019",
        "X. Ji, J. F. Henriques, A. Vedaldi",
        2019,
        "Invariant Information Clustering for Unsupervised Image Classification and Segmentation",
        "https://arxiv.org/abs/1807.06653",
    ),
    "locatello": Paper(
        "Locatello et al. 2019",
        "F. Locatello, S. Bauer, M. Lucic, G. Rätsch, S. Gelly, B. Schölkopf, O. Bachem",
        2019,
        "Challenging Common Assumptions in the Unsupervised Learning of Disentangled Representations",
        "https://arxiv.org/abs/1811.12359",
    ),
    "r3gan": Paper(
        "Huang et al. 2024",
        "Y. Huang, A. Gokaslan, V. Kuleshov, J. Tompkin",
        2024,
        "The GAN is dead; long live the GAN! A Modern GAN Baseline",
        "https://arxiv.org/abs/2501.05441",
    ),
}
