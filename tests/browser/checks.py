"""What every page must fulfil in a real browser: accessible, within its width, no policy violations."""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OUTPUT = Path(__file__).resolve().parent.parent.parent / "test-output"
HOW_TO_PICTURES = OUTPUT.parent / "docs" / "images"
_AXE = Axe()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_WATCHER = """
window.hearthViolations = [];
document.addEventListener("securitypolicyviolation", event =>
  window.hearthViolations.push(event.violatedDirective + " " + event.blockedURI + " " + event.sourceFile));
"""
_TOO_WIDE = """
() => {
  const wide = [];
  for (const element of document.querySelectorAll("body *")) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || box.right <= window.innerWidth + 1) continue;
    let outer = element, inside = false;
    while ((outer = outer.parentElement)) {
      const style = getComputedStyle(outer);
      if (outer !== document.body && style.overflowX !== "visible") { inside = true; break; }
    }
    const style = getComputedStyle(element);
    if (!inside && style.visibility !== "hidden" && style.position !== "fixed") {
      wide.push(element.tagName + "." + element.className + " " + Math.round(box.right));
    }
  }
  return wide.slice(0, 5);
}
"""
_CUT_OFF = """
() => {
  // The smallest right edge at which an element of this parent is cut off; what scrolls cuts nothing off.
  const edges = new Map();
  const edge = outer => {
    if (!outer || outer.tagName === "MAIN") return Infinity;
    if (!edges.has(outer)) {
      const overflow = getComputedStyle(outer).overflowX, box = outer.getBoundingClientRect();
      const scrolls = overflow === "auto" || overflow === "scroll";
      const clips = overflow === "hidden" || overflow === "clip" || outer.matches(".hearth-card");
      const own = clips && box.width > 1 ? box.right : Infinity;
      edges.set(outer, scrolls ? Infinity : Math.min(own, edge(outer.parentElement)));
    }
    return edges.get(outer);
  };
  const hidden = [];
  for (const element of document.querySelectorAll("main *")) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    const over = box.right - edge(element.parentElement);
    if (over > 1 && !element.closest("svg, .usa-sr-only")) {
      hidden.push(element.tagName + "." + element.className + " " + Math.round(over));
    }
    // A text in a column of a letter or two: several times as many lines as words.
    const said = element.children.length ? "" : element.textContent.trim();
    if (said.length > 12 && box.height > 8 * box.width && !element.closest("svg, .usa-sr-only")) {
      hidden.push(element.tagName + "." + element.className + " has no room for its words");
    }
  }
  return hidden.slice(0, 5);
}
"""
# The contrast of texts takes most of axe's time. It is asked of those that are seen for the first time, or in
# other colors or another size than when axe last had an answer for them.
_ASK_AXE = """
async options => {
  const behind = new Map([[null, ""]]);
  const colorsBehind = element => {
    if (!behind.has(element)) {
      const {backgroundColor, backgroundImage, opacity, position} = getComputedStyle(element);
      behind.set(element,
        [backgroundColor, backgroundImage, opacity, position, colorsBehind(element.parentElement)].join(" "));
    }
    return behind.get(element);
  };
  const answered = window.hearthAnswered ??= new Map(), texts = new Map();
  for (const element of document.querySelectorAll("body *")) {
    const says = element.matches("input, select, textarea")
      || [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!says || !element.checkVisibility({visibilityProperty: true})) continue;
    const {color, fontSize, fontWeight, textShadow} = getComputedStyle(element);
    const looks = [color, fontSize, fontWeight, textShadow, colorsBehind(element)].join(" ");
    if (answered.get(element) !== looks) texts.set(element, looks);
  }
  const {violations} = await axe.run({...options, rules: {"color-contrast": {enabled: false}}});
  if (!texts.size) return violations;
  const colors = await axe.run([...texts.keys()], {
    runOnly: {type: "rule", values: ["color-contrast"]},
    resultTypes: ["violations", "incomplete"],
    elementRef: true,
  });
  for (const {nodes} of [...colors.violations, ...colors.incomplete])
    for (const {element} of nodes) texts.delete(element);
  for (const [element, looks] of texts) answered.set(element, looks);
  return [...violations, ...colors.violations.map(({id, nodes}) =>
    ({id, nodes: nodes.map(({target, failureSummary}) => ({target, failureSummary}))}))];
}
"""


def watch(page: Page) -> None:
    """Collect policy violations, script errors and failed loads of the page from now on.

    Of a page that is watched already, what was collected is forgotten.
    """
    if hasattr(page, "hearth_problems"):
        page.hearth_problems.clear()
        return
    page.add_init_script(_WATCHER)
    problems: list[str] = []
    page.hearth_problems = problems  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
    page.on(
        "console",
        lambda message: (
            problems.append(f"console: {message.text}")
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    page.on(
        "response",
        lambda response: (
            problems.append(f"{response.status} {response.url}")
            if response.status >= 400 and response.request.resource_type != "document"
            else None
        ),
    )


def settle(page: Page) -> None:
    """Wait until the page is loaded and htmx has filled in what it loads by itself."""
    page.wait_for_load_state("load")
    page.wait_for_function("() => window.htmx === undefined || !document.querySelector('.htmx-request')")


def browser_problems(page: Page) -> list[str]:
    """Script errors, failed loads and policy violations seen since `watch`."""
    violations = page.evaluate("() => window.hearthViolations || []")
    return [*page.hearth_problems, *(f"policy: {text}" for text in violations)]  # type: ignore[attr-defined]


def too_wide(page: Page) -> list[str]:
    """Elements that stick out to the right, outside of boxes that scroll by themselves."""
    return list(page.evaluate(_TOO_WIDE))


def cut_off(page: Page) -> list[str]:
    """Elements that stick out of their card or table, or are cut off there, with by how many pixels; and
    texts without room for a word in a line."""
    return list(page.evaluate(_CUT_OFF))


def accessibility_problems(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, one line for each element.

    Asked again of a page that is still open, the contrast of a text is looked at only if it was hidden before
    or has changed its colors or its size.
    """
    # What was found to be right is not told: on a page of many rows that is megabytes.
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"],
    }  # fmt: skip
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(_AXE.axe_script)
    found = page.evaluate(_ASK_AXE, options)
    return [
        f"{violation['id']} at {' '.join(node['target'])}: {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def screenshot(page: Page, name: str) -> None:
    """A picture of the whole page in test-output/, when `HEARTH_PICTURES` is set: nothing is tested by it.

    Of a test that fails there is always one (`open_page` in conftest.py).
    """
    if os.environ.get("HEARTH_PICTURES"):
        picture(page, name)


def how_to_picture(page: Page, name: str) -> None:
    """A picture for a how-to, of what a screen shows, in docs/images/, when `HEARTH_PICTURES` is `docs`."""
    if os.environ.get("HEARTH_PICTURES") == "docs":
        page.evaluate("() => window.scrollTo(0, 0)")
        page.screenshot(path=HOW_TO_PICTURES / f"{name}.png")


def picture(page: Page, name: str) -> None:
    """The whole page as it is now, in test-output/."""
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)
