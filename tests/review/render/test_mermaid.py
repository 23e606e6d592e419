"""The map for GitHub and GitLab: registries and namespaces, at most a hundred nodes."""

from __future__ import annotations

import re
from pathlib import Path

from tests.review.render.worlds import accounts, world
from tests.review.templates import repository, reviewed

from ecr_constructs.review.render.mermaid import registry_map

HOME, AWAY = ("000000000001", "eu-west-1"), ("000000000009", "ap-south-1")
NODE = re.compile(r"^ +(?:subgraph )?(n\d+)[\[(]", re.MULTILINE)


def test_draws_namespaces_flows_and_caches(tmp_path: Path) -> None:
    drawn = registry_map(world(tmp_path, [HOME], flows=[(HOME, AWAY)], caches=1).report)
    assert drawn.splitlines() == [
        "flowchart LR",
        '  subgraph n0["000000000001 in eu-west-1"]',
        '    n1["team0: 1 repository"]',
        '    n2["team1: 1 repository"]',
        "  end",
        '  n3["000000000009 in ap-south-1, not in this app"]',
        '  n0 -->|"all repositories"| n3',
        '  n4(["upstream-0.example.com"])',
        '  n4 -.->|"cache-0"| n0',
    ]


def test_fleet_has_at_most_a_hundred_nodes_and_counts_the_rest(tmp_path: Path) -> None:
    places = accounts(45, "eu-west-1")
    flows = [(place, ("000000000099", f"r-{n}")) for n, place in enumerate(places)]
    drawn = registry_map(world(tmp_path, places, flows=flows, caches=3, namespaces=20).report)
    assert len(set(NODE.findall(drawn))) <= 100
    assert '  more["12 registries more"]' in drawn
    assert '["19 namespaces more"]' in drawn
    # Every arrow joins what is drawn.
    known = set(NODE.findall(drawn))
    for line in drawn.splitlines():
        if "->" in line:
            assert set(re.findall(r"\bn\d+\b", re.sub(r'"[^"]*"', "", line))) <= known


def test_markup_in_a_name_is_no_markup_in_the_map(tmp_path: Path) -> None:
    hostile = 'x"]; click n0 "javascript:alert(1)" %%{init}%% <b>`'
    drawn = registry_map(reviewed(tmp_path, None, {"Api": repository(hostile)}).report)
    (line,) = (line for line in drawn.splitlines() if "1 repository" in line)
    assert re.fullmatch(r' {4}n1\["[A-Za-z0-9 ,./_:*()?-]+"\]', line)
