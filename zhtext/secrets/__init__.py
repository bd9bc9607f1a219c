"""Personal data and secrets out of a text, before it is logged, drafted into an entry or shown to the wrong person."""

from zhtext.secrets.masking import LABELS, Masked, mask_secrets

__all__ = ["LABELS", "Masked", "mask_secrets"]
