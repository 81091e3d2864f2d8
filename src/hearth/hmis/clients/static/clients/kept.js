// What is typed at "Add a person" is kept on the server when a field is left, so that Back and reload bring it back
// (clients/intake/kept.py). One request at a time, so that the last state is the one that stays.
(function () {
  "use strict";

  var form = document.getElementById("identity");
  var isSending = false, isStale = false;

  function keep() {
    if (isSending) {
      isStale = true;
      return;
    }
    isSending = true;
    isStale = false;
    var said = new FormData(form);
    said.append("do", "keep");
    fetch(window.location.href, {
      method: "POST", body: said, credentials: "same-origin", redirect: "error", keepalive: true
    }).catch(function () { /* it stays on this page */ }).then(function () {
      isSending = false;
      if (isStale) { keep(); }
    });
  }

  form.addEventListener("change", keep);
})();
