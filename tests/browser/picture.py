"""Make the picture of the README: the review of a change to the example, as the page shows it.

Run it through ``make picture``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.browser.chromium import Page, browser, chromium

from ecr_constructs.lifecycle.images import Image
from ecr_constructs.review import NamedInventory, review
from ecr_constructs.review.render.html import to_html

ROOT: Final = Path(__file__).parents[2]
PICTURE: Final = ROOT / "docs" / "review.png"
#: What somebody asks for: what stands in the example, and what they write in its place.
EDITS: Final = (
    ('keep_newest(50, tag_patterns=["v*"])', 'keep_newest(10, tag_patterns=["v*"])'),
    (
        "(Principals.account(WORKLOADS))",
        '(Principals.account(WORKLOADS), Principals.account("333333333333"))',
    ),
    (
        'image_tag_mutability_exclusion_filters=["latest"]',
        'image_tag_mutability_exclusion_filters=["latest", "stable-*"]',
    ),
    ('repository_filters=["payments/", "web/"]', 'repository_filters=["payments/"]'),
)
_NOW: Final = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def edited() -> str:
    """Return the example as somebody would have it."""
    text = (ROOT / "examples" / "app.py").read_text(encoding="utf-8")
    for written, instead in EDITS:
        assert text.count(written) == 1, written
        text = text.replace(written, instead)
    return text


def page(folder: Path) -> Path:
    """Write the page of the review of that change, with images in one repository."""
    old, new = folder / "main.out", folder / "cdk.out"
    app = folder / "app.py"
    app.write_text(edited(), encoding="utf-8")
    for script, outdir in ((ROOT / "examples" / "app.py", old), (app, new)):
        environment = {**os.environ, "CDK_OUTDIR": str(outdir)}
        subprocess.run([sys.executable, script], cwd=ROOT, env=environment, check=True)
    images = tuple(
        Image(
            f"sha256:{hashlib.sha256(str(number).encode()).hexdigest()}",
            _NOW - dt.timedelta(days=1.7 * number, hours=3),
            (f"v1.{number}.0",) if number % 4 else (),
        )
        for number in range(60)
    )
    held = NamedInventory(file="images.json", repository="payments/api", images=images)
    found = review(Path("cdk.out"), against=Path("main.out"), now=_NOW, images=[held])
    file = folder / "review.html"
    file.write_text(to_html(found), encoding="utf-8")
    return file


def main() -> None:
    """Write the picture."""
    if chromium() is None:
        sys.exit("the picture needs Chromium: apt-get install chromium, or set CHROMIUM to it")
    with tempfile.TemporaryDirectory() as name, browser() as running:
        folder = Path(name)
        os.chdir(folder)
        window = Page(running, width=960, height=658)
        window.open(page(folder))
        window.screenshot(PICTURE)
    sys.stdout.write(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
