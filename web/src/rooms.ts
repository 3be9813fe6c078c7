// Keys, the command palette and the board of teams of the site. Pages are whole without
// it: every key is a link on the page, and the board is a picture of what a form does.

interface Place {
  label: string;
  address: string;
}

// typing is true where letters belong to the page, not to us.
function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName));
}

// here is an address with what the present one says of scope, day and period.
function here(path: string): string {
  const from = new URL(location.href);
  const to = new URL(path, location.href);
  for (const name of ["scope", "as_of", "period"]) {
    const value = from.searchParams.get(name);
    if (value && !to.searchParams.has(name)) to.searchParams.set(name, value);
  }
  return to.pathname + to.search;
}

function rooms(): HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>("nav.rooms a[data-key]")];
}

const keptKeys = "diarchy-keys";

// single tells whether keys of a single character act: whoever speaks to the machine, or hits keys
// by chance, turns them off on the Help page.
function single(): boolean {
  try {
    return localStorage.getItem(keptKeys) !== "off";
  } catch {
    return true; // the browser keeps nothing
  }
}

// keySwitch turns them off and on, for this browser.
function keySwitch(): void {
  const keys = location.pathname === "/help" ? document.querySelector("#keys .body") : null;
  if (!keys) return;
  const label = document.createElement("label");
  label.className = "switch";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = single();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(keptKeys, box.checked ? "on" : "off");
    } catch {
      box.checked = true;
    }
  });
  label.append(box, "Keys of a single character act, in this browser: ?, / and g with a letter");
  keys.prepend(label);
}

function keys(): void {
  let after = 0; // when g was pressed
  addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") {
      e.preventDefault();
      palette();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || !single()) return;
    const room = Date.now() - after < 1500 ? rooms().find((a) => a.dataset.key === e.key) : undefined;
    after = 0;
    if (room) {
      e.preventDefault();
      location.assign(room.href);
    } else if (e.key === "g") {
      after = Date.now();
    } else if (e.key === "/") {
      const search = document.querySelector<HTMLInputElement>(".find input[name=q]");
      if (search) {
        e.preventDefault();
        search.focus();
      }
    } else if (e.key === "?" && document.querySelector(".find")) {
      location.assign(here("/help"));
    }
  });
}

// places are where the palette can go: rooms, pages of this room, and parts of this page.
function places(): Place[] {
  const out: Place[] = [];
  for (const a of document.querySelectorAll<HTMLAnchorElement>("nav.rooms a, nav.tabs a, .who a, .find a")) {
    out.push({ label: a.textContent?.trim() ?? "", address: a.href });
  }
  for (const h of document.querySelectorAll<HTMLElement>("main section.part[id] > h2")) {
    out.push({ label: `On this page: ${h.textContent?.trim() ?? ""}`, address: `#${h.parentElement?.id ?? ""}` });
  }
  return out;
}

function palette(): void {
  document.querySelector("dialog.palette")?.remove();
  const dialog = document.createElement("dialog");
  dialog.className = "palette";
  dialog.setAttribute("aria-label", "Go anywhere");
  const input = document.createElement("input");
  input.type = "text";
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-label", "Go to");
  input.setAttribute("aria-controls", "palette-list");
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("autocomplete", "off");
  const list = document.createElement("ul");
  list.id = "palette-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Places");
  dialog.append(input, list);
  document.body.append(dialog);
  const all = places();
  let found = all;
  let chosen = 0;
  const show = (): void => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = all.filter((p) => words.every((w) => p.label.toLowerCase().includes(w)));
    if (input.value.trim()) found = [...found, { label: `Search for ${input.value.trim()}`, address: here(`/search?q=${encodeURIComponent(input.value.trim())}`) }];
    chosen = Math.max(0, Math.min(chosen, found.length - 1));
    list.replaceChildren(
      ...found.map((p, i) => {
        const item = document.createElement("li");
        item.id = `palette-${i}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(i === chosen));
        item.textContent = p.label;
        item.addEventListener("click", () => go(p));
        return item;
      }),
    );
    if (found.length > 0) input.setAttribute("aria-activedescendant", `palette-${chosen}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const go = (p: Place | undefined): void => {
    dialog.close();
    if (p) location.assign(p.address);
  };
  input.addEventListener("input", () => {
    chosen = 0;
    show();
  });
  input.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown") chosen++;
    else if (e.key === "ArrowUp") chosen--;
    else if (e.key === "Enter") return go(found[chosen]);
    else return;
    e.preventDefault();
    show();
  });
  dialog.addEventListener("close", () => dialog.remove());
  show();
  dialog.showModal();
}

// board lets people be dragged to another team, and the name of a team to the one that
// it is to be under. The form of steps does the same.
function board(): void {
  const teams = document.querySelector<HTMLElement>(".board");
  const form = document.querySelector<HTMLFormElement>("form#dragged");
  if (!teams || !form) return;
  let step: Record<string, string> = {};
  const drags = (what: HTMLElement, does: Record<string, string>): void => {
    what.draggable = true;
    what.addEventListener("dragstart", (e) => {
      step = does;
      e.dataTransfer?.setData("text/plain", what.textContent ?? "");
    });
  };
  for (const person of teams.querySelectorAll<HTMLElement>("[data-person]")) {
    drags(person, { do: "move", person: person.dataset.person ?? "" });
  }
  for (const team of teams.querySelectorAll<HTMLElement>(".team")) {
    const id = team.dataset.team ?? "";
    const name = team.querySelector<HTMLElement>("h3");
    if (name) drags(name, { do: "parent", team: id });
    team.addEventListener("dragover", (e) => {
      e.preventDefault();
      team.classList.add("over");
    });
    team.addEventListener("dragleave", () => team.classList.remove("over"));
    team.addEventListener("drop", (e) => {
      e.preventDefault();
      team.classList.remove("over");
      const person = step.person;
      if (!step.do || step.team === id || (person && team.querySelector(`[data-person="${CSS.escape(person)}"]`))) return;
      const values: Record<string, string> = { ...step, [step.do === "move" ? "team" : "under"]: id };
      for (const [key, value] of Object.entries(values)) {
        const field = form.elements.namedItem(key);
        if (field instanceof HTMLInputElement) field.value = value;
      }
      form.submit();
    });
  }
}

keys();
keySwitch();
board();

// unfolding opens what a link leads to, when it is folded away.
function unfolding(): void {
  const open = (): void => {
    const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    for (let d = target?.closest("details"); d; d = d.parentElement?.closest("details")) d.open = true;
    target?.scrollIntoView();
  };
  addEventListener("hashchange", open);
  if (location.hash) open();
}

unfolding();
