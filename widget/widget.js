/* Amends, the launcher. A plain click on a link marked data-amends opens the feedback form in place.
   The link is the product: whatever fails here (the import, a missing <dialog>) must end at its address. */
(() => {
  if (window.amends?.ready) return; // included twice, or evaluated again by a body swap

  const { src, dataset } = document.currentScript;
  const base = new URL('..', src).href;
  const queue = window.amends?.q || [];
  let form;

  for (const name in dataset) {
    if (!['company', 'lang', 'theme', 'position'].includes(name)) console.warn('amends: unknown option ' + name);
  }

  const launcher = document.createElement('a');
  launcher.dataset.amends = '';
  launcher.href = base + dataset.company + '/new';
  launcher.textContent = 'Feedback';

  const open = (link = launcher) => {
    const company = link.href.startsWith(base) ? link.href.slice(base.length).split('/')[0] : dataset.company;
    const language = (dataset.lang || document.documentElement.lang || 'en').split('-')[0];
    const follow = () => { location = link.href; };
    const timer = setTimeout(follow, 10000); // milliseconds: a server that hangs is a failure too
    import(`${base}w/form/${company}/${language}.js`).then(module => {
      clearTimeout(timer);
      form = module;
      form.open(dataset, link);
    }).catch(follow);
  };

  document.addEventListener('click', event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find(node => node.matches?.('a[data-amends]'));
    if (link) {
      open(link);
      event.preventDefault(); // last, so that an exception above leaves the link a link
    }
  });

  const commands = { open: () => open(), close: () => form?.close() };
  window.amends = command => commands[command]?.();
  amends.ready = true;
  for (const [command] of queue) amends(command);

  const show = () => {
    // One sheet for page and shadow root: its first rule matches only outside, the others only inside.
    const sheet = new CSSStyleSheet();
    const corner = dataset.position == 'start' ? 'start' : 'end';
    sheet.replaceSync(`
html:has([data-amends]) > amends-launcher { display: none }
:host a {
  all: initial; position: fixed; z-index: 99999; bottom: 16px; inset-inline-${corner}: 16px;
  padding: 12px 16px; border: 1px solid #fff9; font: medium/1.2 system-ui, sans-serif;
  color: #fff; background: var(--amends-accent, #15191e); cursor: pointer;
}
:host a:focus-visible { outline: 2px solid; outline-offset: -5px }
@media print { :host a { display: none } }`);
    const host = document.createElement('amends-launcher');
    const root = host.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    document.adoptedStyleSheets.push(sheet);
    root.append(launcher);
    document.documentElement.append(host); // not in <body>, which single page applications replace
  };

  // Not while the page is still being read: the link may be in its last line.
  if (!dataset.company) return;
  if (document.readyState == 'loading') document.addEventListener('DOMContentLoaded', show);
  else show();
})();
