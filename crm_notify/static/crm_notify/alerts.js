/* Keeps the warnings on a page up to date, and sends their forms without leaving the page.

   Without this script everything works by ordinary forms. Whatever somebody is typing into stays
   as it is; what is settled says so until it is dismissed. */
(() => {
  "use strict";

  const roots = [...document.querySelectorAll("[data-crm-notify-region]")].filter(
    (root) => !("crmNotifyLive" in root.dataset),
  );
  const REGION = "crm-notify:region"; // An element of ours has put a region on the page.
  const announce = (root) => root.dispatchEvent(new CustomEvent(REGION, { bubbles: true }));

  // A page may load this script twice; the first one does everything.
  if ("crmNotifyScript" in document.documentElement.dataset) {
    roots.forEach(announce);
    return;
  }
  document.documentElement.dataset.crmNotifyScript = "";

  const LIVE = 10; // times slower are polls while hints come
  const DEAF = 60_000; // ms before a refused stream is tried again; twice as many each time
  const SLOWEST = 60_000; // ms between polls while the server does not answer
  const TIMEOUT = 10_000; // ms that one request may take
  const DISMISSED = "crm-notify-dismissed";
  // A host's own middleware may do more for a page that somebody opens than for a script.
  const SCRIPT = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };

  // Where a page's policy demands it, this name has to stand in its trusted-types directive.
  const trusted = window.trustedTypes?.createPolicy("crm-notify", { createHTML: (html) => html });

  const parse = (html) =>
    new DOMParser().parseFromString(trusted ? trusted.createHTML(html) : html, "text/html").body;
  const part = (element, name) =>
    element.querySelector(`:scope > [data-crm-notify-part="${name}"]`);
  const items = (list) => [...list.querySelectorAll(":scope > [data-crm-notify-item]")];
  const idOf = (item) => item.dataset.crmNotifyItem;

  const isSettled = (item) => "crmNotifySettled" in item.dataset;

  const fields = (element) => [...element.querySelectorAll("input:not([type=hidden])")];
  const isBeingFilled = (element) =>
    fields(element).some((field) => field === document.activeElement || isTyped(field));
  const isTyped = (field) => field.value !== field.defaultValue;

  const dismissed = {
    read() {
      try {
        return JSON.parse(sessionStorage.getItem(DISMISSED)) ?? [];
      } catch {
        return []; // No storage here: then only this page remembers.
      }
    },
    add(id) {
      try {
        sessionStorage.setItem(DISMISSED, JSON.stringify([...this.read(), id].slice(-100)));
      } catch {
        // Nothing to be done about it.
      }
    },
  };

  class Warnings {
    constructor(root) {
      this.root = root;
      this.section = root.querySelector("[data-crm-notify-warnings]");
      this.list = root.querySelector("[data-crm-notify-list]");
      this.url = root.dataset.crmNotifyUrl;
      this.etag = root.dataset.crmNotifyEtag;
      // The page of the warnings shows all of them, and below them those that were settled.
      this.own = new URL(this.url, location.href).searchParams.has("unfolded");
      this.interval = Number(root.dataset.crmNotifyInterval);
      this.stream = root.dataset.crmNotifyStream;
      this.source = null;
      this.live = false;
      this.refusals = 0;
      this.deafUntil = 0;
      this.failures = 0;
      this.prefix = "";
      this.latest = null;
      this.timer = null;
      this.asking = null;
      this.forgetDismissed(this.list);
      this.offerDismissal();
      this.hideWhenEmpty();
      this.count(Number(root.dataset.crmNotifyCount));
      root.addEventListener("submit", (event) => this.submit(event));
      root.addEventListener("click", (event) => this.click(event));
      // What could not be brought up to date while somebody was typing is now.
      root.addEventListener("focusout", () => setTimeout(() => this.catchUp()));
      const { signal } = (this.leaving = new AbortController());
      document.addEventListener("visibilitychange", () => this.schedule(0), { signal });
      const back = (event) => event.persisted && this.schedule(0);
      window.addEventListener("pageshow", back, { signal });
      root.addEventListener("crm-notify:leave", () => this.leave());
      this.schedule(this.etag ? this.interval : 0);
    }

    leave() {
      this.leaving.abort();
      clearTimeout(this.timer);
      this.hangUp();
    }

    /* Hearing of news: a hint says that there is some, and the JSON what it is */

    listen() {
      // What a header opens no EventSource can open.
      const wanted = this.stream && !this.headers && Date.now() >= this.deafUntil;
      if (!wanted || this.source) return;
      const source = (this.source = new EventSource(this.stream));
      source.onmessage = () => {
        this.live = true;
        this.refusals = 0;
        this.hear();
      };
      source.onerror = () => {
        this.live = false;
        // It comes again by itself, unless the server said that there is no stream.
        if (source.readyState === EventSource.CLOSED) {
          this.hangUp();
          this.deafUntil = Date.now() + DEAF * 2 ** Math.min(this.refusals++, 6);
        }
        this.schedule(this.interval);
      };
    }

    hangUp() {
      this.source?.close();
      this.source = null;
      this.live = false;
    }

    async hear() {
      // What is being asked just now may be older than the hint.
      await this.asking;
      await this.poll();
    }

    /* Asking for news */

    schedule(pause) {
      clearTimeout(this.timer);
      const seen = document.visibilityState === "visible";
      // Windows that nobody looks at take none of the few connections that a browser opens.
      if (seen && !this.leaving.signal.aborted) this.listen();
      else this.hangUp();
      // Who wants to be told outside the window is told while it is hidden.
      const asks = seen || this.root.hasAttribute("data-crm-notify-asks-hidden");
      if (!asks || this.leaving.signal.aborted) return;
      this.timer = setTimeout(() => this.poll(), seen ? pause : Math.max(pause, SLOWEST));
    }

    get headers() {
      return this.root.crmNotifyHeaders?.();
    }

    async poll() {
      this.asking ??= this.ask().finally(() => (this.asking = null));
      await this.asking;
      const usual = this.interval * (this.live ? LIVE : 1);
      const slower = usual * 2 ** Math.min(this.failures, 10);
      this.schedule(this.failures ? Math.min(slower, Math.max(SLOWEST, this.interval)) : slower);
    }

    async ask() {
      try {
        const answer = await fetch(this.url, {
          headers: { ...SCRIPT, "If-None-Match": this.etag, ...this.headers },
          cache: "no-store",
          redirect: "manual",
          signal: AbortSignal.timeout(TIMEOUT),
        });
        // A host's own guard may redirect to the log-in page before our 401 is made.
        const out = answer.status === 401 || answer.type === "opaqueredirect";
        this.stale("signed-out", out);
        if (answer.ok) this.show(await answer.json());
        else if (!out && answer.status !== 304) throw new Error(`Answered ${answer.status}.`);
        this.failures = out ? this.failures + 1 : 0;
        this.stale("offline", false);
      } catch {
        this.failures += 1;
        // Once may be a hiccup.
        if (this.failures > 2) this.stale("offline", true);
      }
    }

    stale(which, is) {
      const words = this.root.querySelector(`[data-crm-notify-stale="${which}"]`);
      if (words.hidden !== is) return;
      words.hidden = !is;
      if (is) this.say(words.textContent);
    }

    /* Showing it */

    show(news) {
      const before = this.latest;
      const isFirst = !this.etag;
      const known = new Set(items(this.list).map((item) => idOf(item)));
      this.etag = news.etag;
      this.latest = news;
      this.keepUp(news);
      this.patch();
      this.count(news.count);
      if (isFirst) return; // What a page opens with is read, not announced.
      const shown = new Set(items(this.list).map((item) => idOf(item)));
      const isNews = (alert) => {
        if (!before) return shown.has(String(alert.id)) && !known.has(String(alert.id));
        return !before.alerts.some(
          (old) => old.id === alert.id && old.opened_at === alert.opened_at,
        );
      };
      const arrived = news.alerts.filter(isNews);
      this.tell("crm-notify:news", { alerts: arrived });
      const folded = news.folded.filter((line) => !known.has(`incident-${line.incident}`));
      // What is urgent has the role "alert" and is read out as it appears.
      const said = arrived.filter((alert) => !alert.urgent);
      const settled = news.settled.filter((item) => known.has(String(item.id)));
      this.say(
        [
          ...said.flatMap((alert) => [alert.headline, alert.what]),
          ...folded.map((line) => line.words),
          ...settled.map((item) => item.words),
        ]
          .map((words) => words.replace(/\.?$/, "."))
          .join(" "),
      );
    }

    keepUp(news) {
      this.interval = news.interval;
      this.stream = news.stream;
      for (const [which, words] of Object.entries(news.stale)) {
        this.root.querySelector(`[data-crm-notify-stale="${which}"]`).textContent = words;
      }
    }

    catchUp() {
      if (this.latest && this.list.querySelector('[data-crm-notify-version=""]')) this.patch();
    }

    patch() {
      const fresh = parse(this.latest.html);
      const focused = document.activeElement;
      for (const name of ["header", "footer"]) {
        this.replace(part(this.section, name), part(fresh, name));
      }
      const freshList = fresh.querySelector("[data-crm-notify-list]");
      this.forgetDismissed(freshList);
      this.patchList(items(freshList));
      this.offerDismissal();
      this.hideWhenEmpty();
      // Moving an element takes the focus from it.
      if (focused !== document.activeElement && focused.isConnected && this.root.contains(focused)) {
        focused.focus({ preventScroll: true });
      }
    }

    patchList(fresh) {
      const old = new Map(items(this.list).map((item) => [idOf(item), item]));
      const known = (item) => old.get(idOf(item));
      for (const item of fresh.filter(known)) this.update(known(item), item);
      let place = this.list.firstElementChild;
      for (const item of fresh) {
        if (isSettled(item)) {
          // Where it stood it stays.
          if (!known(item) && !this.own) this.list.append(item);
          continue;
        }
        if (!known(item)) item.classList.add("crm-notify-arrived");
        while (place && isSettled(place)) place = place.nextElementSibling;
        const stands = known(item) ?? item;
        if (stands === place) place = place.nextElementSibling;
        else this.list.insertBefore(stands, place);
      }
      const ids = new Set(fresh.map(idOf));
      for (const item of old.values()) {
        // What was settled stays until it is dismissed, and so does what somebody is typing into.
        if (!ids.has(idOf(item)) && !isSettled(item) && !isBeingFilled(item)) item.remove();
      }
    }

    update(item, fresh) {
      const version = fresh.dataset.crmNotifyVersion;
      if (item.dataset.crmNotifyVersion === version) return;
      const actions = part(item, "actions");
      const kept = isBeingFilled(actions);
      // A form that is kept makes the whole warning older than its facts.
      const shown = item.dataset.crmNotifyShown ?? item.dataset.crmNotifyVersion;
      item.dataset.crmNotifyShown = version;
      item.className = fresh.className;
      item.toggleAttribute("data-crm-notify-settled", isSettled(fresh));
      const calls = fresh.dataset.crmNotifyCalls;
      if (calls) item.dataset.crmNotifyCalls = calls;
      else delete item.dataset.crmNotifyCalls;
      item.dataset.crmNotifyVersion = kept ? "" : version;
      if (shown !== version) {
        for (const name of ["icon", "facts"]) this.replace(part(item, name), part(fresh, name));
      }
      if (kept) return;
      const open = actions.querySelector("details[open]")?.dataset.crmNotifyForm;
      const details = part(fresh, "actions").querySelector(`[data-crm-notify-form="${open}"]`);
      if (details) details.open = true;
      this.replace(actions, part(fresh, "actions"));
    }

    replace(old, fresh) {
      if (!old.contains(document.activeElement)) {
        old.replaceWith(fresh);
        return;
      }
      // The focus goes to what stands in the same place, or to the warning that it was in.
      const controls = (element) => [...element.querySelectorAll("a, button, summary, input")];
      const focused = document.activeElement;
      const same = controls(fresh).find(
        (control) =>
          control.tagName === focused.tagName &&
          control.textContent === focused.textContent &&
          control.form?.action === focused.form?.action,
      );
      const item = old.closest("[data-crm-notify-item]");
      old.replaceWith(fresh);
      (same ?? item ?? this.root).focus({ preventScroll: true });
    }

    count(number) {
      const title = document.title.startsWith(this.prefix)
        ? document.title.slice(this.prefix.length)
        : document.title;
      this.prefix = number ? `(${number}) ` : "";
      document.title = this.prefix + title;
      // For a host's own badge: how many stand open, now and whenever that may have changed.
      this.tell("crm-notify:count", { count: number });
    }

    tell(name, detail) {
      this.root.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
    }

    say(words) {
      if (words) this.root.querySelector("[data-crm-notify-news]").textContent = words;
    }

    hideWhenEmpty() {
      this.section.hidden = !this.own && !this.list.firstElementChild;
    }

    /* Settled warnings */

    forgetDismissed(list) {
      const gone = new Set(dismissed.read());
      for (const item of items(list)) {
        if (isSettled(item) && gone.has(idOf(item))) item.remove();
      }
    }

    offerDismissal() {
      for (const button of this.list.querySelectorAll("[data-crm-notify-dismiss]")) {
        button.hidden = false;
      }
    }

    click(event) {
      const button = event.target.closest("[data-crm-notify-dismiss]");
      if (!button) return;
      const item = button.closest("[data-crm-notify-item]");
      const next = item.nextElementSibling ?? item.previousElementSibling;
      dismissed.add(idOf(item));
      item.remove();
      this.hideWhenEmpty();
      (next ?? this.root).focus({ preventScroll: true });
    }

    /* Sending forms */

    async submit(event) {
      const form = event.target;
      event.preventDefault();
      if (form.getAttribute("aria-busy") === "true") return;
      this.complete(form);
      form.setAttribute("aria-busy", "true");
      let answer, said;
      try {
        answer = await fetch(form.action, {
          method: "POST",
          body: new FormData(form),
          headers: { ...SCRIPT, ...this.headers },
          redirect: "error",
          signal: AbortSignal.timeout(TIMEOUT),
        });
        said = await answer.json();
      } catch {
        // Whatever went wrong, the browser can show it: what was typed goes with it. A header it
        // cannot send.
        form.removeAttribute("aria-busy");
        if (this.headers || !form.isConnected) this.refused(form, this.latest?.unsent);
        else form.submit();
        return;
      }
      form.removeAttribute("aria-busy");
      if (answer.ok) await this.sent(form, said.message);
      else this.refused(form, said.error);
    }

    complete(form) {
      const token = this.root.querySelector(":scope > [name=csrfmiddlewaretoken]");
      if (token && !form.elements.csrfmiddlewaretoken) form.prepend(token.cloneNode());
      if (!form.elements.next) {
        const next = document.createElement("input");
        Object.assign(next, { type: "hidden", name: "next" });
        next.value = location.pathname + location.search;
        form.prepend(next);
      }
    }

    async sent(form, message) {
      // It is said, so nothing here is being typed any more.
      for (const field of fields(form)) field.value = field.defaultValue;
      // News that came meanwhile may have taken the form away.
      const item = form.closest("[data-crm-notify-item]");
      if (item?.contains(document.activeElement)) item.focus({ preventScroll: true });
      form.closest("details")?.removeAttribute("open");
      form.querySelector(".crm-notify-problem")?.remove();
      await this.asking;
      await this.poll();
      this.catchUp();
      this.say(message);
    }

    refused(form, why) {
      if (!form.isConnected) return this.say(why);
      const id = idOf(form.closest("[data-crm-notify-item]"));
      form.querySelector(".crm-notify-problem")?.remove();
      const problem = document.createElement("p");
      Object.assign(problem, { className: "crm-notify-problem", id: `crm-notify-problem-${id}` });
      problem.setAttribute("role", "alert");
      problem.textContent = why;
      form.append(problem);
      for (const field of fields(form)) {
        field.setAttribute("aria-invalid", "true");
        field.setAttribute("aria-describedby", problem.id);
        field.focus();
      }
    }
  }

  const enliven = (root) => {
    if ("crmNotifyLive" in root.dataset) return;
    root.dataset.crmNotifyLive = "";
    new Warnings(root);
  };
  document.addEventListener(REGION, (event) => enliven(event.target));
  roots.forEach(enliven);
})();
