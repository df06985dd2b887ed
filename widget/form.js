/* Amends, the form: an ES module, fetched at the first tap from /w/form/<company>/<language>.js. There the service
   appends `export const company = {...};` and `export const strings = {...};`, so only functions may read these two.
   All is made of elements, text nodes and one constructed style sheet: neither `style-src 'self'` nor Trusted Types
   has to make an exception. */

const DAY = 86400000; // milliseconds
const PATIENCE = 20000; // milliseconds until a submission without an answer counts as not sent
const base = new URL('../../..', import.meta.url).href;

let dialog;
let sending; // the AbortController of the submission under way
let draft; // {at, body, key}; kept here as well as on the device, where storage may be denied

/** Shows the form. `options` are the launcher's data-* options, `opener` is the link that was clicked. */
export function open(options, opener) {
  if (dialog?.isConnected) return;
  const host = make('amends-form');
  const root = host.attachShadow({ mode: 'open' });
  dialog = make('dialog', { 'aria-labelledby': 'title', lang: strings.lang, dir: strings.dir });
  root.adoptedStyleSheets = [sheet(options.theme)];
  root.append(dialog);
  // From outside, the target of a key is the host and no text field: the page's own shortcuts would fire.
  for (const type of ['keydown', 'keypress', 'keyup']) dialog.addEventListener(type, event => event.stopPropagation());
  dialog.addEventListener('close', () => {
    sending?.abort();
    host.remove();
    // The browser gave the focus back, if the click had given it: Safari does not focus a clicked link.
    if (document.activeElement == document.body) opener.focus();
    tell('close');
  });
  document.documentElement.append(host); // not in <body>, which single page applications replace
  dialog.showModal();
  showForm(opener);
  tell('open');
}

/** Closes the form. What was written stays as a draft. */
export function close() {
  dialog?.close();
}

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent('amends:' + name, { detail: { company: company.slug, ...detail } }));
}

/* Elements */

function make(tag, attributes, ...children) {
  const space = /svg|path/.test(tag) ? '2000/svg' : '1999/xhtml';
  const element = document.createElementNS('http://www.w3.org/' + space, tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
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
    button('×', close, { class: 'close', 'aria-label': strings.close }));
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

const kinds = () => ({
  complaint: [strings.problem, strings.ask_problem],
  question: [strings.question, strings.ask_question],
  idea: [strings.idea, strings.ask_idea],
  praise: [strings.thanks, strings.ask_thanks],
});

function showForm(opener) {
  const form = make('form', { novalidate: '' },
    head(make('label', { for: 'text' })),
    choices('kind', { class: 'chips' }, strings.kind,
      Object.entries(kinds()).map(([kind, [label]]) => [kind, TICK, label])),
    ...field('text', {}, 'textarea'),
    make('div', { class: 'pair' },
      line('author', strings.name, strings.optional, { autocomplete: 'nickname' }),
      line('email', strings.email, strings.email_why, { type: 'email', autocomplete: 'email' })),
    make('details', {},
      make('summary', {}, make('b', {}, strings.order), ' ', icon(LOCK), strings.order_who),
      ...field('reference', { 'aria-label': strings.order, autocomplete: 'off' })),
    choices('publicity', { class: 'who', 'aria-describedby': 'note' }, strings.who,
      [['public', EYE, strings.public], ['private', LOCK, strings.private]]),
    make('p', { id: 'note' }),
    ...Object.entries(circumstances(opener)).map(([name, value]) => make('input', { type: 'hidden', name, value })),
    make('input', { name: 'website', hidden: '', autocomplete: 'off' }), // a trap: only machines see it
    make('p', { id: 'status', role: 'status' }),
    make('div', { class: 'bar' },
      make('button', { class: 'main' }, strings.send),
      link(strings.privacy, company.privacy)));
  recall(form);
  refresh(form);
  form.addEventListener('input', () => {
    keep(form);
    refresh(form);
  });
  form.addEventListener('submit', send);
  dialog.replaceChildren(form);
  form.elements.text.focus();
}

function circumstances({ dataset, search }) {
  return {
    page: location.pathname, // without the query, which may hold what is nobody's business
    language: document.documentElement.lang,
    same: dataset.same || new URLSearchParams(search).get('same') || '',
  };
}

/* Brings the heading and the note on publicity in line with the answers so far. */
function refresh(form) {
  const { kind, publicity, author, page } = form.elements;
  form.querySelector('h2 label').textContent = kinds()[kind.value][1];
  form.querySelector('#note').replaceChildren(...publicity.value == 'private' ? [strings.stays_private] :
    fill(strings.becomes_public, { author: author.value.trim() || strings.a_customer, page: page.value }));
}

/* The draft */

const place = () => 'amends:' + company.slug;

function recall(form) {
  try {
    draft = JSON.parse(localStorage.getItem(place()));
  } catch { /* denied: the draft in memory stands */ }
  if (!(draft?.at > Date.now() - DAY)) forget();
  const preset = 'kind=complaint&publicity=' + (company.sensitive ? 'private' : 'public');
  for (const [name, value] of new URLSearchParams(preset + '&' + (draft?.body || ''))) {
    const control = form.elements[name]; // of radio buttons the list, whose value is that of the checked one
    if (control && control.type != 'hidden') control.value = value;
  }
}

/* The same content keeps its key, however often it is sent; a used key with other content would be refused. */
function keep(form) {
  const body = String(new URLSearchParams(new FormData(form)));
  draft = { at: Date.now(), body, key: draft?.body == body ? draft.key : randomKey() };
  try {
    localStorage.setItem(place(), JSON.stringify(draft));
  } catch { /* denied or full: the draft lives as long as the page */ }
}

function forget() {
  draft = null;
  try {
    localStorage.removeItem(place());
  } catch { /* denied: nothing is there */ }
}

/* 128 random bits as 32 hexadecimal digits. */
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => (byte + 256).toString(16).slice(1)).join('');
}

/* Sending */

async function send(event) {
  event.preventDefault();
  const form = event.target;
  if (sending) return;
  if (!form.elements.text.value.trim()) {
    refuse(form, { code: 'required', fields: { text: strings.text_missing } });
    return;
  }
  keep(form);
  report(form, {}, strings.sending);
  const answer = await post();
  if (!answer) notSent(form);
  else if (answer.error) refuse(form, answer.error);
  else accept(answer);
}

/* Returns the receipt or the refusal; nothing where there was neither: no connection, no answer in time, 429, 5xx. */
async function post() {
  sending = new AbortController();
  const timer = setTimeout(() => sending.abort(), PATIENCE);
  try {
    const response = await fetch(base + company.slug + '/feedback', {
      method: 'POST',
      body: new URLSearchParams(draft.body + '&key=' + draft.key),
      headers: { Accept: 'application/json' }, // with any other header the browser would ask for permission first
      credentials: 'omit',
      referrerPolicy: 'origin',
      signal: sending.signal,
    });
    const { status } = response;
    const answer = await response.json();
    return status == 201 || status < 500 && status != 429 && answer.error ? answer : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    sending = null;
  }
}

function accept(answer) {
  forget();
  showReceipt(answer);
  tell('sent', { case: answer.case, publicity: answer.publicity });
}

function refuse(form, { code, message = '', fields }) {
  report(form, fields, message);
  form.querySelector('[aria-invalid=true]')?.focus();
  tell('error', { code });
}

function notSent(form) {
  report(form, {}, ...fill(strings.not_sent, { page: link(strings.own_page, base + company.slug + '/new') }));
  form.querySelector('.main').textContent = strings.try_again;
  tell('error', { code: 'not_sent' });
}

/* Shows each message beside its field and `message` for the whole form, in place of all earlier ones. */
function report(form, messages = {}, ...message) {
  for (const name of ['text', 'author', 'email', 'reference']) {
    form.querySelector(`#${name}-error`).textContent = messages[name] || '';
    form.elements[name].setAttribute('aria-invalid', name in messages);
  }
  if (messages.reference) form.querySelector('details').open = true;
  form.querySelector('#status').replaceChildren(...message);
  form.querySelector('.main').textContent = strings.send;
}

/* The receipt */

function showReceipt({ case: number, link: address, reply_by, publicity, board }) {
  const row = (name, ...values) => make('div', {}, make('dt', {}, name), make('dd', {}, ...values));
  const when = make('b', {}, local(reply_by));
  const contacts = company.contacts.map(contact => make('p', {}, ...reach(contact)));
  dialog.replaceChildren(
    head(icon(TICK), make('b', {}, ...fill(strings.sent, { company: company.name }))),
    make('p', {}, ...publicity == 'private' ? fill(strings.promise_private, { time: when }) : fill(strings.promise, { time: when })),
    make('dl', {},
      row(strings.case, make('b', { class: 'number' }, number)),
      row(strings.link, ...keepsake(address)),
      row(strings.is_public, publicity == 'private' ? strings.never : strings.not_yet),
      ...contacts.length ? [row(strings.other_ways, ...contacts)] : []),
    make('div', { class: 'bar' },
      button(strings.another, () => showForm({ dataset: {} })),
      ...board ? [link(strings.see_board, board)] : []));
  dialog.querySelector('h2').focus();
}

function keepsake(address) {
  const input = make('input', { readonly: '', value: address, dir: 'ltr', 'aria-label': strings.link });
  const copy = button(strings.copy, async () => {
    input.select();
    try {
      await navigator.clipboard.writeText(address);
      copy.textContent = strings.copied;
    } catch { /* denied: the link stays selected, the keyboard can copy it */ }
  }, { 'aria-live': 'polite' });
  return [make('div', { class: 'bar' }, input, copy), make('small', {}, strings.link_use), ' ', link(strings.open, address)];
}

function reach({ kind, value, note }) {
  const scheme = { email: 'mailto:', phone: 'tel:' }[kind] || '';
  const address = kind == 'phone' ? value.replace(/[^+\d]/g, '') : value;
  return [scheme || /^https?:/.test(value) ? link(value, scheme + address) : value, make('br'), note];
}

/* An instant in the visitor's time zone and the form's language. That of the browser would not do: Chromium has been
   seen to report `en-US@posix`, at which Intl throws. */
function local(instant) {
  return new Date(instant).toLocaleString(strings.lang == 'en' ? 'en-GB' : strings.lang, {
    weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit', timeZoneName: 'short'
  });
}

/* The look */

const EYE = 'M1.5 8Q8-1 14.5 8 8 17 1.5 8zM8 6a2 2 0 1 0 .1 0z';
const LOCK = 'M3 7.5h10v6H3zM5.5 7V5a2.5 2.5 0 0 1 5 0v2';
const TICK = 'M3 8.5l3.5 3.5L13 4.5';

const look = accent => `
:host { all: initial !important }
* { box-sizing: border-box }
dialog {
  color-scheme: light; --bg: #fff; --quiet: #f4f5f6; --ink: #15191e; --muted: #565d66; --edge: #868e97;
  --rule: #d6dadf; --good: #17653a; --late: #b0241c; --on-accent: #fff;
  --given: var(--amends-accent, ${accent}); --accent: var(--given);
  width: 428px; max-width: 100%; max-height: 100dvh; margin: auto; padding: 16px 24px 24px;
  border: 0; border-top: 4px solid var(--accent); color: var(--ink); background: var(--bg);
  box-shadow: 0 8px 40px #0006; overflow: auto; overscroll-behavior: contain;
  font: medium/1.5 system-ui, sans-serif;
}
dialog::backdrop { background: #15191e99 }
h2, p, dl, dd, fieldset, legend { margin: 0; padding: 0; border: 0; min-width: 0 }
.bar, fieldset div, h2, span { display: flex; gap: 8px; align-items: center }
h2 { flex: 1; font-size: 1.25em; line-height: 1.3; outline: 0 }
svg { width: 16px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round }
h2 svg { width: 24px; stroke: var(--good) }
div > label, legend, summary, dt, small, .error, #note, #status, .bar a { font-size: .875em; color: var(--muted) }
b, legend { font-weight: 600; color: var(--ink) }
input, textarea, button, span {
  min-height: 44px; margin: 0; border: 1px solid var(--edge); border-radius: 3px;
  font: inherit; color: inherit; background: var(--bg);
}
input, textarea { width: 100%; padding: 8px 12px }
textarea {
  min-height: 124px; max-height: 40vh; margin-top: 12px; resize: vertical; field-sizing: content;
  font: 1.1em/1.5 Charter, Cambria, Georgia, serif;
}
button { padding: 0 16px; cursor: pointer }
.close { width: 44px; margin-inline-end: -12px; padding: 0; border: 0; font-size: 1.8em }
.main {
  padding: 0 24px; border-color: transparent;
  font-weight: 600; color: var(--on-accent); background: var(--accent);
}
a { color: inherit; text-underline-offset: 3px }
fieldset div { flex-wrap: wrap }
fieldset label { position: relative; color: var(--ink) }
fieldset input { position: absolute; inset: 0; opacity: 0; cursor: pointer }
span { justify-content: center; padding: 0 12px }
.chips legend { position: absolute; clip-path: inset(50%) }
.chips span { border-radius: 22px }
.chips :checked + span { font-weight: 600; color: var(--bg); background: var(--ink) }
.chips :not(:checked) + span svg { display: none }
.who div { gap: 0; margin-top: 4px }
.who label { flex: auto; font-size: .8125em }
.who span { padding: 0 5px; border-radius: 0 }
.who :checked + span { border: 3px solid var(--accent); padding: 0 3px; font-weight: 600; color: var(--accent) }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 0 16px }
.pair div { display: grid; grid-row: span 3; grid-template-rows: subgrid; margin-top: 12px }
.pair label { align-self: end }
summary { padding: 11px 0; cursor: pointer }
details[open] { margin-bottom: 12px }
summary b { text-decoration: underline 1px; text-underline-offset: 3px }
summary svg { margin: 0 4px; vertical-align: -3px }
#note { margin: 12px 0; padding: 12px 14px; background: var(--quiet) }
.error, #status { color: var(--late) }
#status:not(:empty) { margin-bottom: 12px }
[aria-invalid=true] { border: 2px solid var(--late) }
:focus-visible, :focus-visible + span { outline: 2px solid var(--ink); outline-offset: 2px }
dl { margin: 16px 0 12px; border-top: 1px solid var(--ink) }
dl > div {
  display: grid; grid-template-columns: 110px 1fr; gap: 14px;
  padding: 12px 0; border-bottom: 1px solid var(--rule);
}
.number { font-size: 1.4em; line-height: 1; font-variant-ligatures: none }
@media (width < 480px) {
  dialog { width: 100%; margin-bottom: 0; padding: 12px 18px 16px; border-radius: 12px 12px 0 0 }
  .main { flex: 1 }
}
`;

const DARK = `
dialog {
  color-scheme: dark; --bg: #121518; --quiet: #1b1f24; --ink: #e9e7e2; --muted: #a4abb3; --edge: #7a838c;
  --rule: #323940; --good: #74c997; --late: #ff8e80; --accent: var(--ink); --on-accent: #121518;
}
@supports (color: oklch(from red l c h)) {
  dialog { --accent: oklch(from var(--given) max(l, .78) c h) }
}
`;

function sheet(theme) {
  const result = new CSSStyleSheet();
  const when = { dark: 'all', light: 'not all' }[theme] || '(prefers-color-scheme: dark)';
  result.replaceSync(look(company.accent || '#15191e') + `@media ${when} {${DARK}}`);
  return result;
}
