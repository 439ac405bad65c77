// Which keys are commands: not those that are typed into a field or a dialog, or held with others.

export function isShortcut(event) {
  const { target } = event;
  const isTyped = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && target.type !== "range";
  return !isTyped && !document.querySelector("dialog[open]") && !event.ctrlKey && !event.metaKey && !event.altKey;
}
