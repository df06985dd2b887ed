/* Comforts of the desk; it works without them. */

// The list beside a case shows where one is in it.
const side = document.querySelector('.side');
const here = side?.querySelector('.here');
if (here) side.scrollTop = here.offsetTop - side.clientHeight / 2;

// The seconds that are left to undo something. Hidden from screen readers, which would read out each of them.
for (const place of document.querySelectorAll('.countdown')) {
  const end = Date.now() + place.dataset.seconds * 1000;
  const tick = () => {
    place.textContent = `, in ${Math.max(Math.ceil((end - Date.now()) / 1000), 0)} s`;
  };
  tick();
  setInterval(tick, 500);
}

// When it has left the case is shown as it is then, but never under the hands of somebody who types (WCAG 2.2.1).
const again = document.querySelector('[data-again]');
if (again) {
  const seconds = Number(document.querySelector('.countdown').dataset.seconds) + 2;
  setTimeout(() => {
    if (!document.activeElement.matches('input, textarea, select')) location.replace(again.href);
  }, seconds * 1000);
}

// --- Keys. Each of them is a link or a button, too; the page of keys turns the single ones off. ---

const step = (by) => {
  const links = [...document.querySelectorAll('.waiting a')];
  const open = links.findIndex((link) => link.ariaCurrent === 'page');
  const at = open < 0 ? links.indexOf(document.activeElement) : open;
  const next = links[at < 0 ? 0 : at + by];
  if (open < 0) next?.focus();
  else next?.click();
};

const press = (key) => {
  if (key === 'j') return step(1);
  if (key === 'k') return step(-1);
  if (key === 'o') return document.activeElement.closest('.waiting a')?.click();
  const wanted = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (wanted?.matches('input')) wanted.focus();
  else if (key === '/') location.assign('/desk/#q');
  else wanted?.click();
  return wanted;
};
if (location.hash === '#q') document.querySelector('#q')?.focus();

document.addEventListener('keydown', (event) => {
  const types = event.target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && types?.form) {
    event.preventDefault();
    types.form.requestSubmit(types.form.querySelector('button.main') ?? types.form.querySelector('button'));
    return;
  }
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing && event.key.length === 1;
  if (types || !isPlain || document.querySelector('.top')?.dataset.keys !== 'on') return;
  const is = press(event.key);
  if (is || event.key === '/') event.preventDefault();
});

// --- Writing ---

const form = document.querySelector('form.reply');
const text = form?.querySelector('textarea');

const later = (milliseconds, work) => {
  let waiting;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(work, milliseconds);
  };
};

const send = (address) =>
  fetch(address, { method: 'POST', body: new FormData(form), headers: { Accept: 'application/json' } }).catch(() => undefined);

// What was undone comes back into the form: sessionStorage is this tab's alone, and is emptied at once.
const drawer = 'amends:undone:' + location.pathname;
for (const undo of document.querySelectorAll('.pending form')) {
  const words = undo.parentElement.querySelector('.kept');
  if (words) undo.addEventListener('submit', () => sessionStorage.setItem(drawer, words.textContent));
}
if (text && !text.value) {
  text.value = sessionStorage.getItem(drawer) ?? '';
  sessionStorage.removeItem(drawer);
}

// A draft is kept while somebody writes, so that the others see it and nothing is lost with the tab.
const keep = form?.querySelector('[data-draft]');
if (keep) form.addEventListener('input', later(2000, () => send(keep.formAction)));

// The coach reads along, on this server and nowhere else.
const place = form?.querySelector('.advising');
const show = (said) => {
  const items = [
    ...said.advice.map((one) => [one.message, one.words]),
    ...said.personal.map((words) => ['There is personal data in it; it will be hidden.', words]),
    ...said.promises.map((words) => ['This will be taken for a promise; you confirm it before it leaves.', words]),
  ];
  place.replaceChildren(
    ...items.map(([message, words]) => {
      const item = document.createElement('li');
      item.textContent = message;
      if (words) {
        const quoted = document.createElement('q');
        quoted.textContent = words.slice(0, 80);
        item.append(' ', quoted);
      }
      return item;
    }),
  );
};
const advise = async () => {
  const written = text.value;
  const answer = await send(place.dataset.address);
  // What came back late is about words that are no longer there.
  if (answer?.ok && text.value === written) show(await answer.json());
};
if (place) text.addEventListener('input', later(1000, advise));
