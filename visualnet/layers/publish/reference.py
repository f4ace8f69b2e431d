"""The reference as it is read in the window: pages for a narrow column, and the search among them."""

from __future__ import annotations

import re
from functools import cache

from visualnet.core.text.fuzzy_match import fuzzy
from visualnet.layers import FAMILIES, LAYERS
from visualnet.layers.publish import docs_page


@cache
def narrow_page(tag: str) -> str:
    """A layer's page, in Markdown; its table of parameters as a list, which a narrow column has room for."""
    lines = []
    for line in docs_page.page(tag).splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) != 4:
            lines.append(line)
        elif cells[0].startswith("`"):
            name, default, allowed, meaning = cells
            lines.append(f"- {name} = {default}: {meaning} Allowed: {allowed}.")
    return "\n".join(lines)


def search(query: str) -> list[str]:
    """The layers that answer a query, best first: by name, then by keywords, then by the words of their pages."""
    wanted = query.strip()
    shown = [tag for tag, kind in LAYERS.items() if not kind.hidden]
    if not wanted:
        return shown
    scores: dict[str, float] = {}
    for tag in shown:
        kind = LAYERS[tag]
        if match := fuzzy(wanted, f"{kind.label} {tag}"):
            scores[tag] = 1000 + match.score
        elif wanted.casefold() in kind.keywords.casefold() or wanted.casefold() in FAMILIES[kind.family].casefold():
            scores[tag] = 500
        elif all(word in narrow_page(tag).casefold() for word in wanted.casefold().split()):
            scores[tag] = 100
    return sorted(scores, key=lambda tag: -scores[tag])
