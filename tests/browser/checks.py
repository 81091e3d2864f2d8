"""What every page must fulfil in a real browser: accessible, within its width, no policy violations."""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OUTPUT = Path(__file__).resolve().parent.parent.parent / "test-output"
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
  const hidden = [];
  for (const element of document.querySelectorAll("main *")) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    let outer = element;
    while ((outer = outer.parentElement) && outer.tagName !== "MAIN") {
      const overflow = getComputedStyle(outer).overflowX;
      if (overflow === "auto" || overflow === "scroll") break;
      const edge = outer.getBoundingClientRect();
      const clips = overflow === "hidden" || overflow === "clip" || outer.matches(".hearth-card");
      if (clips && edge.width > 1 && !element.closest("svg, .usa-sr-only") && box.right > edge.right + 1) {
        hidden.push(element.tagName + "." + element.className + " " + Math.round(box.right - edge.right));
        break;
      }
    }
  }
  return hidden.slice(0, 5);
}
"""


def watch(page: Page) -> None:
    """Collect policy violations, script errors and failed loads of the page from now on."""
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
    """Elements that stick out of their card or table, or are cut off there, with by how many pixels."""
    return list(page.evaluate(_CUT_OFF))


def accessibility_problems(page: Page, tags: list[str] | None = None) -> list[str]:
    """What axe finds against WCAG 2.2 AA, one line for each element."""
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": tags or WCAG}}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{violation['id']} at {' '.join(node['target'])}: {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def screenshot(page: Page, name: str) -> Path:
    """A picture of the whole page in test-output/."""
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
