//! What a script adds to an entry page; without it everything but saving works.

/// The script, the same for every page: it shows a value at its other places, the chosen photo, and texts in full height, minds the
/// patterns of texts that wrap, and saves the record of a page that is a file of its own. It asks for nothing and keeps nothing.
pub const SCRIPT: &str = r#""use strict";
(function () {
  var form = document.getElementById("entry");
  if (!form) return;
  document.documentElement.classList.add("js");
  var photos = {};
  var grows = window.CSS && CSS.supports && CSS.supports("field-sizing", "content");

  function each(selector, act) { Array.prototype.forEach.call(form.querySelectorAll(selector), act); }
  function named(name) { return form.elements.namedItem(name); }

  function grow(text) {
    if (grows || text.closest(".box")) return;
    text.style.height = "auto";
    text.style.height = text.scrollHeight + "px";
  }

  // A value that stands in several places is typed in one of them.
  function echo(control) {
    each('[data-of="' + control.name + '"]', function (place) { place.textContent = control.value; });
  }

  function mind(text) {
    var pattern = text.getAttribute("data-pattern");
    if (!pattern) return;
    var right = !text.value || new RegExp("^(?:" + pattern + ")$").test(text.value);
    text.setCustomValidity(right ? "" : text.title);
  }

  form.addEventListener("input", function (event) {
    var control = event.target;
    if (control.tagName === "TEXTAREA") { grow(control); mind(control); }
    if (control.name) echo(control);
  });

  form.addEventListener("keydown", function (event) {
    var short = event.target.getAttribute && event.target.getAttribute("data-short");
    if (short && event.key === "Enter" && !event.isComposing) event.preventDefault();
  });

  function show(input, uri) {
    var frame = input.closest(".frame");
    var picture = frame.querySelector("img");
    if (!picture) {
      picture = document.createElement("img");
      picture.alt = input.getAttribute("aria-label");
      frame.insertBefore(picture, frame.firstChild);
    }
    picture.src = uri;
  }

  function read(input) {
    return new Promise(function (done) {
      var file = input.files && input.files[0];
      if (!file) return done("");
      var reader = new FileReader();
      reader.onload = function () { done(String(reader.result)); };
      reader.onerror = function () { done(""); };
      reader.readAsDataURL(file);
    });
  }

  form.addEventListener("change", function (event) {
    var input = event.target;
    if (input.type !== "file") return;
    photos[input.name] = read(input).then(function (uri) {
      if (uri) {
        show(input, uri);
        var drop = named("drop:" + input.name);
        if (drop) drop.checked = false;
      }
      return uri;
    });
  });

  // As the record has months and dates: 1985.3 is 1985-03, 2021年9月18日 is 2021-09-18.
  function stored(control) {
    var text = control.value.replace(/\r\n?/g, "\n");
    var kind = control.getAttribute("data-kind");
    if (kind === "month" || kind === "date") {
      text = text.trim();
      var parts = text.replace(/[月日]$/, "").split(/[.\-\/年月]/);
      var right = parts.length === (kind === "month" ? 2 : 3) && parts.every(function (part) { return /^[0-9]{1,4}$/.test(part); });
      if (right && parts[0].length === 4) {
        return parts[0] + parts.slice(1).map(function (part) { return "-" + ("0" + part).slice(-2); }).join("");
      }
    } else if (kind && !/^(text|textarea|choice)$/.test(kind)) {
      text = text.trim();
    }
    return text.trim() ? text : "";
  }

  function put(record, name, value) {
    var steps = name.split("."), at = record;
    steps.slice(0, -1).forEach(function (step, number) {
      var list = /^[0-9]+$/.test(steps[number + 1]);
      while (Array.isArray(at) && at.length < Number(step)) at.push({});
      if (at[step] === undefined) at[step] = list ? [] : {};
      at = at[step];
    });
    at[steps[steps.length - 1]] = value;
  }

  // The record, as the program reads it; what is empty has no key.
  function record() {
    var made = {}, controls = Array.prototype.filter.call(form.elements, function (control) {
      return control.name && control.name.indexOf(":") < 0 && control.type !== "submit";
    });
    return controls.reduce(function (before, control) {
      return before.then(function () {
        if (control.type === "checkbox") { if (control.checked) put(made, control.name, true); return; }
        if (control.type !== "file") { var text = stored(control); if (text) put(made, control.name, text); return; }
        return (photos[control.name] || Promise.resolve("")).then(function (uri) {
          var there = control.closest(".frame").querySelector("img"), drop = named("drop:" + control.name);
          var value = uri || (there && there.getAttribute("src")) || "";
          if (value && !(drop && drop.checked)) put(made, control.name, value);
        });
      });
    }, Promise.resolve()).then(function () { return made; });
  }

  function save() {
    record().then(function (made) {
      var link = document.createElement("a"), said = form.querySelector(".said-now");
      link.href = URL.createObjectURL(new Blob([JSON.stringify(made, null, 2) + "\n"], { type: "application/json" }));
      link.download = form.getAttribute("data-template") + ".json";
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
      var left = form.querySelectorAll("input:invalid,textarea:invalid,select:invalid"), labels = [];
      Array.prototype.forEach.call(left, function (control) { labels.push(control.getAttribute("aria-label")); });
      said.textContent = said.getAttribute("data-saved") + " " + link.download +
        (labels.length ? " · " + said.getAttribute("data-left") + labels.slice(0, 5).join("、") + (labels.length > 5 ? "…" : "") : "");
    });
  }

  each("[data-do]", function (button) {
    button.hidden = false;
    button.addEventListener("click", button.getAttribute("data-do") === "save" ? save : function () { window.print(); });
  });
  each("textarea", function (text) { grow(text); mind(text); });
  // A browser that comes back to the page may have kept what was typed.
  Array.prototype.forEach.call(form.elements, function (control) { if (control.name) echo(control); });
})();
"#;
