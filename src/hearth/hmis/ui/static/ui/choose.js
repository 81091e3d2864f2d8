// A box to search a long list of checkboxes by (Chooser). Without it the whole list is there to scroll.
(function () {
  "use strict";

  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }

  document.querySelectorAll("[data-choose]").forEach(function (box) {
    var search = box.querySelector("[data-choose-search]");
    var input = search.querySelector("input");
    var status = box.querySelector("[data-choose-status]");
    var groups = box.querySelectorAll("[data-choose-group]");

    function show() {
      var words = plain(input.value).split(/\s+/).filter(Boolean);
      var found = 0, chosen = 0;
      groups.forEach(function (group) {
        var name = plain(group.dataset.chooseGroup), any = false;
        group.querySelectorAll("[data-choose-option]").forEach(function (option) {
          var text = name + " " + plain(option.textContent);
          var checked = option.querySelector("input").checked;
          var fits = checked || words.every(function (word) { return text.indexOf(word) >= 0; });
          option.hidden = !fits;
          any = any || fits;
          found += fits ? 1 : 0;
          chosen += checked ? 1 : 0;
        });
        group.hidden = !any;
      });
      status.textContent = chosen + " chosen, " + found + " listed";
    }

    search.hidden = false;
    input.addEventListener("input", show);
    input.addEventListener("keydown", function (event) {
      if (event.key === "Enter") {
        event.preventDefault();
      }
    });
    box.addEventListener("change", show);
    show();
  });
})();
