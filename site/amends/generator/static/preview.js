// Shows a page of a preview anew when the record has changed. A page that nobody sees waits until it is looked at: a
// browser has few connections for one server.
(() => {
  "use strict";
  const { edition, changed } = document.currentScript.dataset;
  let events = null;

  function listen() {
    if (document.hidden) {
      events?.close();
      events = null;
    } else if (!events) {
      events = new EventSource(changed);
      events.onmessage = (message) => {
        if (message.data !== edition) location.reload();
      };
    }
  }

  document.addEventListener("visibilitychange", listen);
  listen();
})();
