/* Amends, what is needed after the visitor began to write: an ES module, fetched then from /w/more/<language>.js, where
   the service appends `export const strings = {...}` and `css = '...'`. `form.js` hands its own parts over. */

const PATIENCE = 20000; // milliseconds until a submission without an answer counts as not sent
const PAUSE = 700; // milliseconds without a key after which the visitor is thought to think
const AGAIN = 60000; // milliseconds until what could not be sent is tried again

const TICK = 'M3 8.5l3.5 3.5L13 4.5';

/** Returns what the form calls: deliver, preview, typing, explain, gone. `form` is what form.js hands over. */
export function start(form) {
  const { base, company, options, make, fill, icon, button, link, head, tell } = form;
  const words = { ...form.words, ...strings, ...options.strings };
  let isSending = false;
  let again; // the timer of the next try
  let pause;
  let alike; // a promise of what finds written answers and solved cases

  addEventListener('online', deliver);
  return { deliver, preview, typing, explain, gone };

  /* Sending */

  /* Sends the draft that waits. It is asked for by the form, when the connection is back, and once a minute. */
  async function deliver() {
    const sent = form.draft();
    if (isSending || !sent.waiting) return;
    isSending = true;
    const [status, answer] = await post('feedback', `${sent.body}&shown=${sent.shown}&key=${sent.key}`);
    isSending = false;
    if (status == 201) accept(sent, answer);
    else if (answer?.error && status < 500 && status != 429) refuse(sent, answer.error);
    else {
      clearTimeout(again);
      again = setTimeout(deliver, AGAIN);
      if (form.draft() == sent) form.wait(...answer?.error ? said(answer.error) : [words.offline]);
    }
    if (form.draft() != sent) deliver(); // it was changed and sent again meanwhile
  }

  /* Returns the status of the answer and what it says; nothing where there was no connection, no answer in time or no
     answer of the service. */
  async function post(action, body) {
    try {
      const response = await fetch(`${base}${company.slug}/${action}`, {
        method: 'POST',
        body: new URLSearchParams(body),
        headers: { Accept: 'application/json' }, // with any other header the browser would ask for permission first
        credentials: 'omit',
        keepalive: true, // it goes on where the page is left
        referrerPolicy: 'origin',
        signal: AbortSignal.timeout(PATIENCE),
      });
      return [response.status, await response.json()];
    } catch {
      return [];
    }
  }

  function accept(sent, answer) {
    if (form.draft() == sent) form.forget(); // else it was changed while it was on its way
    if (!form.dialog()?.open) {
      form.stage();
      form.dialog().className = 'aside';
      form.dialog().setAttribute('role', 'status');
      form.dialog().open = true; // `show` would take the focus
    }
    showReceipt(answer);
    tell('sent', { case: answer.case, publicity: answer.publicity });
  }

  function refuse(sent, error) {
    delete sent.waiting;
    sent.refusal = error; // told when the form is opened again
    if (form.draft() == sent) form.store();
    explain(error);
    tell('error', { code: error.code });
  }

  /* Shows a refusal of the service beside the fields that it is about. */
  function explain(error) {
    const shown = form.dialog()?.open && form.dialog().querySelector('form');
    if (!shown) return;
    const fields = {};
    for (const name of Object.keys(error.fields)) fields[name] = said({ code: error.codes[name], message: error.fields[name] });
    form.report(shown, fields, ...Object.keys(fields).length ? [] : said(error));
  }

  /* What the service said, in the language of the form where that has words for it. */
  function said({ code, message }) {
    const page = link(words.own_page, `${base}${company.slug}/new`);
    const most = company.most.toLocaleString(words.lang);
    return words[code] ? fill(words[code], { company: company.name, most, page }) : [message];
  }

  /* What everyone will read */

  async function preview(shown) {
    const [status, answer] = await post('preview', new URLSearchParams(new FormData(shown)));
    if (status != 200) {
      if (answer?.error) explain(answer.error);
      else form.report(shown, {}, words.offline);
      return;
    }
    const { publicity, text, author, page, found } = answer;
    form.report(shown);
    look();
    shown.querySelector('#preview').replaceChildren(...publicity == 'private' ? [words.stays_private] : [
      make('h3', {}, words.will_read),
      make('blockquote', { dir: 'auto' }, text),
      make('p', {}, make('bdi', {}, author || words.a_customer), ...page ? [' · ', make('bdi', {}, page)] : []),
      make('p', {}, found.length ? plural(words.hidden, found.length) : words.none_found),
    ]);
  }

  /* The form of a sentence for a number, by the rules of the language. */
  function plural(forms, count) {
    return (forms[new Intl.PluralRules(words.lang).select(count)] || forms.other).replace('{count}', count);
  }

  /* What was answered before */

  function typing(shown) {
    shown.querySelector('#preview').replaceChildren(); // of other words
    clearTimeout(pause);
    pause = setTimeout(offer, PAUSE, shown);
  }

  async function offer(shown) {
    try {
      alike ||= import(`${base}w/similar/${company.slug}.js`);
      const { text, kind } = shown.elements;
      const isAsking = kind.value == 'complaint' || kind.value == 'question';
      const found = isAsking ? (await alike).similar(text.value, words.lang) : [];
      const items = found.map(({ kind, title, href, language }) => make('li', {},
        make('bdi', { lang: language || '' }, link(title, href)), kind == 'case' ? ' ' + words.solved : ''));
      look();
      shown.querySelector('#alike').replaceChildren(
        ...items.length ? [make('h3', {}, words.alike), make('ul', {}, ...items)] : []);
    } catch { /* it helps where it can, and holds nobody up */ }
  }

  /* The receipt */

  function showReceipt({ case: number, link: address, reply_by, publicity, board }) {
    const row = (name, ...values) => make('div', {}, make('dt', {}, name), make('dd', {}, ...values));
    const when = make('b', {}, local(reply_by));
    const isPrivate = publicity == 'private';
    look();
    form.dialog().replaceChildren(
      head(icon(TICK), make('b', {}, ...fill(words.sent, { company: company.name }))),
      make('p', {}, ...fill(isPrivate ? words.promise_private : words.promise, { time: when })),
      make('dl', {},
        row(words.case, make('b', { class: 'number' }, number)),
        row(words.link, ...keepsake(address)),
        row(words.is_public, isPrivate ? words.never : words.not_yet),
        ...company.contacts.length ? [row(words.other_ways, ...ways())] : []),
      make('div', { class: 'bar' },
        button(words.another, () => form.showForm()),
        link(words.see_board, options.board || board)));
    if (form.dialog().matches(':modal')) form.dialog().querySelector('h2').focus(); // else the visitor is elsewhere
  }

  function keepsake(address) {
    const input = make('input', { readonly: '', value: address, dir: 'ltr', 'aria-label': words.link });
    const copy = button(words.copy, async () => {
      input.select();
      try {
        await navigator.clipboard.writeText(address);
        copy.textContent = words.copied;
      } catch { /* denied: the link stays selected, the keyboard can copy it */ }
    }, { 'aria-live': 'polite' });
    return [make('div', { class: 'bar' }, input, copy), make('small', {}, words.link_use), ' ', link(words.open, address)];
  }

  /* Says in place of the form that the company has left, and where else it can be reached. */
  function gone() {
    look();
    form.dialog().replaceChildren(
      head(make('b', {}, company.name)),
      make('p', {}, ...fill(words.left, { company: company.name })),
      ...ways(),
      make('div', { class: 'bar' }, link(words.see_board, options.board || company.board)));
    form.dialog().querySelector('h2').focus();
  }

  function ways() {
    return company.contacts.map(contact => make('p', {}, ...reach(contact)));
  }

  function reach({ kind, value, note }) {
    const scheme = { email: 'mailto:', phone: 'tel:' }[kind] || '';
    const address = kind == 'phone' ? value.replace(/[^+\d]/g, '') : value;
    return [scheme || /^https?:/.test(value) ? link(value, scheme + address) : value, make('br'), note];
  }

  /* An instant in the visitor's time zone and the form's language. That of the browser would not do: Chromium has been
     seen to report `en-US@posix`, at which Intl throws. */
  function local(instant) {
    return new Date(instant).toLocaleString(words.lang == 'en' ? 'en-GB' : words.lang, {
      weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit', timeZoneName: 'short'
    });
  }

  /* Gives the dialog the look of what is shown in it from here on. */
  function look() {
    const root = form.dialog().getRootNode();
    if (root.adoptedStyleSheets.length < 2) root.adoptedStyleSheets = [...root.adoptedStyleSheets, form.sheet(css)];
  }
}
