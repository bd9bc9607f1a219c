"""What the gateway says of the product: its names in sentences, and the demo page."""

from __future__ import annotations

from gateway.demo import Shown
from gateway.wording import Wording
from gongda.product import overlay
from gongda.settings import Settings


def wording(settings: Settings) -> Wording:
    """The gateway's sentences about this product. Raises BadSetting."""
    product = overlay.load(settings)
    return Wording.load(product=product.name, assistant=product.assistant)


def shown(settings: Settings) -> Shown | None:
    """None for the sample product, which has a page of its own. Raises BadSetting."""
    if not settings.has_own:
        return None
    product = overlay.load(settings)
    return Shown(
        name=product.name,
        company=product.company,
        current=product.current.version if product.current else "",
        modules=tuple(module.name for module in product.modules),
        editions=product.editions,
        questions=product.questions,
    )
