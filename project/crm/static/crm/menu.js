/* Keeps the number beside "Warnings" in the menu as true as the warnings on the page are. */
(() => {
  "use strict";

  document.addEventListener("crm-notify:count", ({ detail }) => {
    const badge = document.querySelector("[data-open-warnings]");
    if (!badge) return;
    badge.firstElementChild.textContent = detail.count;
    badge.hidden = !detail.count;
  });
})();
