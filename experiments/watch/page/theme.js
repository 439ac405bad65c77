// Light or dark: as the system has it, until the user chooses.

const KEY = "shareshift-theme";

export function applyTheme(button, chosen = stored()) {
  const dark = chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  button.textContent = dark ? "Light" : "Dark";
}

export function toggleTheme(button) {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // a browser that keeps nothing shows the system's again next time
  }
  applyTheme(button, next);
}

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
