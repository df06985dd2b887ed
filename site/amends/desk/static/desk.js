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

// What was undone comes back into the form: sessionStorage is this tab's alone, and is emptied at once.
const drawer = 'amends:undone:' + location.pathname;
const text = document.querySelector('#reply textarea');
for (const form of document.querySelectorAll('.pending form')) {
  const words = form.parentElement.querySelector('.kept');
  if (words) form.addEventListener('submit', () => sessionStorage.setItem(drawer, words.textContent));
}
if (text && !text.value) {
  text.value = sessionStorage.getItem(drawer) ?? '';
  sessionStorage.removeItem(drawer);
}
