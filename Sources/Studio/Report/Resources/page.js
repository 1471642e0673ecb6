(() => {
  // Light or dark: the system's, until somebody says otherwise.
  const root = document.documentElement;
  const kept = (() => { try { return localStorage.getItem("lucid-theme"); } catch { return null; } })();
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  document.getElementById("theme").onclick = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("lucid-theme", root.dataset.theme); } catch {}
  };
})();
