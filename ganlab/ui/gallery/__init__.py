"""The gallery's cards, and the uploads."""
