// What is impossible or unlikely in the answers is said at its question when a field is left. The page asks the
// server with what stands in the form (`look`), which saves nothing; without scripts it is said at Finish.
(function () {
  "use strict";

  var PAUSE = 400;

  function ticked(slot) {
    return Array.prototype.map.call(slot.querySelectorAll("input:checked"), function (one) { return one.value; });
  }

  function put(form, page) {
    var found = {};
    page.querySelectorAll("[data-findings]").forEach(function (one) { found[one.dataset.findings] = one; });
    form.querySelectorAll("[data-findings]").forEach(function (slot) {
      var one = found[slot.dataset.findings];
      var before = ticked(slot);
      var text = one ? one.innerHTML : "";
      if (slot.dataset.said === text) { return; }  // nothing new: nothing moves, nothing is read again
      slot.dataset.said = text;
      slot.replaceChildren.apply(slot, one ? Array.prototype.slice.call(one.childNodes) : []);
      slot.querySelectorAll("input[type=checkbox]").forEach(function (box) {
        box.checked = before.indexOf(box.value) >= 0;
      });
    });
  }

  function watch(form) {
    var timer = null, turn = 0;
    var status = document.createElement("p");
    status.className = "usa-sr-only";
    status.setAttribute("role", "status");
    form.append(status);
    form.addEventListener("change", function (event) {
      if (event.target.closest("[data-findings]")) { return; }
      clearTimeout(timer);
      timer = setTimeout(function () {
        var mine = turn += 1, said = new FormData(form);
        said.append("look", "1");
        fetch(window.location.href, { method: "POST", body: said, credentials: "same-origin", redirect: "error" })
          .then(function (answer) { return answer.ok ? answer.text() : null; })
          .then(function (text) {
            if (text === null || mine !== turn) { return; }
            put(form, new DOMParser().parseFromString(text, "text/html"));
            var count = form.querySelectorAll(".hearth-findings .hearth-unlikely, .hearth-findings .usa-error-message").length;
            status.textContent = count ? (count === 1 ? "1 answer" : count + " answers") + " to look at" : "";
          })
          .catch(function () { /* said at Finish */ });
      }, PAUSE);
    });
  }

  document.querySelectorAll("form[data-checks]").forEach(watch);
})();
