// Search, in the index that Pagefind made of the built pages (board/search.py). Every word shown comes from the page.

const PAGE = 10;
const CHARACTERS = /[々-〇぀-ヿ㐀-䶿一-鿿豈-﫿]/g; // as in board/search.py
const SPACED = /([　-鿿豈-￯])((?:<\/?mark>)*) (?=(?:<\/?mark>)*[　-鿿豈-￯])/g;
const root = document.documentElement;
const [form, said, found, more, age] = ["search", "said", "found", "more", "age"].map((id) => document.getElementById(id));
const { index, locale } = form.dataset;
const choices = [...form.querySelectorAll("select")];
let opened = null;
let turn = 0;
let hits = [];

const written = (number) => number.toLocaleString(locale);
const day = (iso, month) =>
  new Date(iso).toLocaleDateString(locale, { day: "numeric", month, year: "numeric", timeZone: "UTC" });

// Each time Pagefind is loaded it keeps one language's stems: so each language loads its own. Which one is meant it
// asks the page, when an instance is made.
async function engine(language, version) {
  const { createInstance } = await import(`${index}pagefind.js?${language}-${version}`);
  const { lang } = root;
  root.lang = language;
  const made = createInstance({ noWorker: true });
  root.lang = lang;
  await made.filters();
  return { language, made };
}

async function open() {
  const answer = await fetch(`${index}amends.json`, { cache: "no-cache" });
  if (answer.status === 404) {
    throw new Error("missing");
  }
  const note = await answer.json();
  const engines = await Promise.all(note.languages.map((language) => engine(language, note.pagefind)));
  age.textContent = age.dataset.words.replace("{day}", day(note.made, "long")).replace("{time}", note.made.slice(11, 16));
  age.hidden = false;
  return engines;
}

// Where words have no spaces the index has characters, and a run of them is a phrase.
function term(language, text) {
  if (!["ja", "zh"].includes(language)) {
    return text;
  }
  const spaced = text.replace(CHARACTERS, " $& ").trim();
  return text.replace(CHARACTERS, "") ? spaced : `"${spaced}"`;
}

const search = (engines, text, filters) =>
  Promise.all(engines.map(({ language, made }) => made.search(term(language, text), { filters })));

const copy = (template, key) =>
  document.getElementById(template).content.querySelector(`[data-key="${key}"]`)?.cloneNode(true) ?? "";

// An excerpt is HTML: `<` and `>` are escaped, nothing else is, and `<mark>` is around what was asked for.
function show({ content, excerpt, plain_excerpt: plain }, element) {
  const cut = (is) => (is ? "" : "… ");
  const whole = excerpt.replace(SPACED, "$1$2").replaceAll("</mark><mark>", "");
  `${cut(content.startsWith(plain))}${whole} ${cut(content.endsWith(plain))}`.split(/<\/?mark>/).forEach((piece, place) => {
    const node = place % 2 ? document.createElement("mark") : new Text();
    node.textContent = piece.replace(/&lt;/g, "<").replace(/&gt;/g, ">");
    element.append(node);
  });
}

// A case has a page, an answer or a change a place in one.
function row({ filters, meta, url, ...words }) {
  const { company, kind, language, state } = filters;
  const line = copy("hits", kind[0] === "stand-in" ? "frame" : "words");
  const [link, excerpt, facts] = line.querySelectorAll("a, .excerpt, .meta");
  link.href = state ? url : url.replace(/([^/]+)\/$/, "#$1");
  link.textContent = meta.title;
  link.lang = excerpt.lang = language[0];
  show(words, excerpt);
  facts.append(copy("names", company[0]), ` · ${day(meta.date, "short")}`);
  line.append(copy("looks", (state ?? kind)[0]));
  return line;
}

async function showMore(mine) {
  const loaded = await Promise.all(hits.splice(0, PAGE).map((hit) => hit.data()));
  if (mine === turn) {
    found.append(...loaded.map(row));
    more.hidden = !hits.length;
  }
}

// Beside each choice: how many there would be with it, the other choices staying.
async function count(engines, text, { ...filters }, { name, options }, mine) {
  delete filters[name];
  const answers = await search(engines, text, filters);
  for (const option of mine === turn ? [...options].slice(1) : []) {
    const many = answers.reduce((sum, answer) => sum + (answer.filters[name]?.[option.value] ?? 0), 0);
    option.textContent = `${option.dataset.word} (${written(many)})`;
    option.disabled = !many && !option.selected;
  }
}

async function answer() {
  const mine = (turn += 1);
  const text = form.q.value.trim();
  const { searching, some, none, missing, failed } = said.dataset;
  hits = [];
  more.hidden = true;
  found.textContent = "";
  said.textContent = text && searching;
  if (!text) {
    return;
  }
  try {
    const engines = await (opened ??= open());
    const filters = Object.fromEntries(choices.filter(({ value }) => value).map(({ name, value }) => [name, value]));
    const answers = await search(engines, text, filters);
    if (mine === turn) {
      hits = answers.flatMap(({ results }) => results).sort((one, other) => other.score - one.score);
      said.textContent = hits.length ? some.replace("{number}", written(hits.length)) : none.replace("{words}", () => text);
      await showMore(mine);
      await Promise.all(choices.map((choice) => count(engines, text, filters, choice, mine)));
    }
  } catch ({ message }) {
    opened = null;
    said.textContent = message === "missing" ? missing : failed;
  }
}

function read() {
  const asked = new URLSearchParams(location.search);
  form.q.value = asked.get("q");
  for (const choice of choices) {
    choice.value = asked.get(choice.name);
    choice.selectedIndex = Math.max(choice.selectedIndex, 0);
  }
  answer();
}

function ask(event) {
  event.preventDefault();
  const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  history.pushState(null, "", `?${asked}`);
  answer();
}

form.addEventListener("submit", ask);
choices.forEach((choice) => choice.addEventListener("change", ask));
more.addEventListener("click", async () => {
  const before = found.children.length;
  await showMore(turn);
  found.children[before]?.querySelector("a").focus();
});
addEventListener("popstate", read);
read();
