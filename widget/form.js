/* Amends, the form: an ES module, fetched at the first tap from /w/form/<company>/<language>.js. There the service
   appends `export const company = {...}`, `strings = {...}` and `css = '...'`, so only functions may read these three.
   All is made of elements, text nodes and constructed style sheets: neither `style-src 'self'` nor Trusted Types has to
   make an exception. What is needed only after the visitor began to write is in more.js. */

const DAY = 86400000; // milliseconds that a draft is kept
const WAIT = 28 * DAY; // and what waits to be sent: the service knows its key for longer
const base = new URL('../../..', import.meta.url).href;

let options = {};
let words; // the strings, with those of the embedding page
let dialog;
let draft; // {at, shown, body, key, waiting, refusal}; here as well as on the device, where storage may be denied
let isKept = true; // on the device, if the visitor wishes
let rest; // a promise of what more.js does
let tries = 0;

/** Shows the form. `chosen` are the options, `opener` is the link that was clicked. */
export function open(chosen, opener) {
  if (dialog?.open) return;
  begin(chosen);
  stage(opener);
  dialog.showModal();
  if (company.left) more().then(able => able.gone(), close);
  else showForm(opener);
  tell('open');
}

/** Closes the form. What was written stays as a draft. */
export function close() {
  dialog?.close();
}

/** Sends what waits to be sent, if anything does, and shows its receipt. */
export function deliver(chosen = options) {
  begin(chosen);
  if (recall().waiting) more().then(able => able.deliver(), () => {});
}

function begin(chosen) {
  options = chosen;
  words = { ...strings, ...options.strings };
}

/* Puts a dialog into the page. */
function stage(opener) {
  const host = make('amends-form');
  const root = host.attachShadow({ mode: 'open' });
  dialog = make('dialog', { 'aria-labelledby': 'title', lang: words.lang, dir: words.dir });
  root.adoptedStyleSheets = [sheet(css)];
  root.append(dialog);
  // From outside, the target of a key is the host and no text field: the page's own shortcuts would fire.
  for (const type of ['keydown', 'keypress', 'keyup']) dialog.addEventListener(type, event => event.stopPropagation());
  dialog.addEventListener('close', () => {
    host.remove();
    // The browser gave the focus back, if the click had given it: Safari does not focus a clicked link.
    if (document.activeElement == document.body) opener?.focus();
    tell('close');
  });
  document.documentElement.append(host); // not in <body>, which single page applications replace
}

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent('amends:' + name, { detail: { company: company.slug, ...detail } }));
}

function sheet(text) {
  const result = new CSSStyleSheet();
  const when = { dark: '@media all', light: '@media not all' }[options.theme] || '$&';
  text = text.replace(/@media ?\(prefers-color-scheme: ?dark\)/, when);
  result.replaceSync(`:host { --_company: ${company.accent || '#15191e'} }` + text);
  return result;
}

/* What more.js does, when it has come. After a failure the address is another: browsers remember a failed one. */
function more() {
  return rest ||= import(`${base}w/more/${strings.lang}.js${tries ? '?' + tries : ''}`).then(
    module => module.start({
      base, company, words, options, make, fill, icon, button, link, head, sheet, stage, tell, report, showForm,
      forget, store, wait, dialog: () => dialog, draft: () => draft,
    }),
    error => {
      rest = null;
      tries++;
      throw error;
    });
}

/* Elements */

function make(tag, attributes, ...children) {
  const space = /svg|path/.test(tag) ? '2000/svg' : '1999/xhtml';
  const element = document.createElementNS('http://www.w3.org/' + space, tag);
  for (const name of Object.keys({ ...attributes })) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
}

/* The parts of a text with its {names} replaced by `values`, isolated: they may run in the other direction. */
function fill(text, values) {
  return text.split(/{(\w+)}/).map((part, index) => index % 2 ? make('bdi', {}, values[part]) : part);
}

function icon(path) {
  return make('svg', { viewBox: '0 0 16 16', 'aria-hidden': true }, make('path', { d: path }));
}

function button(label, act, attributes) {
  const element = make('button', { type: 'button', ...attributes }, label);
  element.addEventListener('click', act);
  return element;
}

function link(label, href) {
  return make('a', { href, target: '_blank', rel: 'noopener' }, label);
}

function head(...title) {
  return make('div', { class: 'bar' },
    make('h2', { id: 'title', tabindex: -1 }, ...title),
    button('×', close, { class: 'close', 'aria-label': words.close }));
}

function field(name, attributes, tag = 'input') {
  return [
    make(tag, { id: name, name, dir: 'auto', 'aria-describedby': name + '-error', ...attributes }),
    make('p', { id: name + '-error', class: 'error' }),
  ];
}

function line(name, label, hint, attributes) {
  return make('div', {}, make('label', { for: name }, make('b', {}, label), ' ', hint), ...field(name, attributes));
}

function choices(name, attributes, legend, items) {
  return make('fieldset', attributes, make('legend', {}, legend), make('div', {}, ...items.map(
    ([value, path, label]) => make('label', {},
      make('input', { type: 'radio', name, value }),
      make('span', {}, icon(path), label)))));
}

/* The form */

const EYE = 'M1.5 8Q8-1 14.5 8 8 17 1.5 8zM8 6a2 2 0 1 0 .1 0z';
const LOCK = 'M3 7.5h10v6H3zM5.5 7V5a2.5 2.5 0 0 1 5 0v2';
const TICK = 'M3 8.5l3.5 3.5L13 4.5';

const kinds = () => ({
  complaint: [words.problem, words.ask_problem],
  question: [words.question, words.ask_question],
  idea: [words.idea, words.ask_idea],
  praise: [words.thanks, words.ask_thanks],
});

function showForm(opener = { dataset: {} }) {
  const form = make('form', { novalidate: '' },
    head(make('label', { for: 'text' })),
    choices('kind', { class: 'chips' }, words.kind,
      Object.entries(kinds()).map(([kind, [label]]) => [kind, TICK, label])),
    ...field('text', {}, 'textarea'),
    make('div', { id: 'alike', 'aria-live': 'polite' }),
    make('div', { class: 'pair' },
      line('author', words.name, words.optional, { autocomplete: 'nickname' }),
      line('email', words.email, words.email_why, { type: 'email', autocomplete: 'email' })),
    make('details', {},
      make('summary', {}, make('b', {}, words.order), ' ', icon(LOCK), words.order_who),
      ...field('reference', { 'aria-label': words.order, autocomplete: 'off' })),
    choices('publicity', { class: 'who', 'aria-describedby': 'note' }, words.who,
      [['public', EYE, words.public], ['private', LOCK, words.private]]),
    make('p', { id: 'note' }),
    ...Object.entries(circumstances(opener)).map(([name, value]) => make('input', { type: 'hidden', name, value })),
    make('input', { name: 'website', hidden: '', autocomplete: 'off' }), // a trap: only machines see it
    make('div', { id: 'preview', 'aria-live': 'polite' }),
    make('label', { class: 'keep' }, make('input', { type: 'checkbox', id: 'keep' }), words.keep),
    make('p', { id: 'status', role: 'status' }),
    make('div', { class: 'bar' },
      make('button', { class: 'main' }, words.send),
      button(words.preview, () => more().then(able => able.preview(form), () => report(form, {}, words.offline))),
      link(words.privacy, company.privacy)));
  dialog.replaceChildren(form);
  fillIn(form);
  refresh(form);
  form.addEventListener('input', () => {
    keep(form);
    refresh(form);
    more().then(able => able.typing(form), () => {});
  });
  // Not `submit`, which a sandbox without `allow-forms` never fires; Enter in a field clicks this button too.
  form.querySelector('.main').addEventListener('click', send);
  form.elements.text.focus();
}

function circumstances({ dataset, search }) {
  return {
    page: location.pathname, // without the query, which may hold what is nobody's business
    language: document.documentElement.lang,
    same: options.same || dataset.same || new URLSearchParams(search).get('same') || '',
  };
}

function fillIn(form) {
  const { at, body = '', waiting, refusal } = recall();
  const preset = `kind=complaint&kind=${options.kind}&publicity=${company.sensitive ? 'private' : 'public'}&`;
  for (const [name, value] of new URLSearchParams(preset + body)) {
    const control = form.elements[name]; // of radio buttons the list, whose value is that of the checked one
    if (control && control.type != 'hidden') control.value = value; // a list has none that it does not know
  }
  form.querySelector('#keep').checked = isKept;
  if (refusal) more().then(able => able.explain(refusal), () => {});
  else if (waiting) wait();
  draft.shown = at ? draft.shown : Date.now() / 1000 | 0; // seconds; who sends sooner than a person could is a machine
}

/* Brings the heading and the note on publicity in line with the answers so far. */
function refresh(form) {
  const { kind, publicity, author, page } = form.elements;
  form.querySelector('h2 label').textContent = kinds()[kind.value][1];
  form.querySelector('#note').replaceChildren(...publicity.value == 'private' ? [words.stays_private] :
    fill(words.becomes_public, { author: author.value.trim() || words.a_customer, page: page.value }));
}

/* Shows each of `messages` (by field, in parts) beside its field and `message` for the whole form, in place of all
   earlier ones. */
function report(form, messages = {}, ...message) {
  for (const name of ['text', 'author', 'email', 'reference']) {
    form.querySelector(`#${name}-error`).replaceChildren(...messages[name] || '');
    form.elements[name].setAttribute('aria-invalid', name in messages);
  }
  if (messages.reference) form.querySelector('details').open = true;
  form.querySelector('#status').replaceChildren(...message);
  form.querySelector('[aria-invalid=true]')?.focus();
}

/* The draft */

const place = () => 'amends:' + company.slug;

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(place()));
    if (kept?.off) isKept = false;
    else draft = kept || draft;
  } catch { /* denied: the draft in memory stands */ }
  if (!(Date.now() - draft?.at < (draft?.waiting ? WAIT : DAY))) forget();
  return draft;
}

/* The same content keeps its key, however often it is sent; a used key with other content would be refused. */
function keep(form) {
  isKept = form.querySelector('#keep').checked;
  const body = String(new URLSearchParams(new FormData(form)));
  if (draft.body != body) draft = { shown: draft.shown, body, key: randomKey() };
  draft.at = Date.now();
  store();
}

/* Returns whether the draft is on the device now. */
function store() {
  try {
    localStorage.setItem(place(), JSON.stringify(isKept ? draft : { off: true }));
    return isKept;
  } catch { /* denied or full: the draft lives as long as the page */ }
}

function forget() {
  draft = {};
  try {
    if (isKept) localStorage.removeItem(place());
  } catch { /* denied: nothing is there */ }
}

/* 128 random bits as 32 hexadecimal digits. */
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => (byte + 256).toString(16).slice(1)).join('');
}

/* Sending */

/* From now on it waits to be sent, whatever becomes of this page: see `deliver`. */
function send(event) {
  event.preventDefault();
  const { form } = event.currentTarget;
  if (!form.elements.text.value.trim()) {
    report(form, { text: [words.text_missing] });
    tell('error', { code: 'required' });
    return;
  }
  keep(form);
  delete draft.refusal;
  draft.waiting = true;
  store();
  report(form, {}, words.sending);
  more().then(able => able.deliver(), () => wait(words.offline));
}

/* Says that it is not sent yet, and why. */
function wait(...message) {
  const form = dialog?.querySelector('form');
  const page = link(words.own_page, `${base}${company.slug}/new`);
  page.addEventListener('click', () => { // sent from there, it must not be sent from here as well
    delete draft.waiting;
    store();
  });
  const isSafe = store();
  if (form) {
    const then = isSafe ? words.waiting : words.not_sent;
    report(form, {}, ...message, ' ', words.unsent, ' ', then, ' ', ...fill(words.or_page, { page }));
  }
  if (isSafe) tell('queued');
  else tell('error', { code: 'not_sent' });
}
