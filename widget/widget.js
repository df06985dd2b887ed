/* Amends, the launcher. A plain click on a link marked data-amends opens the feedback form in place.
   The link is the product: whatever fails here (the import, a missing <dialog>) must end at its address. */
(() => {
  if (window.amends?.ready) return; // included twice, or evaluated again by a body swap

  const { src, dataset } = document.currentScript;
  const options = { ...dataset };
  const base = new URL(options.endpoint || '..', src).href;
  const queue = window.amends?.q || [];
  const html = document.documentElement;
  const life = new AbortController(); // ends with amends('destroy')
  let form;

  for (const name of Object.keys(options)) {
    if (!/^(board|company|endpoint|kind|label|lang|position|theme)$/.test(name)) console.warn('amends: unknown option ' + name);
  }

  const host = document.createElement('amends-launcher');
  const launcher = document.createElement('a');
  launcher.dataset.amends = '';

  const load = company => import(
    `${base}w/form/${company}/${options.lang || html.lang || navigator.language}.js`
  ).then(module => {
    if (module != form) form?.close(); // another company's
    form = module;
  });

  const open = (link, more) => {
    const company = link.href.split(base)[1]?.split('/')[0] || options.company;
    const follow = () => { location = link.href; };
    const timer = setTimeout(follow, 10000); // milliseconds: a server that hangs is a failure too
    load(company).then(() => {
      clearTimeout(timer);
      form.open({ ...options, ...more }, link);
    }).catch(follow);
  };

  const set = more => {
    Object.assign(options, more);
    launcher.href = base + options.company + '/new';
    launcher.textContent = options.label || 'Feedback';
  };

  document.addEventListener('click', event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find(node => node.matches?.('a[data-amends]'));
    if (link) {
      open(link);
      event.preventDefault(); // last, so that an exception above leaves the link a link
    }
  }, life);

  const commands = {
    open: more => open(launcher, more),
    close: () => form?.close(),
    set,
    on: (event, act) => document.addEventListener('amends:' + event, ({ detail }) => act(detail), life),
    destroy: () => {
      form?.close();
      life.abort();
      host.remove();
      delete window.amends;
    },
  };
  window.amends = (command, ...more) => commands[command]?.(...more);
  amends.ready = true;
  set();
  for (const call of queue) amends(...call);

  // What could not be sent when it was written is sent now: see form.js. Not right away, as to look for it takes as long as to
  // show the button.
  setTimeout(() => {
    try {
      for (const key in localStorage) {
        if (/^amends:/.test(key) && /"waiting":true/.test(localStorage[key])) {
          load(key.slice(7)).then(() => form.deliver(options), () => {});
        }
      }
    } catch { /* denied: nothing waits there */ }
  }, 1000);

  const show = () => {
    // One sheet for page and shadow root: its first rule matches only outside, the others only inside. What hides
    // elements that are not defined, as many pages do, must not hide the button: a property that nobody else has may.
    const sheet = new CSSStyleSheet();
    const corner = options.position == 'start' ? 'start' : 'end';
    sheet.replaceSync(`
html:has([data-amends]) { --amends-launcher: none }
:host { all: initial !important }
:host a {
  all: initial; cursor: revert; outline: revert; display: var(--amends-launcher, block);
  position: fixed; z-index: 99999; bottom: 16px; inset-inline-${corner}: 16px;
  padding: 12px 16px; border: 1px solid #fff9; font: medium system-ui;
  color: #fff; background: var(--amends-accent, #15191e);
}
@media print { :host a { display: none } }`);
    const root = host.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    document.adoptedStyleSheets.push(sheet);
    root.append(launcher);
    html.append(host); // not in <body>, which single page applications replace
  };

  // Not before the page is complete: what makes a whole document its own, as React does, wants it as it was sent.
  if (!options.company) return;
  if (document.readyState == 'complete') show();
  else addEventListener('load', show, life);
})();
