"""What the answers are called; nothing heavy is imported to know it."""

TITLES = {
    "mnist-gans": "MNIST with GANs",
    "faces": "Faces",
    "infogan-codes": "InfoGAN on MNIST: what the code means",
    "latent-hidden-fid": "Latent size, hidden size and FID",
    "iclevr": "Let's play GANs: i-CLEVR",
}
