"use strict";
// The list behind each box. Reads the JSON that review/report/pack.py writes; changes nothing else on the page.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 50, SLICE = 25;                             // reports on a page; milliseconds
  const $ = (id) => document.getElementById(id);
  const list = $("list"), boxSelect = $("box"), partSelect = $("part"), query = $("query"), said = $("said");
  const turning = document.querySelector(".pages");
  let shown = [], page = 0;

  const element = (name, text, className) => {
    const e = document.createElement(name);
    if (text !== undefined) e.textContent = text;
    if (className) e.className = className;
    return e;
  };
  // Without accents and full-width forms; text that has neither (English, Chinese) is quickly done.
  const plain = (text) => (/[\u00a0-\u1fff\u2100-\u24ff\uac00-\ud7ff\uf900-\uffef]/.test(text)
    ? text.normalize("NFKD").replace(/\p{M}/gu, "") : text).toLowerCase();
  const count = (n) => n.toLocaleString("en");

  const decisions = (extra) => (extra.d ?? []).map((n) => data.said[n]);

  // What the search looks at: made once.
  const hay = new Array(data.reports.length);
  const hayOf = (i) => {
    if (hay[i] === undefined) {
      const r = data.reports[i], extra = r[9];
      hay[i] = plain([r[0], r[1], r[2], r[3] ?? "", r[4], data.places[r[5]], r[6], ...Object.values(r[8]),
        ...r[7].map((x) => x[0] + " " + data.sources[x[1]] + " " + x[2]), ...(extra.t ?? []), ...(extra.s ?? []),
        ...(extra.a ?? []), ...decisions(extra).map((d) => d[3] + " " + d[5] + " " + d[6] + " " + d[7])].join(" \n "));
    }
    return hay[i];
  };
  // Long work in slices, so that the page answers between them: each(i) for every i below n, as long as still() holds.
  const sliced = (n, each, still, done) => {
    let i = 0;
    const step = () => {
      if (!still()) return;
      const until = performance.now() + SLICE;
      while (i < n && performance.now() < until) for (let k = 0; k < 50 && i < n; k++) each(i++);
      if (i < n) setTimeout(step); else done();
    };
    step();
  };
  let searches = 0;
  setTimeout(() => sliced(hay.length, hayOf, () => searches < 2, () => {}), 50);       // ready before anybody types

  const everything = data.reports.map((_, i) => i);
  const chosen = () => (boxSelect.value === "" ? undefined : data.boxes[Number(boxSelect.value)]);
  const inBox = () => {
    const box = chosen();
    if (!box) return everything;
    const part = partSelect.value === "" ? null : box.parts[Number(partSelect.value)];
    if (part) return part[1];
    box.ids ??= box.parts.flatMap((p) => p[1]);
    return box.ids;
  };
  const byStudy = new Map();
  data.reports.forEach((r, i) => (r[9].s ?? []).forEach((s) => {
    if (!byStudy.has(s)) byStudy.set(s, []);
    byStudy.get(s).push(i);
  }));
  const reportOf = (ref) => (typeof ref === "number" ? ref : Array.isArray(ref) ? ref[0] : -1);

  // A further keystroke ends the search before it; what narrows that search looks through its results alone.
  let before = { text: "", refs: everything, found: everything };
  const update = () => {
    const wanted = plain(query.value).trim(), words = wanted.split(/\s+/).filter(Boolean);
    const refs = inBox(), mine = ++searches, found = [];
    const pool = refs === before.refs && wanted.startsWith(before.text) ? before.found : refs;
    const look = (n) => {
      const i = reportOf(pool[n]), own = i < 0 ? plain(String(pool[n])) : hayOf(i);
      if (words.every((w) => own.includes(w))) found.push(pool[n]);
    };
    const show = (result) => {
      shown = result;
      page = 0;
      draw();
    };
    const finish = (result) => {
      before = { text: wanted, refs, found: result };
      show(result);
      tell(words.length === 0 ? "" : ` of ${count(refs.length)} match`);
      list.removeAttribute("aria-busy");
    };
    let early = false;                                     // a first page is shown as soon as it is full
    const still = () => {
      if (mine === searches && !early && found.length >= PAGE) {
        early = true;
        show(found.slice());
      }
      return mine === searches;
    };
    list.setAttribute("aria-busy", "true");
    if (words.length === 0) finish(refs);
    else sliced(pool.length, look, still, () => finish(found));
  };
  const tell = (rest) => {
    const box = chosen();
    said.textContent = `${box ? box.label : "All reports"}: ${count(shown.length)}${rest}`;
  };

  const draw = () => {
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    list.dataset.shown = query.value;
    list.replaceChildren(...shown.slice(page * PAGE, (page + 1) * PAGE).map(item));
    list.hidden = shown.length === 0;
    turning.hidden = pages === 1;
    $("page").textContent = `Page ${count(page + 1)} of ${count(pages)}`;
    $("previous").disabled = page === 0;
    $("next").disabled = page + 1 >= pages;
  };

  const item = (ref) => {
    const li = element("li"), i = reportOf(ref);
    if (i < 0) {                                        // a study, or an id of the previous version
      const reports = byStudy.get(ref) ?? [];
      const details = element("details"), summary = element("summary", String(ref));
      summary.append(element("span", reports.length ? `${count(reports.length)} ${reports.length === 1 ? "report" : "reports"}` : "previous version", "meta"));
      details.append(summary);
      if (reports.length) {
        const inner = element("div", undefined, "more"), ul = element("ul");
        reports.forEach((n) => ul.append(element("li", `${data.reports[n][0]}  ${data.reports[n][1]}`)));
        inner.append(ul);
        details.append(inner);
      }
      li.append(details);
      return li;
    }
    const r = data.reports[i], details = element("details"), summary = element("summary", r[1] || "(no title)");
    const meta = element("span", [r[2], r[3], r[4], r[0]].filter(Boolean).join(" · ") + "  ", "meta");
    meta.append(element("span", data.places[r[5]] + (r[6] ? `: ${r[6]}` : ""), "place"));
    if (Array.isArray(ref)) {
      const record = r[7][ref[1]];
      meta.append(` here as ${record[0]} (${data.sources[record[1]]})`);
    }
    summary.append(meta);
    details.append(summary);
    details.addEventListener("toggle", () => { if (details.open && !details.dataset.full) {
      details.dataset.full = "1";
      details.append(more(r));
    } });
    li.append(details);
    return li;
  };

  const section = (parent, title, rows) => {
    if (!rows || rows.length === 0) return;
    parent.append(element("h4", title));
    const ul = element("ul");
    rows.forEach((row) => ul.append(element("li", row)));
    parent.append(ul);
  };
  const said_ = (parts) => parts.filter((x) => x !== "" && x !== null).join(", ");

  const more = (r) => {
    const div = element("div", undefined, "more"), x = r[9], links = element("p");
    const link = (href, text) => {
      if (!/^https?:\/\//.test(href)) return;
      const a = element("a", text);
      a.href = href; a.target = "_blank"; a.rel = "noopener noreferrer";
      links.append(a, "  ");
    };
    if (r[8].doi) link("https://doi.org/" + encodeURI(r[8].doi), "DOI " + r[8].doi);
    if (r[8].pmid) link("https://pubmed.ncbi.nlm.nih.gov/" + encodeURIComponent(r[8].pmid) + "/", "PMID " + r[8].pmid);
    if (r[8].url) link(r[8].url, "address");
    if (links.childNodes.length) div.append(links);
    section(div, "Notices", x.n);
    section(div, "Other titles", x.t);
    section(div, "Decisions", decisions(x).map((d) =>
      `${d[0]}  ${d[3]}: ${d[5]}${d[6] ? " (" + d[6] + ")" : ""} on ${d[1]}, round ${d[2]}, ${d[4]}${d[7] ? ". Note: " + d[7] : ""}`));
    section(div, "Records and their sources", r[7].map((c) => `${c[0]}  ${data.sources[c[1]]}${c[2] ? ", " + c[2] : ""}`));
    section(div, "Why these records are one report", (x.m ?? []).map((m) =>
      `${m[0]}: ${m[1]} by ${m[6]}${m[2] ? ", rule " + m[2] : ""}${m[3] ? ", score " + m[3] : ""}` +
      `${m[4] ? ". For: " + m[4] : ""}${m[5] ? ". Against: " + m[5] : ""}${m[7] ? ". " + m[7] : ""}`));
    section(div, "Studies", x.s);
    section(div, "Related reports", (x.x ?? []).map((l) => `${l[0]} ${l[1]}`));
    section(div, "Former keys", x.a);
    section(div, "What happened", (x.h ?? []).map((h) => said_(h)));
    return div;
  };

  const chooseBox = (key, focus) => {
    const n = data.boxes.findIndex((b) => b.key === key);
    boxSelect.value = n < 0 ? "" : String(n);
    parts();
    query.value = "";
    update();
    if (focus) {
      $("records").scrollIntoView();
      said.focus({ preventScroll: true });
    }
  };
  const parts = () => {
    const box = chosen();
    const options = [new Option("all of it", "")];
    (box ? box.parts : []).forEach((p, i) => options.push(new Option(`${p[0]} (${count(p[1].length)})`, String(i))));
    partSelect.replaceChildren(...options);
    partSelect.disabled = options.length === 1;
  };
  const follow = () => {
    const found = /^#box-(.+)$/.exec(decodeURIComponent(location.hash));
    if (found) chooseBox(found[1], true);
  };

  boxSelect.append(new Option(`All reports (${count(data.reports.length)})`, ""));
  data.boxes.forEach((b, i) => boxSelect.append(new Option(`${b.label} (${count(b.n)})`, String(i))));
  boxSelect.addEventListener("change", () => { parts(); update(); });
  partSelect.addEventListener("change", update);
  query.addEventListener("input", update);
  const turn = (by) => { page += by; draw(); said.scrollIntoView(); said.focus({ preventScroll: true }); };
  $("previous").addEventListener("click", () => turn(-1));
  $("next").addEventListener("click", () => turn(1));
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {        // the same box chosen a second time changes no hash
    const a = event.target.closest ? event.target.closest('a[href^="#box-"]') : null;
    if (a && a.getAttribute("href") === location.hash) { event.preventDefault(); follow(); }
  });
  parts();
  update();
  follow();
})();
