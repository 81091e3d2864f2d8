// A box to sign in. What is drawn becomes the file of the form, so that it is taken in like an upload.
(function () {
  "use strict";

  // A tap is no signature: so many units of the drawing (900 wide) have to be drawn.
  var SHORTEST = 60;

  document.querySelectorAll("[data-sign]").forEach(function (box) {
    var pad = box.querySelector("[data-sign-pad]");
    var canvas = box.querySelector("[data-sign-canvas]");
    var file = box.querySelector("[data-sign-file]");
    var status = box.querySelector("[data-sign-status]");
    var pen = canvas.getContext("2d");
    var pointer = null, drawn = 0, at = null;

    function clear() {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.strokeStyle = "#111";
      pen.lineWidth = 4;
      pen.lineCap = pen.lineJoin = "round";
      drawn = 0;
      keep();
    }

    // Into the form; none where nothing was drawn. Not later, since the form may be sent at once.
    function keep() {
      var files = new DataTransfer();
      if (drawn >= SHORTEST) {
        var bytes = atob(canvas.toDataURL("image/png").split(",")[1]);
        var content = Uint8Array.from(bytes, function (letter) { return letter.charCodeAt(0); });
        files.items.add(new File([content], "signature.png", {type: "image/png"}));
      }
      file.files = files.files;
      status.textContent = drawn >= SHORTEST ? status.getAttribute("data-signed") : "";
    }

    function place(event) {
      var size = canvas.getBoundingClientRect();
      return {
        x: (event.clientX - size.left) * canvas.width / size.width,
        y: (event.clientY - size.top) * canvas.height / size.height
      };
    }

    canvas.addEventListener("pointerdown", function (event) {
      if (pointer !== null || event.button > 0) return;
      pointer = event.pointerId;
      canvas.setPointerCapture(pointer);
      at = place(event);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", function (event) {
      if (event.pointerId !== pointer) return;
      var steps = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      (steps.length ? steps : [event]).forEach(function (step) {
        var next = place(step);
        pen.beginPath();
        pen.moveTo(at.x, at.y);
        pen.lineTo(next.x, next.y);
        pen.stroke();
        drawn += Math.hypot(next.x - at.x, next.y - at.y);
        at = next;
      });
    });
    ["pointerup", "pointercancel"].forEach(function (name) {
      canvas.addEventListener(name, function (event) {
        if (event.pointerId !== pointer) return;
        pointer = null;
        keep();
      });
    });
    box.querySelector("[data-sign-clear]").addEventListener("click", clear);
    pad.hidden = false;
    clear();
  });
})();
