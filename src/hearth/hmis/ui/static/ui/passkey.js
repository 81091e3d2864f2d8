// Passkeys: asks the browser for one before a form is sent, and puts its answer into the form. What can go wrong
// is said beside the button, in words.
(function () {
  "use strict";

  // Passkeys belong to a name, and browsers take no address of figures for one.
  var IS_ADDRESS = /^\[|^[0-9.]+$/.test(location.hostname);
  var ADDRESS =
    "This site is open under an address of figures, and passkeys belong to a name. Open it under its name" +
    (location.hostname === "127.0.0.1" ? ": http://localhost" + (location.port ? ":" + location.port : "") + "/" : ".");

  function why(error) {
    if (IS_ADDRESS) {
      return ADDRESS;
    }
    switch (error.name) {
      case "NotAllowedError":
        return "No passkey was used: it was cancelled, took too long, or this device has none for this site.";
      case "InvalidStateError":
        return "This device has a passkey for your account already.";
      case "SecurityError":
        return "Passkeys do not work under this address. Open the site under its own name, with https.";
      default:
        return "That did not work. Try again, or sign in another way.";
    }
  }

  function answer(form) {
    var kind = form.dataset.passkey;
    if (kind === "login") {
      return fetch(form.action, { headers: { Accept: "application/json" } })
        .then(function (response) {
          return response.json();
        })
        .then(function (data) {
          return window.webauthnJSON.get(data.request_options);
        });
    }
    var data = JSON.parse(document.getElementById("passkey-data").textContent);
    if (kind === "get") {
      return window.webauthnJSON.get(data.request_options);
    }
    var options = data.creation_options;
    var alone = form.elements.passwordless && form.elements.passwordless.checked;
    options.publicKey.authenticatorSelection = Object.assign(
      {},
      options.publicKey.authenticatorSelection,
      alone
        ? { residentKey: "required", requireResidentKey: true, userVerification: "required" }
        : { residentKey: "discouraged", requireResidentKey: false }
    );
    return window.webauthnJSON.create(options);
  }

  function watch(form) {
    var said = form.querySelector("[data-passkey-said]");
    var button = form.querySelector("button[type=submit]");
    function say(text) {
      said.hidden = !text;
      said.textContent = text;
    }
    if (!window.PublicKeyCredential || !window.webauthnJSON) {
      if (form.dataset.passkey !== "login") {
        say("This browser knows no passkeys, or the site is not open with https.");
        button.disabled = true;
      }
      return;
    }
    form.hidden = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      say("");
      button.disabled = true;
      answer(form)
        .then(function (credential) {
          form.querySelector("[name$=credential]").value = JSON.stringify(credential);
          HTMLFormElement.prototype.submit.call(form);
        })
        .catch(function (error) {
          button.disabled = false;
          say(why(error));
        });
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form[data-passkey]").forEach(watch);
  });
})();
