// Questions that hang on other answers are shown as those open them. `data-gate` holds the condition as JSON
// (hmis/hud/questions.py, as_data). What is hidden keeps its answer until the form is sent; the server decides.
(function () {
  "use strict";

  function answer(form, name) {
    var inputs = form.querySelectorAll('[name="' + name + '"]');
    for (var i = 0; i < inputs.length; i += 1) {
      var input = inputs[i];
      if (input.type === "radio") {
        if (input.checked) { return input.value; }
      } else if (input.type === "checkbox") {
        return input.checked ? "1" : "0";
      } else {
        return input.value || null;
      }
    }
    return null;
  }

  function holds(form, gate) {
    if (gate.every) { return gate.every.every(function (part) { return holds(form, part); }); }
    if (gate.either) { return gate.either.some(function (part) { return holds(form, part); }); }
    var field = form.querySelector('[name="' + gate.input + '"]');
    var asked = field && !field.closest("[data-gate][hidden]");
    var value = asked ? answer(form, gate.input) : null;
    if ("blank" in gate) { return (value === null) === gate.blank; }
    if (value === null) { return false; }
    if ("low" in gate) { return Number(value) >= gate.low && Number(value) <= gate.high; }
    return (gate.codes.indexOf(value) >= 0) !== gate.not;
  }

  function show(form) {
    form.querySelectorAll("[data-gate]").forEach(function (one) {
      one.hidden = !holds(form, JSON.parse(one.dataset.gate));
    });
  }

  document.querySelectorAll("form[data-gates]").forEach(function (form) {
    form.addEventListener("change", function () { show(form); });
    show(form);
  });
})();
