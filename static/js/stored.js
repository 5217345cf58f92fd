/** A preference of this browser; null where storage is empty or forbidden. */
export function stored(name) {
  try { return localStorage.getItem(`concord.${name}`); } catch { return null; }
}

/** Keeps a preference in this browser; null forgets it. */
export function store(name, value) {
  try {
    if (value === null) localStorage.removeItem(`concord.${name}`);
    else localStorage.setItem(`concord.${name}`, value);
  } catch { /* the preference then lasts for this page only */ }
}
