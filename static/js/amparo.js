// Conveniences only: every page works without this file.
"use strict";

(() => {
  // Day before month, as the server writes it.
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;

  /** Says a typed date in words ("Monday, 10 December 2018"), so that day and month are not taken for each other. */
  function echoDate(input) {
    const echo = document.getElementById(`${input.id}-echo`);
    if (!echo) return;
    const day = /^\d{4}-\d{2}-\d{2}$/.test(input.value) ? new Date(`${input.value}T12:00:00`) : null;
    echo.textContent = day && !Number.isNaN(day.getTime())
      ? day.toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long", year: "numeric" })
      : "";
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-typed]");
    if (form) form.dataset.typed = "yes";
    if (event.target.matches("input[type=date]")) echoDate(event.target);
  });

  document.querySelectorAll("input[type=date]").forEach(echoDate);

  // A second click while the first is on its way is not a second request.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.dataset.typed = "";
    window.setTimeout(() => delete form.dataset.sent, 8000);
  });

  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  // What was typed and not saved is not left by mistake.
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-typed=yes]")) event.preventDefault();
  });

  // After a refused form the list of what is wrong is read first.
  document.querySelector("[data-focus]")?.focus();

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  const folded = () => document.querySelectorAll("details:not([open])");
  window.addEventListener("beforeprint", () => folded().forEach((fold) => {
    fold.open = true;
    fold.dataset.opened = "";
  }));
  window.addEventListener("afterprint", () => document.querySelectorAll("details[data-opened]").forEach((fold) => {
    fold.open = false;
    delete fold.dataset.opened;
  }));
})();
