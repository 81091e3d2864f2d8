// What the pages need beyond USWDS and htmx: labels for stacked tables, focus on errors, and a word when an
// update fails. Pages can be read without any of it.
(function () {
  "use strict";

  // Stacked tables show each cell's column name; templates need not repeat it.
  function labelCells(root) {
    root.querySelectorAll("table.usa-table--stacked").forEach(function (table) {
      var names = Array.prototype.map.call(table.querySelectorAll("thead tr:last-child > *"), function (cell) {
        return cell.dataset.name || cell.textContent.trim();
      });
      table.querySelectorAll("tbody tr").forEach(function (row) {
        Array.prototype.forEach.call(row.children, function (cell, index) {
          if (!cell.hasAttribute("data-label") && names[index]) {
            cell.setAttribute("data-label", names[index]);
          }
        });
      });
    });
  }

  function focusErrors(root) {
    var summary = root.querySelector("[data-error-summary]");
    if (summary) {
      summary.focus();
    }
  }

  function notify(text) {
    var place = document.getElementById("hearth-notice");
    if (place) {
      place.textContent = text;
    }
  }

  // The user menu closes on Escape and when the focus or a click goes elsewhere.
  function watchUserMenu() {
    var button = document.querySelector(".hearth-user > button");
    var menu = document.getElementById("user-menu");
    if (!button || !menu) {
      return;
    }
    function close(returnFocus) {
      if (button.getAttribute("aria-expanded") === "true") {
        button.setAttribute("aria-expanded", "false");
        menu.hidden = true;
        if (returnFocus) {
          button.focus();
        }
      }
    }
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && (menu.contains(document.activeElement) || document.activeElement === button)) {
        close(true);
      }
    });
    document.addEventListener("click", function (event) {
      if (!button.parentElement.contains(event.target)) {
        close(false);
      }
    });
    menu.addEventListener("focusout", function (event) {
      if (event.relatedTarget && !button.parentElement.contains(event.relatedTarget)) {
        close(false);
      }
    });
  }

  // The open menu of a narrow screen keeps the focus. USWDS's own trap stops at the first and last element
  // of the menu even when that is hidden, as the entries of the closed user menu are.
  function keepFocusInMenu() {
    document.addEventListener("keydown", function (event) {
      var menu = document.querySelector(".usa-nav.is-visible");
      if (event.key !== "Tab" || !menu) {
        return;
      }
      var stops = Array.prototype.filter.call(menu.querySelectorAll("a[href], button"), function (element) {
        return element.getClientRects().length > 0;
      });
      var at = stops.indexOf(document.activeElement);
      var next = event.shiftKey ? at - 1 : at + 1;
      if (next < 0 || next >= stops.length) {
        stops[event.shiftKey ? stops.length - 1 : 0].focus();
        event.preventDefault();
        event.stopPropagation();
      }
    }, true);
  }

  /* Only a table that scrolls is a region and a stop of the keyboard; without scripts each of them is. */
  function watchTables(root) {
    root.querySelectorAll("[data-scrolls]").forEach(function (box) {
      function look() {
        var scrolls = box.scrollWidth > box.clientWidth + 1;
        box.toggleAttribute("data-scrolling", scrolls);
        var marks = { tabindex: "0", role: "region", "aria-label": box.dataset.scrolls };
        Object.keys(marks).forEach(function (name) {
          if (scrolls) {
            box.setAttribute(name, marks[name]);
          } else {
            box.removeAttribute(name);
          }
        });
      }
      new ResizeObserver(look).observe(box);
      look();
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    labelCells(document);
    watchTables(document);
    focusErrors(document);
    watchUserMenu();
    keepFocusInMenu();
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    labelCells(event.target.parentElement || document);
    watchTables(event.target.parentElement || document);
    notify("");
  });
  // A refusal that says why, in the place where the answer would stand.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.xhr.status === 429 && event.detail.xhr.getResponseHeader("X-Hearth-Part")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:responseError", function (event) {
    var status = event.detail.xhr.status;
    if (status === 401) {
      return; // the page says it over everything (session.js)
    }
    notify(
      status === 403
        ? "You do not have access to that."
        : status === 429
          ? "Too many requests. Wait a moment and try again."
          : "That did not work. Try again; if it fails again, reload the page."
    );
  });
  document.addEventListener("htmx:sendError", function () {
    notify("Hearth cannot be reached. Check your connection and try again.");
  });
})();
