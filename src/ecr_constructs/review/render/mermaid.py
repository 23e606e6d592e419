"""The map of registries and namespaces as Mermaid, which GitHub and GitLab draw.

Layer: review.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from ecr_constructs.model.words import plural
from ecr_constructs.review.change.difference import Place
from ecr_constructs.review.report import RegistryReport, Report

#: As many nodes are drawn; a larger map nobody reads.
NODES: Final = 100
_NAMESPACES: Final = 12
_PLAIN: Final = re.compile(r"[^A-Za-z0-9 ,./_:*()-]")


def registry_map(report: Report) -> str:
    """Return the map: registries with their namespaces, what replicates where, what is cached.

    Single repositories are not drawn. Empty where there is nothing to draw.
    """
    if not report.registries:
        return ""
    nodes = _Nodes()
    lines = ["flowchart LR"]
    per_registry = max(1, min(_NAMESPACES, NODES // (2 * len(report.registries))))
    for registry in report.registries[: NODES // 3]:
        lines += _registry(registry, nodes, per_registry)
    for registry in report.registries[: NODES // 3]:
        lines += _arrows(registry, nodes)
    if len(report.registries) > NODES // 3:
        more = len(report.registries) - NODES // 3
        lines.append(f'  more["{plural(more, "registry")} more"]')
    return "\n".join(lines)


class _Nodes:
    """The nodes that are drawn."""

    def __init__(self) -> None:
        self._ids: dict[object, str] = {}

    def id(self, key: object) -> str:
        """Return the id of a node."""
        return self._ids.setdefault(key, f"n{len(self._ids)}")

    def knows(self, key: object) -> bool:
        """Tell whether a node is drawn."""
        return key in self._ids

    @property
    def is_full(self) -> bool:
        """Whether there are as many as anybody reads."""
        return len(self._ids) >= NODES


def namespaces(registry: RegistryReport) -> Counter[str]:
    """Return how many repositories each namespace of a registry has, the first part of names."""
    return Counter(
        each.name.partition("/")[0] if "/" in each.name else each.name
        for each in registry.repositories
    )


def _registry(registry: RegistryReport, nodes: _Nodes, most: int) -> Iterator[str]:
    place = registry.place
    yield f'  subgraph {nodes.id(place)}["{_label(str(place))}"]'
    found = namespaces(registry)
    for namespace, count in found.most_common(most):
        if nodes.is_full:
            break
        node = nodes.id((place, namespace))
        yield f'    {node}["{_label(namespace)}: {plural(count, "repository")}"]'
    rest = len(found) - most
    if rest > 0 and not nodes.is_full:
        yield f'    {nodes.id((place, "rest"))}["{plural(rest, "namespace")} more"]'
    if not found:
        yield f'    {nodes.id((place, "none"))}["no repositories of this app"]'
    yield "  end"


def _arrows(registry: RegistryReport, nodes: _Nodes) -> Iterator[str]:
    source = nodes.id(registry.place)
    for flow in registry.replication:
        yield from _outside(flow.destination, nodes)
        if nodes.knows(flow.destination):
            label = _label(", ".join(flow.prefixes)[:60])
            yield f'  {source} -->|"{label}"| {nodes.id(flow.destination)}'
    for cache in registry.caches:
        key = ("upstream", cache.upstream)
        if not nodes.knows(key):
            if nodes.is_full:
                continue
            yield f'  {nodes.id(key)}(["{_label(cache.upstream)}"])'
        yield f'  {nodes.id(key)} -.->|"{_label(cache.prefix)}"| {source}'


def _outside(place: Place, nodes: _Nodes) -> Iterator[str]:
    """Yield a registry that is not in this app."""
    if not nodes.knows(place) and not nodes.is_full:
        yield f'  {nodes.id(place)}["{_label(str(place))}, not in this app"]'


def _label(text: str) -> str:
    """Return text without what Mermaid takes for markup."""
    return _PLAIN.sub("?", text)
