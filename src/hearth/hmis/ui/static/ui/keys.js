// Shortcuts of the keyboard; help/keyboard.html lists them. Ctrl+Enter presses the button `data-finish` of the form in
// which somebody types. Single keys work outside of fields only, and not where they were switched off on that page:
// "/" goes to the search, "?" opens the list in a new tab, "[" and "]" go to the person before or after.
(function () {
  "use strict";

  var OFF = "hearth-single-keys-off";  // kept in this browser: says nothing of anybody

  function isTyping(element) {
    return element.isContentEditable || /^(SELECT|TEXTAREA)$/.test(element.tagName)
      || (element.tagName === "INPUT" && !/^(radio|checkbox|button|submit|reset|file)$/.test(element.type));
  }
  function isOff() {
    try { return localStorage.getItem(OFF) !== null; } catch (error) { return false; }
  }

  function finish(event) {
    var form = event.target.form || (event.target.closest && event.target.closest("form"));
    form = form || document.querySelector("main form:has([data-finish])");
    var button = form && form.querySelector("[data-finish]");
    if (!button) { return; }
    event.preventDefault();
    if (event.target.matches(".usa-combo-box__input") && event.target.getAttribute("aria-expanded") === "true") {
      event.target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));  // take what is typed
    }
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
    form.requestSubmit(button);
  }

  function person(event, step) {
    var cards = Array.prototype.slice.call(document.querySelectorAll("details.hearth-person"));
    var here = cards.indexOf(event.target.closest("details.hearth-person"));
    var card = cards[here + step];
    if (here < 0 || !card) { return; }
    event.preventDefault();
    card.open = true;
    card.querySelector("summary").focus();
  }

  function search(event) {
    var box = document.querySelector("main input[type=search][name=q]");
    var elsewhere = document.body.dataset.searchAddress;
    if (!box && !elsewhere) { return; }
    event.preventDefault();
    if (box) { box.focus(); box.select(); } else { window.location.assign(elsewhere); }
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      finish(event);
      return;
    }
    // An identity is no draft: Enter in one of its fields would add or save it before the rest was asked.
    if (event.key === "Enter" && event.target.closest("[data-enter-stays]") && isTyping(event.target)) {
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || isOff()) { return; }
    if (event.key === "[" || event.key === "]") { person(event, event.key === "]" ? 1 : -1); }
    if (event.key === "/") { search(event); }
    if (event.key === "?" && document.body.dataset.keysAddress) {
      event.preventDefault();
      window.open(document.body.dataset.keysAddress, "_blank", "noopener");
    }
  });

  // Where a page is there to be filled in, its first question has the focus, and after a search the first of whom it
  // found, or the way to add somebody; nothing scrolls.
  function begin() {
    var place = document.querySelector("[data-begin]");
    if (!place || document.querySelector("[data-error-summary]") || location.hash
        || !window.matchMedia("(pointer: fine)").matches) {
      return;
    }
    var inputs = place.matches("input") ? [place] : Array.prototype.filter.call(
      place.querySelectorAll("input:not([type=hidden]), select, textarea, a[href]"),
      function (input) { return input.getClientRects().length > 0; });
    if (inputs.length) { inputs[0].focus({ preventScroll: true }); }
  }

  document.addEventListener("DOMContentLoaded", function () {
    begin();
    document.querySelectorAll("[data-single-keys]").forEach(function (button) {
      button.hidden = false;
      function show() {
        button.setAttribute("aria-pressed", String(!isOff()));
        button.textContent = isOff() ? "Switch single keys on" : "Switch single keys off";
      }
      button.addEventListener("click", function () {
        try {
          if (isOff()) { localStorage.removeItem(OFF); } else { localStorage.setItem(OFF, ""); }
        } catch (error) { return; }
        show();
      });
      show();
    });
  });
})();
