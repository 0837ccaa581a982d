/* <crm-notify-alerts src="/notify/alerts.json">: the warnings in a page that Django does not make.

   It stands for the template tag: it makes an empty region, which alerts.js fills from `src` and
   keeps up to date. `header` is sent with every request, for a host that knows its users by a
   token; else the session's cookie is. Its forms carry Django's CSRF token, from the cookie
   that `csrf-cookie` names, or from `csrf-token`. */
(() => {
  "use strict";

  const NAME = "crm-notify-alerts";
  if (customElements.get(NAME)) return;

  const make = (tag, properties = {}, dataset = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    Object.assign(element.dataset, dataset);
    element.append(...children);
    return element;
  };

  const stale = (which, textContent) =>
    make("p", { className: "crm-notify-stale", hidden: true, textContent }, { crmNotifyStale: which });

  class Alerts extends HTMLElement {
    static observedAttributes = ["src"];

    connectedCallback() {
      this.disconnectedCallback();
      if (!this.getAttribute("src")) return;
      this.region = this.build();
      this.append(this.region);
      // Whichever of the two scripts comes later finds it.
      this.region.dispatchEvent(new CustomEvent("crm-notify:region", { bubbles: true }));
    }

    disconnectedCallback() {
      this.region?.dispatchEvent(new CustomEvent("crm-notify:leave"));
      this.region?.remove();
      this.region = null;
    }

    attributeChangedCallback() {
      if (this.isConnected) this.connectedCallback();
    }

    build() {
      const section = make(
        "section",
        { className: "crm-notify-warnings", hidden: true },
        { crmNotifyWarnings: "" },
        make("header", {}, { crmNotifyPart: "header" }),
        make("ul", { className: "crm-notify-list", role: "list" }, { crmNotifyList: "" }),
        make("footer", {}, { crmNotifyPart: "footer" }),
      );
      section.setAttribute("aria-labelledby", "crm-notify-heading");
      const region = make(
        "div",
        { className: "crm-notify-region", tabIndex: -1 },
        {
          crmNotifyRegion: "",
          crmNotifyUrl: this.getAttribute("src"),
          crmNotifyEtag: "",
          crmNotifyCount: "0",
          crmNotifyInterval: "2000",
        },
        make("input", { type: "hidden", name: "csrfmiddlewaretoken" }),
        make("p", { className: "crm-notify-unseen", role: "status" }, { crmNotifyNews: "" }),
        section,
        // Until the first answer says it in the visitor's language.
        stale("offline", "The server does not answer: these warnings may be out of date."),
        stale("signed-out", "You are not logged in: there may be warnings that are not shown."),
      );
      region.crmNotifyHeaders = () => this.headers();
      // A log-in changes the token, so it is looked up when a form is sent.
      region.addEventListener("submit", () => this.sign(), { capture: true });
      return region;
    }

    headers() {
      const given = this.getAttribute("header") ?? "";
      const [name, ...value] = given.split(":");
      return value.length ? { [name.trim()]: value.join(":").trim() } : undefined;
    }

    sign() {
      const name = `${this.getAttribute("csrf-cookie") ?? "csrftoken"}=`;
      const cookie = document.cookie.split("; ").find((one) => one.startsWith(name));
      const token = this.getAttribute("csrf-token") ?? cookie?.slice(name.length) ?? "";
      for (const field of this.region.querySelectorAll("[name=csrfmiddlewaretoken]")) {
        field.value = token;
      }
    }
  }

  customElements.define(NAME, Alerts);
})();
