// "The same as then" types the last answers to one part into the form: they stand there to be seen, and are saved as
// whatever else is typed. `data-last` holds them by the names of inputs; without scripts the server types them.
(function () {
  "use strict";

  function changed(input) {
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function type(input, value) {
    if (input.type === "radio" || input.type === "checkbox") {
      var wanted = input.type === "checkbox" ? value !== null : input.value === String(value);
      if (input.checked !== wanted) {
        input.checked = wanted;
        changed(input);
      }
      return;
    }
    input.value = value === null ? "" : value;
    var box = input.closest(".usa-combo-box"), shown = box && box.querySelector(".usa-combo-box__input");
    if (shown && input.tagName === "SELECT") {
      shown.value = input.selectedIndex > 0 ? input.options[input.selectedIndex].text : "";
    }
    changed(input);
  }

  document.querySelectorAll("button[data-last]").forEach(function (button) {
    var said = document.createElement("span");
    said.setAttribute("role", "status");
    button.after(said);
    button.addEventListener("click", function (event) {
      var form = button.form, last = JSON.parse(button.dataset.last || "null");
      if (!last) { return; }
      event.preventDefault();
      Object.keys(last).forEach(function (name) {
        form.querySelectorAll('[name="' + name + '"]:not([type=hidden])').forEach(function (input) {
          type(input, last[name]);
        });
      });
      said.textContent = " Taken. Look whether it is still so.";
    });
  });
})();
