"""Streamlit's own few words, which it has in English alone, in the reader's language: how a field is sent, what a list
says when nothing fits, the names of small buttons. The page's component puts them in their places.

Where a widget can be told its words (`placeholder`), the pages do that. What is not here: the help on keys that stands
behind a button for screen readers ('Shortcut Q'), by which other parts of the page find it, and the parts of a date.
"""

from collections.abc import Mapping

from model.language import ENGLISH, _, current, later

_LISTS = (
    later("No results"),
    later("Choose an option"),
    later("Choose options"),
    later("Open"),
    later("Selected values"),
    later("Clear all"),
    later("Clear value"),
    later("Remove {name}"),
)
WORDS: Mapping[str, tuple[str, ...]] = {
    "[data-testid=InputInstructions]": (
        later("Press Enter to apply"),
        later("Press Enter to submit form"),
        later("Press {key}+Enter to apply"),
        later("Press {key}+Enter to submit form"),
    ),
    ".stSelectbox, .stMultiSelect, [data-testid=stSelectboxVirtualDropdown]": _LISTS,
    "[data-live-announcer]": (later("{n} options available."), later("{n} option available.")),
    ".stFileUploader": (
        later("Upload"),
        later("file upload"),
        later("Drag and drop a file here"),
        later("{size} per file"),
        later("Add files"),
        later("{kind} files are not allowed."),
        later("Remove {name}"),
        later("Error:"),
    ),
    ".stNumberInput": (
        later("Increment"),
        later("Decrement"),
        later("Clear value"),
        later(
            "Error: Number is outside the allowed range. Please enter a value between {least} and {most}.",
        ),
    ),
    ".stDateInput, [data-testid=stDateInputCalendar]": (
        later("Choose date"),
        later("Choose date range"),
        later("Choose date, {month}"),
        later("Choose date range, {month}"),
        later("Clear date"),
        later("Clear dates"),
        later("Previous month"),
        later("Next month"),
        later("yyyy"),
        later("dd"),
        later("Use arrow keys to navigate dates. Enter to select. Escape to close."),
    ),
    ".stTimeInput": (later("Clear time"),),
    ".stTextInput": (later("Show password"), later("Hide password")),
    ".stTooltipIcon": (later("Help for {field}"),),
    ".stCode": (later("Copy to clipboard"),),
    ".stPagination": (later("Pagination"), later("Page {n}"), later("Previous page"), later("Next page")),
    "[data-testid=stElementToolbar]": (
        later("Fullscreen"),
        later("Close fullscreen"),
        later("Download as CSV"),
        later("Search"),
        later("Show/hide columns"),
    ),
    "[data-testid=stDialog] button": (later("Close"),),
    ".stAppHeader, .stSidebar, [data-testid=stSkipToContent]": (
        later("Skip to main content"),
        later("Navigate to home page"),
        later("App pages"),
        later("Main menu"),
        later("Expand sidebar"),
        later("Collapse sidebar"),
        later("Running..."),
    ),
}
"""What Streamlit says in which parts of a page, by their selectors. A name in braces stands for anything."""


def words() -> list[dict[str, object]]:
    """For each part of a page what Streamlit says there, and what is said in its place; nothing for English."""
    if current() == ENGLISH:
        return []
    return [{"within": within, "says": {one: _(one) for one in said}} for within, said in WORDS.items()]
