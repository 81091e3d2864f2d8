// Keeps what is typed in a form with `data-draft` (hmis/enrollments/drafts): an input is sent when it is left or
// after a pause, one at a time, and stays pending until the server has it. Nothing of it is stored in the browser:
// without a connection, or signed out, it stays on the page and is sent when that is over. Each value says on which
// version it is based; where somebody saved another one since, both stand at the field.
(function () {
  "use strict";

  var PAUSE = 1500, RETRY = 5000, PATIENCE = 15000, SAID_EVERY = 10000;
  var OFFLINE = "Not saved: no connection, kept on this page";
  var SIGNED_OUT = "Not saved: signed out, kept on this page";

  function headers() {
    return JSON.parse(document.body.getAttribute("hx-headers") || "{}");
  }

  function watch(form) {
    var token = form.querySelector("[data-draft-form]");
    var seen = form.querySelector("[name=draft-seen]");
    var page = form.querySelector("[name=draft-page]").value;
    var shown = form.querySelector("[data-draft-state]");
    var editing = form.querySelector("[data-draft-editing]");
    var address = token.dataset.address, known = token.dataset.known || "";
    var versions = JSON.parse(seen.value || "{}");
    var saved = {}, pending = new Map(), conflicts = new Map();
    var sending = false, isOver = false, isLeaving = false, isRenewed = false, isSignedOut = false;
    var retry = null, pauses = {}, waiting = [];
    var said = document.createElement("p"), saidAt = 0, saying = null;
    said.className = "usa-sr-only";
    said.setAttribute("role", "status");
    shown.after(said);

    // What an input is: whose, its name without the prefix of the person's card, and its key.
    function of(input) {
      var card = input.closest("[data-draft-client]");
      if (!card || !form.contains(card) || !input.name || input.type === "hidden" || /^draft-/.test(input.name)
          || input.closest("[data-findings]")) {  // said of answers, and none itself
        return null;
      }
      var prefix = card.dataset.draftPrefix ? card.dataset.draftPrefix + "-" : "";
      if (prefix && input.name.indexOf(prefix) !== 0) {
        return null;
      }
      var name = input.name.slice(prefix.length);
      return { key: card.dataset.draftClient + ":" + name, client: card.dataset.draftClient, name: name, full: input.name };
    }
    function inputs(one) {
      return Array.prototype.filter.call(form.elements, function (input) {
        return input.name === one.full && input.type !== "hidden";
      });
    }
    function isTicked(input) {
      return input.type === "radio" || input.type === "checkbox";
    }
    function values(one, asRendered) {
      var found = [];
      inputs(one).forEach(function (input) {
        if (isTicked(input)) {
          if (asRendered ? input.defaultChecked : input.checked) { found.push(input.value); }
        } else if (input.tagName === "SELECT") {
          Array.prototype.forEach.call(input.options, function (option) {
            if ((asRendered ? option.defaultSelected : option.selected) && option.value) { found.push(option.value); }
          });
        } else if (asRendered ? input.defaultValue : input.value) {
          found.push(asRendered ? input.defaultValue : input.value);
        }
      });
      return found;
    }
    function words(one, these) {
      var found = inputs(one), first = found[0];
      if (first.type === "checkbox" && found.length === 1) { return these.length ? "ticked" : "not ticked"; }
      return these.map(function (value) {
        var input = found.filter(function (other) { return isTicked(other) && other.value === value; })[0];
        if (input) { return input.labels[0] ? input.labels[0].textContent.trim() : value; }
        var option = first.tagName === "SELECT" && Array.prototype.filter.call(first.options, function (other) {
          return other.value === value;
        })[0];
        return option ? option.textContent.trim() : value;
      }).join(", ") || "empty";
    }
    function same(one, other) {
      return JSON.stringify(one) === JSON.stringify(other);
    }

    function say(text) {
      shown.textContent = text;
      window.clearTimeout(saying);
      saying = window.setTimeout(function () {
        saidAt = Date.now();
        said.textContent = text;
      }, Math.max(0, saidAt + SAID_EVERY - Date.now()));
    }
    function tellEditing(names) {
      if (names) {
        editing.hidden = !names.length;
        editing.textContent = names.length ? names.join(", ") + (names.length > 1 ? " are" : " is") + " editing this form" : "";
      }
    }

    function queue(one) {
      window.clearTimeout(pauses[one.key]);
      if (!(one.key in saved)) { saved[one.key] = values(one, true); }
      if (isOver || (same(values(one), saved[one.key]) && !conflicts.has(one.key))) {
        return;
      }
      pending.set(one.key, one);
      send();
    }
    function later() {
      window.clearTimeout(retry);
      retry = window.setTimeout(send, RETRY);
    }
    function settle(worked) {
      var those = waiting;
      waiting = [];
      those.forEach(function (done) { done(worked); });
    }
    // Calls back with true when nothing is pending any more, with false when something cannot be sent now.
    function flush(done) {
      Array.prototype.forEach.call(form.elements, function (input) {
        var one = of(input);
        if (one && pauses[one.key]) { queue(one); }
      });
      if (!pending.size && !sending) {
        done(true);
        return;
      }
      waiting.push(done);
      send();
    }

    function send() {
      if (sending || isOver || isSignedOut || !pending.size) {
        return;
      }
      window.clearTimeout(retry);
      var one = pending.values().next().value, sent = values(one);
      var body = new URLSearchParams({
        form: token.value, page: page, draft: known, client: one.client, name: one.name, base: versions[one.key] || 0
      });
      sent.forEach(function (value) { body.append("value", value); });
      pending.delete(one.key);
      sending = true;
      shown.textContent = "Saving…";
      var stop = new AbortController(), patience = window.setTimeout(function () { stop.abort(); }, PATIENCE);
      fetch(address, {
        method: "POST", body: body, redirect: "manual", signal: stop.signal, keepalive: true,
        headers: Object.assign({ "HX-Request": "true", Accept: "application/json" }, headers())
      }).then(function (answer) {
        var isJson = /json/.test(answer.headers.get("Content-Type") || "");
        return (isJson ? answer.json() : Promise.resolve({})).then(function (said) { return [answer, said]; });
      }).then(function (both) {
        window.clearTimeout(patience);
        sending = false;
        take(one, sent, both[0], both[1]);
      }, function () {
        window.clearTimeout(patience);
        sending = false;
        keep(one, OFFLINE);
        later();
      });
    }
    // Not sent now: stays pending on the page.
    function keep(one, why) {
      pending.set(one.key, one);
      say(why);
      settle(false);
    }
    function take(one, sent, answer, said) {
      if (answer.ok) {
        isRenewed = false;
        known = String(said.draft);
        versions[one.key] = said.version;
        saved[one.key] = sent;
        unmark(one);
        tellEditing(said.editing);
        document.dispatchEvent(new CustomEvent("hearth-active"));
        if (!same(values(one), sent)) { pending.set(one.key, one); }
      } else if (answer.status === 409) {
        known = String(said.draft);
        tellEditing(said.editing);
        mark(one, said);
      } else if (answer.status === 401 || answer.type === "opaqueredirect") {
        isSignedOut = true;
        keep(one, SIGNED_OUT);
        document.dispatchEvent(new CustomEvent("hearth-signed-out"));
        return;
      } else if (answer.status === 403 && !isRenewed) {
        isRenewed = true;
        renew(one);
        return;
      } else if (answer.status === 410 || answer.status === 403 || answer.status === 404) {
        isOver = true;
        pending.clear();
        say(said.refused ? "Not saved. " + said.refused : "Not saved: this form is not yours to change any more. Reload the page.");
        settle(false);
        return;
      } else if (answer.status === 400) {
        saved[one.key] = sent; // sent again when it is changed
        say("Not saved. " + (said.refused || "Reload the page."));
        settle(true); // Finish says at the field what is wrong
        send();
        return;
      } else {
        keep(one, OFFLINE);
        later();
        return;
      }
      seen.value = JSON.stringify(versions);
      if (pending.size) {
        send();
      } else if (conflicts.size) {
        say("Not saved: somebody else changed an answer. Compare the two at the field.");
        settle(false);
      } else {
        say("Saved " + said.at);
        settle(true);
      }
    }
    // Signed in anew in another tab: the token of forms is another one.
    function renew(one) {
      fetch(document.body.dataset.idleAddress, { headers: { Accept: "application/json" }, redirect: "manual" }).then(function (answer) {
        return answer.ok ? answer.json() : null;
      }).then(function (answer) {
        if (answer && String(answer.user) === document.body.dataset.user) {
          document.dispatchEvent(new CustomEvent("hearth-new-token", { detail: answer }));
          pending.set(one.key, one);
          send();
        } else {
          isSignedOut = true;
          keep(one, SIGNED_OUT);
          document.dispatchEvent(new CustomEvent("hearth-signed-out"));
        }
      }, function () {
        keep(one, OFFLINE);
        later();
      });
    }

    function unmark(one) {
      if (conflicts.has(one.key)) {
        conflicts.get(one.key).remove();
        conflicts.delete(one.key);
      }
    }
    function mark(one, theirs) {
      unmark(one);
      var box = document.createElement("div"), text = document.createElement("p");
      box.className = "hearth-conflict";
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "Two answers");
      text.textContent = theirs.by + " saved “" + words(one, theirs.values) + "” at " + theirs.at + ". Here stands “" + words(one, values(one)) + "”.";
      box.append(text, button("Keep mine", function () {
        versions[one.key] = theirs.version;
        pending.set(one.key, one);
        send();
      }), " ", button("Take theirs", function () {
        versions[one.key] = theirs.version;
        saved[one.key] = theirs.values;
        put(one, theirs.values);
        unmark(one);
        seen.value = JSON.stringify(versions);
        inputs(one)[0].focus();
        if (!conflicts.size && !pending.size) { say("Saved " + theirs.at); }
      }));
      conflicts.set(one.key, box);
      var first = inputs(one)[0];
      (first.closest(".usa-form-group") || first.parentElement).append(box);
      for (var fold = box.closest("details"); fold; fold = fold.parentElement.closest("details")) { fold.open = true; }
    }
    function button(label, act) {
      var made = document.createElement("button");
      made.type = "button";
      made.className = "usa-button usa-button--outline";
      made.textContent = label;
      made.addEventListener("click", act);
      return made;
    }
    function put(one, these) {
      inputs(one).forEach(function (input) {
        if (isTicked(input)) {
          input.checked = these.indexOf(input.value) >= 0;
        } else if (input.multiple) {
          Array.prototype.forEach.call(input.options, function (option) { option.selected = these.indexOf(option.value) >= 0; });
        } else {
          input.value = these[0] || "";
          var typed = input.closest(".usa-combo-box");
          typed = typed && typed.querySelector(".usa-combo-box__input");
          if (typed) { typed.value = input.selectedOptions && input.value ? input.selectedOptions[0].textContent : ""; }
        }
      });
      inputs(one)[0].dispatchEvent(new Event("change", { bubbles: true }));
    }

    form.addEventListener("input", function (event) {
      var one = of(event.target);
      if (one) {
        window.clearTimeout(pauses[one.key]);
        pauses[one.key] = window.setTimeout(function () { queue(one); }, PAUSE);
      }
    });
    ["change", "focusout"].forEach(function (kind) {
      form.addEventListener(kind, function (event) {
        var one = of(event.target);
        if (one) { queue(one); }
      });
    });
    // Enter keeps the answer and stays; only the button Finish finishes.
    form.addEventListener("keydown", function (event) {
      var target = event.target;
      if (event.key !== "Enter" || (target.tagName !== "INPUT" && target.tagName !== "SELECT") || /^(submit|button|image|reset)$/.test(target.type)) {
        return;
      }
      event.preventDefault();
      var one = of(target);
      if (one) { queue(one); }
    });
    // Finish waits until everything is kept, so that nothing arrives behind it.
    form.addEventListener("submit", function (event) {
      var by = event.submitter, isDraft = by && by.name === "draft-save";
      if (isLeaving) {
        event.preventDefault();
        return;
      }
      if (!isDraft && !pending.size && !sending && !conflicts.size && !Object.keys(pauses).some(isDue)) {
        isLeaving = true;
        isOver = true;
        return;
      }
      event.preventDefault();
      flush(function (worked) {
        if (isDraft) {
          if (worked && !conflicts.size) { say(known ? shown.textContent.replace("Saving…", "Saved") : "Nothing to save yet"); }
        } else if (worked && !conflicts.size) {
          form.requestSubmit(by || undefined);
        } else if (conflicts.size) {
          conflicts.values().next().value.querySelector("button").focus();
        }
      });
    });
    function isDue(key) {
      return Boolean(pauses[key]) && !isKept(key);
    }
    function isKept(key) {
      var input = Array.prototype.filter.call(form.elements, function (other) {
        var one = of(other);
        return one && one.key === key;
      })[0];
      var one = input && of(input);
      return !one || same(values(one), key in saved ? saved[key] : values(one, true));
    }
    window.addEventListener("online", send);
    document.addEventListener("hearth-signed-in", function () {
      isSignedOut = false;
      send();
    });
    document.addEventListener("visibilitychange", function () {
      if (document.visibilityState === "hidden") { flush(function () {}); }
    });
    window.addEventListener("pageshow", function (event) {
      if (event.persisted && isLeaving) { location.reload(); } // Back after Finish: what is there now
    });
    window.addEventListener("beforeunload", function (event) {
      if (!isLeaving && (pending.size || sending || conflicts.size)) { event.preventDefault(); }
    });
  }

  document.querySelectorAll("form[data-draft]").forEach(watch);
})();
