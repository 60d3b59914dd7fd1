"""Models on Hugging Face's hub: taken from there by address, and pushed there with a card.

The extra `hub` brings the package huggingface_hub; everything here says so where it is missing.
"""

from ganlab.hub.address import SCHEME, Address, parse_address
from ganlab.hub.client import is_installed
from ganlab.hub.downloading import Taken, take
from ganlab.hub.pushing import LICENCES, push

__all__ = ["LICENCES", "SCHEME", "Address", "Taken", "is_installed", "parse_address", "push", "take"]
