"""The review as one HTML page that needs nothing else and reaches for nothing.

Layer: review. Whatever comes out of a template is text: everything is escaped,
and the page's own policy lets no style and no script run but its own two, which
are named by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ecr_constructs.model.words import plural
from ecr_constructs.review.change.difference import ChangeClass
from ecr_constructs.review.render.shapes import SEVERITIES, SEVERITY_SHAPES, SHAPES
from ecr_constructs.review.render.timeline import WIDTH
from ecr_constructs.review.render.view import FLAGS, arranged
from ecr_constructs.review.run import Review

_FOLDER: Final = "page"
#: The name of a colour for each severity.
_COLOURS: Final = {"error": "danger", "warning": "caution", "note": "note"}


def to_html(review: Review) -> str:
    """Return a review as an HTML page."""
    style, script = _file("style.css"), _file("script.js")
    environment = Environment(
        loader=PackageLoader("ecr_constructs.review.render", _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2").render(
        review=review,
        report=review.report,
        view=arranged(review),
        flags=FLAGS,
        shapes=SHAPES,
        severity_shapes=SEVERITY_SHAPES,
        colour=_colour,
        colours=_COLOURS,
        plural=plural,
        timeline_width=WIDTH,
        policy=_policy(style, script),
        # The two files of this package; nothing of a template is in them.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
    )


def _colour(kind: ChangeClass) -> str:
    return _COLOURS[SEVERITIES[kind]]


def _policy(style: str, script: str) -> str:
    """Return the policy that the browser holds the page to."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _file(name: str) -> str:
    folder = resources.files("ecr_constructs.review.render") / _FOLDER
    return (folder / name).read_text(encoding="utf-8")
