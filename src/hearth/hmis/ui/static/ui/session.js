// The end of a session, seen from a page: a warning two minutes before, and at the end a cover over the page, so
// that no client's record stays on an unattended screen. What was typed stays below it: whoever signs in again in
// another tab goes on here. The server ends the session by itself; nothing here prolongs it but a person.
(function () {
  "use strict";

  var channel = "BroadcastChannel" in window ? new BroadcastChannel("hearth-session") : null;

  function tellOthers() {
    if (channel) {
      channel.postMessage("look");
    }
  }

  function watchSession() {
    var body = document.body;
    var idleSeconds = Number(body.dataset.idleSeconds);
    var warning = document.getElementById("session-dialog");
    var cover = document.getElementById("signed-out-dialog");
    if (!idleSeconds || !warning || !cover) {
      tellOthers(); // a page for strangers: somebody may have signed out here
      return;
    }
    var address = body.dataset.idleAddress;
    var warnSeconds = Math.min(120, idleSeconds / 2);
    var shared = "hearth-active-at";
    var own = Date.now();
    var endsAt = 0;
    var isOver = false;
    var before = null;

    function begin(secondsLeft) {
      endsAt = Date.now() + 1000 * secondsLeft;
      touch();
    }
    // Requests of any tab count as activity.
    function touch() {
      own = Date.now();
      try {
        localStorage.setItem(shared, String(own));
      } catch (error) {
        return;
      }
    }
    function lastActive() {
      try {
        return Number(localStorage.getItem(shared)) || own;
      } catch (error) {
        return own;
      }
    }
    function idleLeft() {
      return idleSeconds - (Date.now() - lastActive()) / 1000;
    }
    function dayLeft() {
      return (endsAt - Date.now()) / 1000;
    }
    function words(left) {
      return left >= 90 ? Math.round(left / 60) + " minutes" : Math.max(0, Math.round(left / 10) * 10) + " seconds";
    }
    function headers() {
      return JSON.parse(body.getAttribute("hx-headers"));
    }

    function tick() {
      if (isOver) {
        return;
      }
      var left = Math.min(idleLeft(), dayLeft());
      if (left <= 0) {
        end();
      } else if (left <= warnSeconds) {
        var ofDay = dayLeft() <= idleLeft();
        warning.querySelector("[data-idle]").hidden = ofDay;
        warning.querySelector("[data-day]").hidden = !ofDay;
        warning.querySelector("[data-stay]").textContent = ofDay ? "Go on until then" : "Stay signed in";
        warning.querySelectorAll("[data-countdown]").forEach(function (place) {
          place.textContent = words(left);
        });
        if (!warning.open && !(ofDay && warning.dataset.seen)) {
          warning.showModal();
        }
      } else if (warning.open) {
        warning.close();
      }
    }

    // Signs out for certain (the server may count a few seconds more), and covers the page.
    function end() {
      lay();
      fetch(body.dataset.signOutAddress, { method: "POST", headers: headers(), redirect: "manual", keepalive: true }).then(
        tellOthers,
        function () {}
      );
    }
    function lay() {
      if (isOver) {
        return;
      }
      isOver = true;
      before = document.activeElement;
      if (warning.open) {
        warning.close();
      }
      body.setAttribute("data-signed-out", "");
      cover.showModal();
    }
    // The token of forms belongs to the session that has ended.
    function renew(answer) {
      document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach(function (field) {
        field.value = answer.token;
      });
      body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": answer.token }));
    }
    function lift(answer) {
      renew(answer);
      begin(answer.seconds);
      delete warning.dataset.seen;
      isOver = false;
      body.removeAttribute("data-signed-out");
      cover.close();
      if (before && before.focus) {
        before.focus();
      }
      document.dispatchEvent(new CustomEvent("hearth-signed-in")); // what waited is sent (autosave.js)
    }
    // Who is signed in now? The same user goes on; the page of another is left.
    function look() {
      fetch(address, { headers: { "X-Hearth-Background": "1", Accept: "application/json" }, redirect: "manual" })
        .then(function (answer) {
          return answer.ok ? answer.json() : null;
        })
        .then(function (answer) {
          if (!answer) {
            lay();
          } else if (String(answer.user) !== body.dataset.user) {
            location.replace("/");
          } else if (isOver) {
            lift(answer);
          }
        })
        .catch(function () {});
    }

    function stay() {
      if (dayLeft() <= idleLeft()) {
        warning.dataset.seen = "1";
        warning.close();
        return;
      }
      fetch(address, { method: "POST", headers: headers(), redirect: "manual" }).then(
        function (answer) {
          if (answer.ok) {
            touch();
            tick();
          } else {
            end();
          }
        },
        function () {
          var place = document.getElementById("hearth-notice");
          if (place) {
            place.textContent = "Hearth cannot be reached. Check your connection.";
          }
        }
      );
    }

    warning.querySelector("[data-stay]").addEventListener("click", stay);
    warning.addEventListener("cancel", function (event) {
      event.preventDefault();
      stay();
    });
    cover.addEventListener("cancel", function (event) {
      event.preventDefault();
    });
    cover.addEventListener("close", function () {
      if (isOver) {
        cover.showModal(); // browsers let a second Escape through
      }
    });
    // A machine that slept wakes with the page of before: what is sent then would be lost.
    document.addEventListener(
      "submit",
      function (event) {
        if (isOver || Math.min(idleLeft(), dayLeft()) <= 0) {
          event.preventDefault();
          event.stopPropagation();
          tick();
        }
      },
      true
    );
    document.addEventListener("htmx:beforeRequest", function (event) {
      if (isOver) {
        event.preventDefault();
      }
    });
    document.addEventListener("htmx:afterRequest", function (event) {
      var sent = event.detail.requestConfig ? event.detail.requestConfig.headers : {};
      if (event.detail.successful && !sent["X-Hearth-Background"]) {
        touch();
      }
    });
    // The server has ended the session before us (another device, an administrator).
    document.addEventListener("hearth-signed-out", lay);
    document.addEventListener("hearth-active", touch);
    document.addEventListener("hearth-new-token", function (event) {
      renew(event.detail);
    });
    if (channel) {
      channel.addEventListener("message", look);
    }
    function wake() {
      if (document.visibilityState === "visible") {
        if (isOver) {
          look();
        } else {
          tick();
        }
      }
    }
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("focus", wake);
    window.addEventListener("pageshow", function (event) {
      if (event.persisted) {
        look();
      }
    });
    begin(Number(body.dataset.sessionSeconds) || idleSeconds);
    window.setInterval(tick, 5000);
    tellOthers(); // tabs that are covered may be lifted
  }

  document.addEventListener("DOMContentLoaded", watchSession);
})();
