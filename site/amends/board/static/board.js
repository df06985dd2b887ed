// What the pages cannot know when they are built: how long ago something was, and that a time has passed since.
// The pages say all of it in dates; nothing here has to run for them to be read.

(() => {
  "use strict";

  const MINUTE = 60 * 1000;
  const { units, left, over } = document.documentElement.dataset;
  const [days, hours, minutes] = units.split(" ");

  // As times.duration() writes it: two units at most, and none that is zero.
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
    return duration(ms).map(([number, unit]) => `${number} ${unit}`).join(" ");
  }

  // An empty element that shows how long something has lasted.
  function showAge(element, now) {
    element.querySelectorAll(".ticking").forEach((old) => old.remove());
    for (const [number, unit] of duration(Math.max(now - Date.parse(element.dataset.since), 0))) {
      const count = document.createElement("span");
      const small = document.createElement("small");
      count.className = small.className = "ticking";
      count.textContent = `${number} `;
      small.textContent = `${unit} `;
      element.append(count, small);
    }
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
