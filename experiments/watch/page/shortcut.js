// Which keys are commands: not those that are typed into a field or a dialog, or held with others.

export function isShortcut(event) {
  const { target } = event;
  const isField = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && target.type !== "range";
  const isTyped = isField && target.getClientRects().length > 0; // a dialog's field has the focus for a moment after it
  return !isTyped && !document.querySelector("dialog[open]") && !event.ctrlKey && !event.metaKey && !event.altKey;
}
