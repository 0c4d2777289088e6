// Light or dark: as the system has it, until somebody chooses.

import { say } from "./dom.js";

const KEPT = "logbackup-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // a browser that keeps nothing
  }
}

function keep(theme) {
  try {
    localStorage.setItem(KEPT, theme);
  } catch {
    // a browser that keeps nothing: the choice lasts as long as the page
  }
}

export function offerThemes(button) {
  let theme = chosen();
  const isDark = () => (theme ?? (dark.matches ? "dark" : "light")) === "dark";
  const show = () => {
    if (theme) document.documentElement.dataset.theme = theme;
    const other = isDark() ? "light" : "dark";
    say(button, isDark() ? "☀" : "☾");
    button.setAttribute("aria-label", `Change to ${other} colours`);
    button.title = `Change to ${other} colours`;
  };
  button.addEventListener("click", () => {
    theme = isDark() ? "light" : "dark";
    keep(theme);
    show();
  });
  dark.addEventListener("change", show);
  show();
}
