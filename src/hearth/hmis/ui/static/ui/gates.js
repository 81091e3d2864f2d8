// Questions that hang on other answers are shown as those open them. `data-gate` holds the condition as JSON
// (hmis/hud/questions.py, as_data). What is hidden keeps its answer until the form is sent; the server decides.
// `data-gates` is a form, or the part of it that is about one person: nobody's questions hang on another's answers.
// `data-state` in it says how many answers are given and due, `data-total` what the amounts beside it come to.
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

  // What the server refused stays in sight, whatever was answered since, until it is mended or emptied.
  function isWrong(box) {
    return Array.prototype.some.call(box.querySelectorAll("[aria-invalid=true]"), function (one) { return one.value !== ""; });
  }

  // The sum of the amounts beside it, as `ui/money.py` reads them; a dash where one cannot be read.
  function add(total) {
    var cents = 0;
    total.closest("p").parentElement.querySelectorAll("[data-money]").forEach(function (input) {
      var typed = input.value.trim();
      if (!typed || input.closest("[hidden]")) { return; }
      var read = /^(-?)\s*\$?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(\.[0-9]{0,2})?$/.exec(typed);
      var amount = read && (read[2] || read[3]) ? Number((read[2] || "0").replace(/,/g, "") + (read[3] || "")) : NaN;
      cents += Math.round(amount * 100) * (read && read[1] ? -1 : 1);
    });
    total.textContent = isNaN(cents) ? "–" : (cents < 0 ? "-$" : "$") + (Math.abs(cents) / 100).toLocaleString("en-US", {
      minimumFractionDigits: 2, maximumFractionDigits: 2
    });
  }

  document.querySelectorAll("[data-gates]").forEach(function (scope) {
    var totals = scope.querySelectorAll("[data-total]");
    var named = byName(scope), state = scope.querySelector("[data-state]");
    var gates = Array.prototype.map.call(scope.querySelectorAll("[data-gate]"), function (one) {
      return { box: one, gate: JSON.parse(one.dataset.gate) };
    });
    function show() {
      gates.forEach(function (one) { one.box.hidden = !holds(named, one.gate) && !isWrong(one.box); });
      if (state) { count(scope, state); }
      totals.forEach(add);
    }
    scope.addEventListener("input", function () { totals.forEach(add); });
    scope.addEventListener("change", show);
    show();
  });
})();
