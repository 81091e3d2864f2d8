// Closed questions by keyboard, only while one of their answers has the focus: a figure chooses the answer in that
// place, Y and N a yes or no, D and P the client's not knowing or not saying, Backspace takes the answer back.
(function () {
  "use strict";

  var BY_LETTER = { y: /^yes\b/i, n: /^no\b/i, d: /doesn.t know/i, p: /prefers not/i };

  function labelOf(input) {
    return input.labels && input.labels[0] ? input.labels[0].textContent.trim() : "";
  }

  function chosenBy(key, inputs) {
    if (/^[1-9]$/.test(key)) {
      return inputs[Number(key) - 1];
    }
    var pattern = BY_LETTER[key.toLowerCase()];
    return pattern && inputs.filter(function (input) { return pattern.test(labelOf(input)); })[0];
  }

  document.addEventListener("keydown", function (event) {
    var group = event.target.closest && event.target.closest("[data-answers]");
    if (!group || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    var inputs = Array.prototype.slice.call(group.querySelectorAll("input"));
    if (event.key === "Backspace") {
      inputs.forEach(function (input) {
        if (input.checked) {
          input.checked = false;
          input.dispatchEvent(new Event("change", { bubbles: true }));
        }
      });
      event.preventDefault();
      return;
    }
    var input = chosenBy(event.key, inputs);
    if (input) {
      input.checked = input.type === "radio" || !input.checked;
      input.focus();
      input.dispatchEvent(new Event("change", { bubbles: true }));
      event.preventDefault();
    }
  });

  // "None of these", after all of a list was read out: No to each of it that has no answer yet, of this person alone.
  document.querySelectorAll("[data-none-of]").forEach(function (box) {
    var scope = box.closest("[data-gates]") || box.closest("form"), part = box.dataset.noneOf;
    box.hidden = false;
    box.querySelector("button").addEventListener("click", function () {
      var given = 0;
      scope.querySelectorAll('input[type=radio][value="0"][name*="' + part + '"]').forEach(function (no) {
        if (scope.querySelector('input[name="' + no.name + '"]:checked')) { return; }
        no.checked = true;
        no.dispatchEvent(new Event("change", { bubbles: true }));
        given += 1;
      });
      box.querySelector("[role=status]").textContent = "No to " + given + ". Each can be changed below.";
    });
  });

  // Figures of a field like an SSN are hidden while nobody types in it.
  document.querySelectorAll("[data-hide-figures]").forEach(function (field) {
    function hide() { field.type = "password"; }
    field.addEventListener("focus", function () { field.type = "text"; });
    field.addEventListener("blur", hide);
    hide();
  });
})();
