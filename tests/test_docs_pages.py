"""Pages of the documentation: plain Markdown, links and images."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
IMAGES = sorted((ROOT / "docs" / "_static").glob("*.svg"))
NAMESPACE = "{http://www.w3.org/2000/svg}"
MAX_WIDTH = 390
"""Width of a small screen in pixels."""


def read_prose(page: Path) -> str:
    """Return the content of a page without code."""
    content = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", content)


def find_links(page: Path) -> list[str]:
    """Return the targets of the links and images on a page, except those on other sites."""
    targets = re.findall(r"\]\(([^)\s]*)\)", read_prose(page))
    return [target for target in targets if not target.startswith(("https://", "mailto:"))]


def find_anchors(page: Path) -> set[str]:
    """Return the anchors of the headings of a page, in the form that repository pages and the site give them."""
    content = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", content, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_existing_headings(page: Path) -> None:
    """Each relative link leads to a file that exists and, if the link has an anchor, to a heading of the page."""
    broken: list[str] = []
    for link in find_links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.is_file() or (anchor and anchor not in find_anchors(target)):
            broken.append(link)

    assert broken == []


def test_index_links_to_every_page() -> None:
    """The index links to every other page of the documentation."""
    index = ROOT / "docs" / "index.md"

    assert set(find_links(index)) == {page.name for page in PAGES[1:] if page != index}


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_images_fit_small_screens_and_dark_pages(image: Path) -> None:
    """Each image has a title, fits a small screen, has colors for dark pages, and requests no other file."""
    content = image.read_text(encoding="utf-8")
    root = ET.fromstring(content)

    assert int(root.attrib["width"]) <= MAX_WIDTH
    assert root.attrib["viewBox"] == f"0 0 {root.attrib['width']} {root.attrib['height']}"
    assert root.findtext(f"{NAMESPACE}title")
    assert "@media (prefers-color-scheme: dark)" in content
    assert re.findall(r"url\((?!#)|href=", content) == []


def test_every_image_is_shown() -> None:
    """Each image is on a page."""
    shown = {link.removeprefix("_static/") for page in PAGES for link in find_links(page)}

    assert [image.name for image in IMAGES if image.name not in shown] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_are_plain_markdown(page: Path) -> None:
    """Pages contain no directives, roles or empty links, which repository pages show as source."""
    content = page.read_text(encoding="utf-8")

    assert re.findall(r"^(?:```\{|:::).*|\{[a-z:]+\}`.*|\[\]\(.*", content, re.MULTILINE) == []
