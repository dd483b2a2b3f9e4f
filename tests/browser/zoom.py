"""By keys alone, at 200 %: where the focus is, that it can be seen, and that all that is shown has its room."""

from playwright.sync_api import Locator, Page

from tests.browser.walk import WIDER

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
    """Presses Tab until the target has the focus, if it has not yet; on the way nothing that has it may be hidden."""
    if target.evaluate("(one) => one.matches(':focus')"):
        return
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["seen"], f"the focus is on something that cannot be seen: {focused['what']}"
        if target.evaluate("(one) => one.matches(':focus')"):
            return
    raise AssertionError(f"{target} has no place in the order of Tab")


# Which of the things that can be pressed or read lie over each other, which words are cut off, and what scrolls in
# hardly any room. What is pinned lies over what can be scrolled away from under it, and a row of a list says by an
# ellipsis that it goes on.
TROUBLES = """(within) => {
  const all = (root) => [...root.querySelectorAll("*")]
    .flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
  const up = (one) => one.parentElement || one.getRootNode().host;
  const over = (one, test) => { for (let at = one; at; at = up(at)) if (test(at)) return true; return false; };
  const drawn = (one) => {
    const box = one.getBoundingClientRect();
    return box.width > 4 && box.height > 4 && one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const pinned = (one) => over(one,
    (at) => at.matches?.("header") || ["fixed", "sticky"].includes(getComputedStyle(at).position));
  const unseen = (one) => over(one, (at) => /inset\\(50%\\)/.test(getComputedStyle(at).clipPath));
  // What of a thing is in sight: not what its pane has scrolled away.
  const shown = (one) => {
    let { left, right, top, bottom } = one.getBoundingClientRect();
    for (let at = up(one); at; at = up(at)) {
      const [edge, style] = [at.getBoundingClientRect(), getComputedStyle(at)];
      if (style.overflowX !== "visible") [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
      if (style.overflowY !== "visible") [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
    }
    return { left, right, top, bottom };
  };
  const things = all(document.querySelector(within) || document).filter((one) => drawn(one) && !unseen(one));
  const control = "a[href], button, input:not([type=file]), textarea, select, summary, h1, h2, h3, .lh-comment";
  const apart = things.filter((one) => one.matches(control) && !pinned(one));
  const found = [];
  const named = (one) => `${one.tagName} ${(one.getAttribute("aria-label") || one.textContent).trim().slice(0, 40)}`;
  apart.forEach((one, place) => apart.slice(place + 1).forEach((other) => {
    if (over(one, (at) => at === other) || over(other, (at) => at === one)) return;
    const [a, b] = [shown(one), shown(other)];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 3 && high > 3) found.push(`${named(one)} lies over ${named(other)}`);
  }));
  const words = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  things.filter((one) => words(one) && !over(one, (at) => at.matches?.("[role=option]"))).forEach((one) => {
    const hides = (at) => ["hidden", "clip"].includes(getComputedStyle(at).overflowX);
    const box = one.getBoundingClientRect();
    for (let at = one; at && at !== document.body; at = up(at)) {
      const edge = at.getBoundingClientRect();
      if (hides(at) && (box.right > edge.right + 2 || box.left < edge.left - 2)) found.push(`${named(one)} is cut off`);
      if (hides(at) && at === one && one.scrollWidth > one.clientWidth + 2) found.push(`${named(one)} is cut off`);
    }
  });
  things.filter((one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowY) && !one.matches("textarea"))
    .filter((one) => one.scrollHeight > one.clientHeight + 2 && one.clientHeight < 96 && one.textContent.trim())
    .forEach((one) => found.push(`${named(one)} scrolls in ${one.clientHeight} pixels`));
  return [...new Set(found)];
}"""


# The same, and by how much the page is too wide, once what was just drawn has found its place.
ONCE_AT_REST = f"""async (within) => {{
  const [troubles, wider] = [{TROUBLES}, {WIDER}];
  const look = () => {{
    const wide = wider();
    return [...troubles(within), ...(wide > 0 ? [`the page is ${{wide}} pixels wider than the window`] : [])];
  }};
  for (let frames = 0; frames < 60 && look().length; frames += 1) await new Promise(requestAnimationFrame);
  return look();
}}"""


def fits(page: Page, within: str = "body") -> None:
    """All that is shown, or the part `within` of it, is whole, nothing lies over another thing, and nothing scrolls
    sideways."""
    troubles = page.evaluate(ONCE_AT_REST, within)
    assert not troubles, "\n".join(troubles)
