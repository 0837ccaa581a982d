/* Calls for whoever looks elsewhere: a dialog for what is urgent and nobody has dealt with, and a
   notification of the browser's for whoever has asked for one.

   It listens to what alerts.js shows. Without it, or without that, the warnings are there all the
   same. */
(() => {
  "use strict";

  const CALLED = "crm-notify-called"; // which warnings a dialog has called for, in any tab
  const OUTSIDE = "crm-notify-outside"; // whether notifications of the browser's are wanted

  const kept = {
    read(name) {
      try {
        return JSON.parse(localStorage.getItem(name));
      } catch {
        return null;
      }
    },
    write(name, value) {
      try {
        localStorage.setItem(name, JSON.stringify(value));
      } catch {
        // No storage here: then only this page remembers.
      }
    },
  };

  class Dialog {
    constructor(root) {
      this.root = root;
      this.dialog = root.querySelector("[data-crm-notify-dialog]");
      this.list = this.dialog.querySelector("[data-crm-notify-called]");
      this.called = new Set(kept.read(CALLED) ?? []);
      this.first = null;
      this.dialog.addEventListener("click", (event) => this.click(event));
      root.addEventListener("crm-notify:count", () => this.look());
      document.addEventListener("visibilitychange", () => this.look());
      this.look();
    }

    /* Each warning once, whatever page it is seen on; it is another one when it fails again. */
    look() {
      if (document.visibilityState !== "visible") return;
      for (const key of kept.read(CALLED) ?? []) this.called.add(key);
      const keyOf = (item) => `${item.dataset.crmNotifyItem} ${item.dataset.crmNotifyCalls}`;
      const fresh = [...this.root.querySelectorAll("[data-crm-notify-calls]")].filter(
        (item) => !this.called.has(keyOf(item)),
      );
      if (!fresh.length) return;
      for (const item of fresh) this.called.add(keyOf(item));
      kept.write(CALLED, [...this.called].slice(-100));
      this.open(fresh);
    }

    open(items) {
      if (!this.dialog.open) {
        this.list.replaceChildren();
        this.first = items[0].id;
      }
      this.list.append(...items.map((item) => this.words(item)));
      // The browser gives the focus back to where it was when the dialog closes.
      if (!this.dialog.open) this.dialog.showModal();
    }

    words(item) {
      const entry = document.createElement("li");
      for (const name of ["headline", "what", "why"]) {
        const line = document.createElement("p");
        const said = item.querySelector(`.crm-notify-${name}`).cloneNode(true);
        // The dialog says by itself that it is urgent, and that it is now.
        for (const aside of said.querySelectorAll(".crm-notify-badge, time")) aside.remove();
        line.textContent = said.textContent.replace(/\s+/g, " ").trim();
        line.className = `crm-notify-called-${name}`;
        entry.append(line);
      }
      return entry;
    }

    click(event) {
      const button = event.target.closest("button");
      if (!button) return;
      this.dialog.close();
      if ("crmNotifyShow" in button.dataset) document.getElementById(this.first)?.focus();
    }
  }

  class Outside {
    constructor(root) {
      this.root = root;
      this.offer = root.querySelector("[data-crm-notify-outside]");
      this.button = this.offer?.querySelector("button");
      this.button?.addEventListener("click", () => this.toggle());
      root.addEventListener("crm-notify:news", (event) => this.tell(event.detail.alerts));
      this.show();
    }

    get on() {
      return kept.read(OUTSIDE) === true && Notification.permission === "granted";
    }

    show() {
      // alerts.js then asks for news while nobody looks at the page, too.
      this.root.toggleAttribute("data-crm-notify-asks-hidden", this.on);
      if (!this.offer) return;
      this.offer.hidden = false;
      this.button.setAttribute("aria-pressed", String(this.on));
      const refused = Notification.permission === "denied";
      this.button.hidden = refused;
      this.offer.querySelector("[data-crm-notify-refused]").hidden = !refused;
    }

    async toggle() {
      const wanted = !this.on;
      if (wanted) await Notification.requestPermission();
      kept.write(OUTSIDE, wanted);
      this.show();
    }

    tell(alerts) {
      if (!this.on || document.hasFocus()) return;
      for (const { id, headline, opened_at: opened, calls_out: calls } of alerts) {
        // A screen shows it while it is locked: who was not told, and nothing of what.
        const told = new Notification(headline, {
          tag: `crm-notify-${id}-${opened}`, // once, however many tabs are open
          requireInteraction: calls,
        });
        told.addEventListener("click", () => {
          window.focus();
          document.getElementById(`crm-notify-${id}`)?.focus();
        });
      }
    }
  }

  for (const root of document.querySelectorAll("[data-crm-notify-region]")) {
    // A page may load this script twice.
    if ("crmNotifyCalling" in root.dataset) continue;
    root.dataset.crmNotifyCalling = "";
    // A page of another front end, which has no dialog of ours, may make its own.
    if (root.querySelector("[data-crm-notify-dialog]")) new Dialog(root);
    if (window.Notification) new Outside(root);
  }
})();
