// A form that keeps trying while the line is down. What was typed stays in the page, and nowhere else.
"use strict";

(() => {
  const PAUSES = [1000, 2000, 5000, 10000];
  const typed = (form) => new URLSearchParams(new FormData(form));

  /** Puts the main part of an answer in the place of this page's, as if it had been opened. */
  function show(answer) {
    const main = answer.querySelector("main");
    document.title = answer.title;
    document.querySelector("main").replaceWith(main);
    (main.querySelector("[data-focus]") || main).focus();
  }

  /** What was typed while the answer was on its way is sent after it, with the version that the answer names. */
  function carriesOn(form, sent, answer) {
    const next = answer.querySelector("form[data-keeps-trying]");
    if (!next || typed(form).toString() === sent) return false;
    ["version", "key"].forEach((name) => { form.elements[name].value = next.elements[name].value; });
    return true;
  }

  async function send(form, button) {
    const line = form.querySelector("#line");
    line.textContent = form.dataset.sending;
    for (let tries = 0; ; tries += 1) {
      const sent = typed(form).toString();
      const body = new URLSearchParams(sent);
      if (button.name) body.append(button.name, button.value);
      try {
        const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Keeps-Trying": "1" } });
        if (answer.status >= 500) throw new Error("not answered");
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (answer.status === 204 || answer.redirected || !page.querySelector("main")) {
          form.dataset.typed = "";
          window.location.assign(answer.headers.get("X-Location") || answer.url);
          return;
        }
        if (answer.ok && carriesOn(form, sent, page)) {
          send(form, { name: "save", value: "1" });
          return;
        }
        show(page);
        return;
      } catch {
        line.textContent = form.dataset.waiting;
        form.dataset.typed = "yes";
        await new Promise((done) => { window.setTimeout(done, PAUSES[Math.min(tries, PAUSES.length - 1)]); });
      }
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-keeps-trying]")) return;
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.trying) return;
    form.dataset.trying = "yes";
    send(form, event.submitter || { name: "save", value: "1" });
  }, true);
})();
