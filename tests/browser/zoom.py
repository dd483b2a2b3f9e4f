"""By keys alone, at 200 %: where the focus is, and that it can be seen."""

from playwright.sync_api import Locator, Page

# What has the focus, also within a component, and whether any of it can be seen: in the window, with nothing over it.
FOCUSED = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  const box = at.getBoundingClientRect();
  const topmost = (x, y) => {
    let top = document.elementFromPoint(x, y);
    for (let root = top && top.shadowRoot; root; root = top.shadowRoot) {
      const inner = root.elementFromPoint(x, y);
      if (!inner || inner === top) break;
      top = inner;
    }
    return top;
  };
  const control = "a, button, input, textarea, select, summary, [role=option]";
  const drawn = at.matches(control) && box.width > 4 && box.height > 4;
  const seen = [0.1, 0.5, 0.9].some((part) => {
    const top = topmost(box.x + box.width / 2, box.y + box.height * part);
    return top && (at.contains(top) || (top.contains(at) && top.matches("label, label *")));
  });
  const name = at.getAttribute("aria-label") || at.textContent.slice(0, 40);
  return { what: `${at.tagName} ${name}`, seen: !drawn || seen };
}"""
# What moves by itself or on its way from one look to another, also within a component, and before or after a thing.
MOVES = """() => {
  const all = (root) => [...root.querySelectorAll("*")]
    .flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
  const long = (times) => times.split(",").some((one) => parseFloat(one) > 0.01);
  const again = (counts) => counts.split(",").some((one) => one.trim() !== "1");
  const moves = (style) => long(style.transitionDuration) || (style.animationName !== "none"
    && (long(style.animationDuration) || again(style.animationIterationCount)));
  return all(document).filter((one) => ["", "::before", "::after"].some((part) => moves(getComputedStyle(one, part))))
    .map((one) => `${one.tagName} ${one.className}`);
}"""


def tab_to(page: Page, target: Locator, most: int = 60) -> None:
    """Presses Tab until the target has the focus; on the way nothing that has it may be hidden."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["seen"], f"the focus is on something that cannot be seen: {focused['what']}"
        if target.evaluate("(one) => one.matches(':focus')"):
            return
    raise AssertionError(f"{target} has no place in the order of Tab")
