"use strict";
(() => {
  const search = document.getElementById("search");
  const matches = document.getElementById("matches");
  const filters = Array.from(document.querySelectorAll("button[data-filter]"));
  const repositories = Array.from(document.querySelectorAll(".repo"));
  const total = repositories.length;

  // What is searched is read once: a keystroke then looks at strings alone.
  const entries = Array.from(document.querySelectorAll("[data-search]"), (element) => ({
    element,
    text: element.textContent.toLowerCase(),
    flags: element.dataset.flags === undefined ? null : element.dataset.flags.split(" "),
  }));
  const groups = Array.from(document.querySelectorAll("[data-group]"), (element) => ({
    element,
    members: Array.from(element.querySelectorAll("[data-search]")),
    folds: element instanceof HTMLDetailsElement && !element.open,
    nothing: element.querySelector("[data-nothing]"),
  }));

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = filters
      .filter((button) => button.getAttribute("aria-pressed") === "true")
      .map((button) => button.dataset.filter);
    let shown = 0;
    for (const { element, text, flags } of entries) {
      const found =
        words.every((word) => text.includes(word)) &&
        (flags === null || wanted.every((flag) => flags.includes(flag)));
      if (element.hidden === found) {
        element.hidden = !found;
      }
      if (found && flags !== null) {
        shown += 1;
      }
    }
    for (const { element, members, folds, nothing } of groups) {
      const some = members.some((member) => !member.hidden);
      if (nothing) {
        nothing.hidden = some;
      }
      if (folds) {
        // What folds from the start shows what is looked for.
        element.open = words.length > 0 && some;
      }
    }
    const all = words.length === 0 && wanted.length === 0;
    const whole = `${total.toLocaleString("en")} ${total === 1 ? "repository" : "repositories"}`;
    matches.textContent = all ? whole : `${shown.toLocaleString("en")} of ${whole}`;
  };

  const fold = (open) => {
    for (const each of repositories) {
      if (!each.hidden && each.open !== open) {
        each.open = open;
      }
    }
  };

  search.addEventListener("input", apply);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      search.value = "";
      apply();
    }
  });
  for (const button of filters) {
    button.addEventListener("click", () => {
      const pressed = button.getAttribute("aria-pressed") === "true";
      button.setAttribute("aria-pressed", String(!pressed));
      apply();
    });
  }
  document.getElementById("unfold").addEventListener("click", () => fold(true));
  document.getElementById("fold").addEventListener("click", () => fold(false));
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.matches("input");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  // Paper has nothing to click: what is in sight is printed open.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = Array.from(document.querySelectorAll("main details:not([hidden], [open])"));
    closed.forEach((each) => {
      each.open = true;
    });
  });
  window.addEventListener("afterprint", () => {
    closed.forEach((each) => {
      each.open = false;
    });
  });

  // A link to a repository opens it.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
    }
  };
  window.addEventListener("hashchange", reveal);
  reveal();
  apply();
})();
