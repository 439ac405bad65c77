// The drawers at the right: one at a time; it takes the keyboard, and gives it back.

const DRAWERS = ["parameters", "events", "compare", "flows", "story"];
const by = (id) => document.getElementById(id);
const open = () => DRAWERS.find((name) => !by(name).hidden);
let cameFrom = null; // where the keyboard was before a drawer opened
let awaited = null; // the drawer that opens when its answer comes, unless another was opened or closed meanwhile

export function awaitDrawer(name) {
  awaited = name;
}

// Whether what has come for a drawer is still wanted.
export const isWanted = (name) => awaited === name || !by(name).hidden;

// Open a drawer, or close it if it is open and does not stay; null closes whichever is open.
export function openDrawer(name, stays = false) {
  awaited = null;
  const before = open();
  for (const other of DRAWERS) {
    const shown = other === name && (stays || by(other).hidden);
    by(other).hidden = !shown;
    by(`open-${other}`)?.setAttribute("aria-expanded", shown);
  }
  const now = open();
  if (now && now !== before) {
    if (!before) cameFrom = document.activeElement;
    by(now).tabIndex = -1;
    by(now).focus({ preventScroll: true });
  } else if (!now && before) {
    const there = cameFrom?.isConnected && cameFrom !== document.body ? cameFrom : by(`open-${before}`);
    if (there?.checkVisibility?.()) there.focus({ preventScroll: true });
    cameFrom = null;
  }
}
