// What the pages cannot know when they are built: how long ago something was, and that a time has passed since.
// The pages say all of it in dates; nothing here has to run for them to be read.

(() => {
  "use strict";

  const MINUTE = 60 * 1000;
  const { lang, dataset } = document.documentElement;
  const { joint, left, over } = dataset;
  // Arabic spells its units out; its digits are the board's.
  const unitDisplay = lang.startsWith("ar") ? "long" : "short";
  const [days, hours, minutes] = ["day", "hour", "minute"].map(
    (unit) => new Intl.NumberFormat(`${lang}-u-nu-latn`, { style: "unit", unit, unitDisplay }),
  );

  // As Language.duration() writes it: two units at most, and none that is zero.
  function duration(ms) {
    const whole = Math.floor(ms / MINUTE);
    const parts = [
      [Math.floor(whole / 1440), days],
      [Math.floor(whole / 60) % 24, hours],
      [whole % 60, minutes],
    ];
    const first = parts.findIndex(([number]) => number > 0);
    return first < 0 ? [[0, minutes]] : parts.slice(first, first + 2).filter(([number]) => number > 0);
  }

  function written(ms) {
    return duration(ms).map(([number, unit]) => unit.format(number)).join(joint);
  }

  function make(tag, ...children) {
    const made = document.createElement(tag);
    made.append(...children);
    return made;
  }

  // An empty element that shows how long something has lasted, its numbers larger than its units.
  function showAge(element, now) {
    const shown = make("span");
    duration(Math.max(now - Date.parse(element.dataset.since), 0)).forEach(([number, unit], index) => {
      const parts = unit.formatToParts(number).map(({ type, value }) =>
        make(type === "integer" || type === "group" ? "span" : "small", value),
      );
      shown.append(make("small", index ? joint : ""), make("span", ...parts));
    });
    shown.className = "ticking";
    element.querySelector(".ticking")?.remove();
    element.append(shown);
    element.hidden = false;
  }

  // An empty element that shows how much time is left, or how long it is over.
  function showLeft(element, now) {
    const rest = Date.parse(element.dataset.until) - now;
    element.textContent = (rest > 0 ? left : over).replace("{}", written(Math.abs(rest)));
    element.hidden = false;
  }

  // Something whose time has passed since the page was built: it says so, and looks so.
  function turnLate(element, now) {
    if (Date.parse(element.dataset.due) > now) {
      return;
    }
    const { late } = element.dataset;
    if (late) {
      (element.querySelector(".word") || element.lastChild).textContent = late;
    }
    if (!element.classList.contains("disp")) {
      element.classList.remove("wait", "said");
      element.classList.add("late", "solid");
    }
    element.removeAttribute("data-due");
  }

  function tick() {
    const now = Date.now();
    document.querySelectorAll("[data-due]").forEach((element) => turnLate(element, now));
    document.querySelectorAll("[data-since]").forEach((element) => showAge(element, now));
    document.querySelectorAll("[data-until]").forEach((element) => showLeft(element, now));
  }

  tick();
  if (document.querySelector("[data-due], [data-since], [data-until]")) {
    setInterval(tick, MINUTE);
  }
})();
