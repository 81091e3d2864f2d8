// Questions that hang on other answers are shown as those open them. `data-gate` holds the condition as JSON
// (hmis/hud/questions.py, as_data). What is hidden keeps its answer until the form is sent; the server decides.
// `data-gates` is a form, or the part of it that is about one person: nobody's questions hang on another's answers.
// `data-state` in it says how many answers are given and due.
(function () {
  "use strict";

  function byName(scope) {
    var found = {};
    scope.querySelectorAll("[name]").forEach(function (input) {
      (found[input.name] = found[input.name] || []).push(input);
    });
    return found;
  }

  function answer(inputs) {
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

  function holds(named, gate) {
    if (gate.every) { return gate.every.every(function (part) { return holds(named, part); }); }
    if (gate.either) { return gate.either.some(function (part) { return holds(named, part); }); }
    var inputs = named[gate.input] || [];
    var asked = inputs.length && !inputs[0].closest("[data-gate][hidden]");
    var value = asked ? answer(inputs) : null;
    if ("blank" in gate) { return (value === null) === gate.blank; }
    if (value === null) { return false; }
    if ("low" in gate) { return Number(value) >= gate.low && Number(value) <= gate.high; }
    return (gate.codes.indexOf(value) >= 0) !== gate.not;
  }

  function count(scope, state) {
    var given = 0, due = 0;
    scope.querySelectorAll("[data-due]").forEach(function (one) {
      if (one.closest("[hidden]")) { return; }
      if (answer(Array.prototype.slice.call(one.querySelectorAll("[name]"))) === null) { due += 1; } else { given += 1; }
    });
    state.textContent = given + " answered, " + due + " due";
  }

  document.querySelectorAll("[data-gates]").forEach(function (scope) {
    var named = byName(scope), state = scope.querySelector("[data-state]");
    var gates = Array.prototype.map.call(scope.querySelectorAll("[data-gate]"), function (one) {
      return { box: one, gate: JSON.parse(one.dataset.gate) };
    });
    function show() {
      gates.forEach(function (one) { one.box.hidden = !holds(named, one.gate); });
      if (state) { count(scope, state); }
    }
    scope.addEventListener("change", show);
    show();
  });
})();
