"""What axe says about the accessibility of a page."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
_RUN = (
    "async tags => (await axe.run(document, { runOnly: tags, resultTypes: ['violations'], iframes: false })).violations"
)
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Every transition and animation that ends has ended, or was called off.
_SETTLED = """() => Promise.allSettled(
  document.getAnimations().filter(each => each.effect.getComputedTiming().endTime !== Infinity).map(each => each.finished)
).then(() => undefined)"""


async def find_barriers(page: Page) -> list[str]:
    """What is serious or critical for people who cannot see, hear or use a mouse; each with where it is."""
    await page.evaluate(_SETTLED)  # a colour on its way from light to dark is neither
    await page.evaluate(f"{AXE.read_text()}; undefined")  # past the page's policy, which lets no script in
    found: list[dict[str, Any]] = await page.evaluate(_RUN, _RULES)
    return [
        f"{each['help']} ({each['id']}): {' | '.join(node['html'][:200] for node in each['nodes'][:3])}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
