// Runs before the first paint, so that a chosen appearance never flashes.
(() => {
  try {
    const theme = localStorage.getItem("concord.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch { /* storage may be forbidden: the system's choice stands */ }
})();
