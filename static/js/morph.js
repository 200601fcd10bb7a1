// Makes a part of the page equal to a fresh one and keeps every node that stays, so that the focus,
// typed text and what is folded open outlive it. Nodes are known by their ids, else by their place.

// What people and scripts set on a node stays as they left it.
const THEIRS = { DETAILS: ["open"], DIALOG: ["open"], LI: ["data-added"], TR: ["data-added"] };

function setAttributes(old, fresh) {
  const theirs = THEIRS[old.nodeName] ?? [];
  const names = new Set([...old.getAttributeNames(), ...fresh.getAttributeNames()]);
  for (const name of names) {
    const value = fresh.getAttribute(name);
    if (theirs.includes(name) || value === old.getAttribute(name)) continue;
    if (value === null) old.removeAttribute(name);
    else old.setAttribute(name, value);
  }
}

function match(place, next, root) {
  if (next.id) {
    const known = root.querySelector(`#${CSS.escape(next.id)}`);
    return known?.nodeName === next.nodeName ? known : null;
  }
  return place && !place.id && place.nodeName === next.nodeName ? place : null;
}

// A part marked data-still is in somebody's hands: it stays, even where the fresh page is without it.
const isHeld = (node) => node.matches?.("[data-still]") || node.querySelector?.("[data-still]");

function setChildren(old, fresh, root) {
  let place = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const known = match(place, next, root);
    if (known === null) {
      old.insertBefore(document.importNode(next, true), place);
      continue;
    }
    if (known === place) place = place.nextSibling;
    else old.insertBefore(known, place);
    patch(known, next, root);
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    if (!isHeld(gone)) gone.remove();
  }
}

function patch(old, fresh, root) {
  if (old.nodeType === Node.ELEMENT_NODE && old.hasAttribute("data-still")) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
  } else if (!old.isEqualNode(fresh)) {
    setAttributes(old, fresh);
    setChildren(old, fresh, root);
  }
}

// Who had the focus, and what to do where that is gone: the same control of the row, or the row that
// took its place.
function focusKeeper(root) {
  const held = document.activeElement;
  if (!root.contains(held)) return () => {};
  const rows = () => [...root.querySelectorAll("[data-row]")].filter((one) => one.checkVisibility());
  const row = held.closest("[data-row]");
  const number = rows().indexOf(row);
  return () => {
    if (document.activeElement === held) return;
    held.focus({ preventScroll: true });
    if (document.activeElement === held) return;
    const next = row?.checkVisibility() ? row : (rows()[number] ?? rows().at(-1));
    (next?.querySelector("a.name") ?? root).focus({ preventScroll: true });
  };
}

export function morph(root, fresh) {
  const keepFocus = focusKeeper(root);
  for (const gone of root.querySelectorAll("[id]")) {
    if (!gone.closest("[data-still]") && !fresh.querySelector(`#${CSS.escape(gone.id)}`)) gone.remove();
  }
  patch(root, fresh, root);
  keepFocus();
}
