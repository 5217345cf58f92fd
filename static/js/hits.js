import { bindKeys } from "./keys.js";

/** j and k go from hit to hit; Enter opens the one that has the keyboard. */
const hits = [...document.querySelectorAll("[data-hits] a")];

const step = (by) => {
  const here = hits.indexOf(document.activeElement);
  hits.at(here < 0 ? Math.min(by - 1, 0) : Math.max(0, Math.min(here + by, hits.length - 1)))?.focus();
};

bindKeys({ j: () => step(1), k: () => step(-1) });
