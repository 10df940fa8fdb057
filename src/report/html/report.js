"use strict";
// Opens tests, and filters, sorts, and walks through what there is. Without it the page
// shows all the same.
(() => {
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const list = one("#list");
  const form = one(".filters");

  // What is told of a test stands in `noscript`, which is a single text here.
  const source = new Map();
  const fill = (details) => {
    const held = details.querySelector(":scope > noscript");
    if (!held) return;
    const part = document.createElement("template");
    part.innerHTML = held.textContent;
    held.replaceWith(part.content);
  };
  const tests = all("details.test").map((element, place) => ({
    element,
    place,
    number: element.dataset.test,
    rank: Number(element.dataset.rank),
    word: element.dataset.word,
    title: element.querySelector("summary").textContent.toLowerCase(),
    name: element.querySelector("h3").textContent.trim().toLowerCase(),
    cells: [],
  }));
  const byNumber = new Map(tests.map((test) => [test.number, test]));
  for (const test of tests) {
    const held = test.element.querySelector(":scope > noscript");
    source.set(test, held ? held.textContent : "");
    test.element.addEventListener("toggle", () => {
      if (test.element.open) fill(test.element);
    });
  }
  const open = (test) => {
    fill(test.element);
    test.element.open = true;
  };

  // Goes to a test or to a verdict in it.
  const go = (hash) => {
    const name = decodeURIComponent(hash.slice(1));
    const test = tests.find((test) => test.element.id === name.split("--")[0]);
    if (!test) return false;
    if (test.element.hidden) clear();
    open(test);
    const there = document.getElementById(name) ?? test.element;
    there.scrollIntoView({ block: "start" });
    const focus = there === test.element ? there.querySelector("summary") : there;
    focus.focus({ preventScroll: true });
    return true;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#test-"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const hash = link.getAttribute("href");
    if (!go(hash)) return;
    event.preventDefault();
    if (location.hash !== hash) history.pushState(null, "", hash);
  });
  addEventListener("popstate", () => go(location.hash));
  addEventListener("hashchange", () => go(location.hash));

  // The tables, each with its rows, its columns, and its cells.
  const escape = (text) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  const told = (test) => {
    if (test.text === undefined) {
      test.text = source.get(test).replace(/<[^>]*>/g, "\n").toLowerCase();
      source.delete(test);
    }
    return test.text;
  };
  const tables = all(".matrix").map((table) => {
    const heads = all("thead th", table);
    const texts = heads.map((head) => head.textContent.toLowerCase());
    const rows = all("tbody tr", table).map((row) => {
      const header = row.querySelector("th").textContent.toLowerCase();
      const aside = row.querySelector("td.name")?.textContent.toLowerCase() ?? "";
      const cells = all("td[data-test]", row).map((element, column) => {
        const chips = all("a.chip", element);
        const test = byNumber.get(element.dataset.test);
        const words = chips.map((chip) => chip.dataset.word);
        if (chips.some((chip) => chip.classList.contains("loud"))) words.push("unexpected");
        const cell = { element, test, words, text: `${header}\n${texts[column + 1]}\n${aside}` };
        if (words.length) test.cells.push(cell);
        return cell;
      });
      return { element: row, cells };
    });
    return { element: table, heads, rows, box: table.parentElement };
  });

  const search = one("#search");
  const buttons = all("button[data-filter]");
  const status = one(".status");
  const nothing = one(".nothing");
  const sections = all(".group");

  const apply = () => {
    const text = search ? search.value.trim().toLowerCase() : "";
    const words = new Set(
      buttons.filter((button) => button.ariaPressed === "true").map((button) => button.dataset.filter),
    );
    const isFree = !text && !words.size;
    const inner = escape(text);
    let shownTests = 0;
    let shownVerdicts = 0;
    let verdicts = 0;
    for (const test of tests) {
      const isMeant = !text || test.title.includes(text) || told(test).includes(inner);
      let some = false;
      for (const cell of test.cells) {
        const isWord = !words.size || cell.words.some((word) => words.has(word));
        cell.shown = isWord && (!text || test.title.includes(text) || cell.text.includes(text));
        some ||= isWord && (cell.shown || isMeant);
        shownVerdicts += cell.shown;
        verdicts += 1;
      }
      if (!test.cells.length) {
        some = isMeant && (!words.size || words.has(test.word));
      }
      // A test may fail by something else than its verdicts.
      some ||= isMeant && words.has("unexpected") && test.rank < 2;
      // What was found in an event only, and in no name: all of the test's cells.
      if (some && text && !test.cells.some((cell) => cell.shown)) {
        for (const cell of test.cells) {
          cell.shown = !words.size || cell.words.some((word) => words.has(word));
          shownVerdicts += cell.shown;
        }
      }
      test.element.hidden = !some;
      shownTests += some;
    }
    for (const table of tables) {
      const columns = table.heads.map(() => false);
      let any = false;
      for (const row of table.rows) {
        let some = false;
        row.cells.forEach((cell, column) => {
          const isShown = isFree || (cell.words.length > 0 && cell.shown);
          cell.element.classList.toggle("dim", !isShown && cell.words.length > 0);
          if (isShown) columns[column + 1] = true;
          some ||= isShown;
        });
        row.element.hidden = !some;
        any ||= some;
      }
      const isList = table.element.classList.contains("list");
      if (!isList) {
        columns.forEach((isShown, column) => {
          if (column === 0 || table.heads[column].hidden === !isShown) return;
          table.heads[column].hidden = !isShown;
          for (const row of table.rows) row.cells[column - 1].element.hidden = !isShown;
        });
      }
      table.box.hidden = !any;
    }
    for (const section of sections) {
      section.hidden = all(".scroll", section).every((box) => box.hidden);
    }
    if (nothing) nothing.hidden = shownTests > 0;
    if (status) {
      const cells = verdicts ? `, ${shownVerdicts} of ${verdicts} cells of the tables` : "";
      status.textContent = `${shownTests} of ${tests.length} tests${cells}`;
    }
  };
  const clear = () => {
    if (search) search.value = "";
    for (const button of buttons) button.ariaPressed = "false";
    apply();
  };

  const order = (how) => {
    const sorted = [...tests];
    if (how === "worst") sorted.sort((a, b) => a.rank - b.rank || a.place - b.place);
    if (how === "name") sorted.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.place - b.place));
    list.append(...sorted.map((test) => test.element));
  };

  // Opening a thousand at once must not stop the page.
  let opening = 0;
  const openAll = () => {
    const turn = ++opening;
    const waiting = tests.filter((test) => !test.element.hidden && !test.element.open);
    const some = () => {
      if (turn !== opening) return;
      for (const test of waiting.splice(0, 20)) open(test);
      if (waiting.length) requestAnimationFrame(some);
    };
    some();
  };
  const closeAll = () => {
    opening += 1;
    for (const test of tests) test.element.open = false;
  };

  if (form) {
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    let waiting = 0;
    search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(apply, 80);
    });
    for (const button of buttons) {
      button.addEventListener("click", () => {
        button.ariaPressed = button.ariaPressed === "true" ? "false" : "true";
        apply();
      });
    }
    one("#order").addEventListener("change", (event) => order(event.target.value));
    one("#open").addEventListener("click", openAll);
    one("#close").addEventListener("click", closeAll);
    one("#clear").addEventListener("click", () => {
      clear();
      search.focus();
    });
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.matches?.("input, select, textarea");
      if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        search.focus();
      }
      if (event.key === "Escape" && event.target === search) clear();
    });
    apply();
  }

  // The arrows go from verdict to verdict.
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.(".matrix td");
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const step = steps[event.key];
    if (!cell || !step) return;
    const rows = all("tbody tr", cell.closest("table"));
    let row = rows.indexOf(cell.parentElement);
    let column = cell.cellIndex;
    for (;;) {
      row += step[0];
      column += step[1];
      const there = rows[row]?.cells[column];
      if (!there) return;
      const chip = there.querySelector("a.chip");
      if (chip && chip.getClientRects().length) {
        event.preventDefault();
        chip.focus();
        return;
      }
    }
  });

  // On paper: what is not as expected, and what the reader has opened; and no filters.
  let afterwards = [];
  addEventListener("beforeprint", () => {
    for (const test of tests) {
      afterwards.push({ test, open: test.element.open, hidden: test.element.hidden });
      test.element.hidden = false;
      if (test.rank < 2) open(test);
    }
    for (const hidden of all(".matrices [hidden]")) {
      if (hidden.closest(".filters") || hidden === nothing) continue;
      afterwards.push({ hidden });
      hidden.hidden = false;
    }
  });
  addEventListener("afterprint", () => {
    for (const was of afterwards) {
      if (was.test) {
        was.test.element.open = was.open;
        was.test.element.hidden = was.hidden;
      } else {
        was.hidden.hidden = true;
      }
    }
    afterwards = [];
  });

  if (location.hash) go(location.hash);
})();
