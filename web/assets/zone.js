// The reader's own time zone is the best first guess; it can be changed in the list.
const list = document.querySelector("select[data-guess]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (list && list.value === "UTC" && [...list.options].some((option) => option.value === zone)) list.value = zone;
