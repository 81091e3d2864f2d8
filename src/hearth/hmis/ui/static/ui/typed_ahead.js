// A list that is typed ahead: Enter takes the first of what is listed, which is marked, and Tab the only one or the one
// that is typed out. Without it both would empty the box in silence unless the whole text was typed.
(function () {
  "use strict";

  document.addEventListener("keydown", function (event) {
    var input = event.target, isEnter = event.key === "Enter";
    if ((!isEnter && event.key !== "Tab") || !input.matches || !input.matches(".usa-combo-box__input")) { return; }
    var box = input.closest(".usa-combo-box"), typed = input.value.trim().toLowerCase();
    if (!typed || input.getAttribute("aria-expanded") !== "true" || box.matches(".usa-combo-box--pristine")) { return; }
    var listed = Array.prototype.slice.call(box.querySelectorAll(".usa-combo-box__list-option"));
    var same = listed.filter(function (one) { return one.textContent.trim().toLowerCase() === typed; })[0];
    var taken = same || (isEnter || listed.length === 1 ? listed[0] : null);
    if (taken) { taken.click(); }
  }, true);
})();
