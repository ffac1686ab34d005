"use strict";
// Everything that a template says is put into the page with textContent, never as markup.
(() => {
  const files = JSON.parse(document.getElementById("data").textContent);
  const WIDTH = 216, HEIGHT = 46, ROW = 20, MARGIN = 22, HEAD = 26;
  const SEVERITIES = ["critical", "high", "medium", "low", "info"];
  const byId = (id) => document.getElementById(id);
  const svg = byId("picture"), scene = byId("scene"), panel = byId("panel");

  function make(name, attributes, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    return element;
  }
  function write(name, className, text, ...children) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    element.append(...children);
    return element;
  }
  const ruler = document.createElement("canvas").getContext("2d");
  /** As much of a text as fits into so many pixels. */
  function short(text, font, room) {
    ruler.font = `${font} system-ui, sans-serif`;
    if (ruler.measureText(text).width <= room) return text;
    const characters = Array.from(text);
    while (characters.length && ruler.measureText(characters.join("") + "…").width > room) characters.pop();
    return characters.join("") + "…";
  }

  // --- what is drawn -------------------------------------------------------------------------------------------
  const nodes = [], links = [];
  for (const [number, file] of files.entries()) {
    const own = file.nodes.map((node, index) => ({ ...node, number: index, file: number, outgoing: [], incoming: [] }));
    nodes.push(...own);
    const drawn = new Map();
    const tie = (from, to, role, stroke, internet) => {
      // Several roles of the same two are one line.
      const key = `${from.number} ${to.number} ${stroke}`;
      const same = drawn.get(key);
      if (same) { same.role += `, ${role}`; return; }
      const link = { from, to, role, stroke, internet };
      drawn.set(key, link);
      from.outgoing.push(link);
      to.incoming.push(link);
      links.push(link);
    };
    const reached = own.filter((node) => node.internet && node.internet.stroke);
    if (reached.length) {
      const source = { id: "Internet", type: "", world: true, number: -1, file: number, findings: [], outgoing: [], incoming: [] };
      nodes.push(source);
      for (const node of reached) tie(source, node, "reaches", node.internet.stroke, true);
    }
    for (const link of file.links) tie(own[link.from], own[link.to], link.role, link.stroke, false);
  }

  // --- where it stands: layers from left to right, the same for the same data -----------------------------------
  function components(all) {
    const seen = new Set(), found = [];
    for (const start of all) {
      if (seen.has(start)) continue;
      const part = [start];
      seen.add(start);
      for (let index = 0; index < part.length; index++) {
        const node = part[index];
        for (const other of [...node.outgoing.map((link) => link.to), ...node.incoming.map((link) => link.from)]) {
          if (!seen.has(other)) { seen.add(other); part.push(other); }
        }
      }
      found.push(part);
    }
    return found;
  }

  /** Gives each node its layer: one more than the greatest of those that lead to it, cycles apart. */
  function layers(part) {
    const state = new Map(), order = [], forward = [];
    for (const root of part) {
      if (state.has(root)) continue;
      state.set(root, 1);
      const open = [[root, 0]];
      while (open.length) {
        const top = open[open.length - 1];
        if (top[1] < top[0].outgoing.length) {
          const link = top[0].outgoing[top[1]++];
          if (!state.has(link.to)) { state.set(link.to, 1); open.push([link.to, 0]); }
          if (state.get(link.to) === 2 || open[open.length - 1][0] === link.to) forward.push(link);
        } else {
          state.set(top[0], 2);
          order.push(top[0]);
          open.pop();
        }
      }
    }
    const keep = new Set(forward);
    for (const node of part) node.layer = 0;
    for (const node of order.reverse()) {
      for (const link of node.outgoing) {
        if (keep.has(link)) link.to.layer = Math.max(link.to.layer, node.layer + 1);
      }
    }
    // What nothing leads to stands close to what it leads to.
    for (const node of order.reverse()) {
      const ahead = node.outgoing.filter((link) => keep.has(link)).map((link) => link.to.layer);
      if (ahead.length && !node.incoming.some((link) => keep.has(link))) node.layer = Math.min(...ahead) - 1;
    }
  }

  /** Places a connected part at the origin and tells its size. */
  function place(part) {
    layers(part);
    const columns = [], bends = [];
    const layer = (number) => (columns[number] = columns[number] || []);
    const gap = (node, next) => (node.bend && next && next.bend ? 5 : node.bend || (next && next.bend) ? 12 : ROW);
    for (const node of part) {
      node.before = [];
      node.after = [];
      node.tall = HEIGHT;
      layer(node.layer).push(node);
    }
    for (const node of part) {
      for (const link of node.outgoing) {
        link.bends = [];
        const step = link.to.layer >= link.from.layer ? 1 : -1;
        let last = link.from;
        for (let at = link.from.layer + step; at !== link.to.layer && step * (link.to.layer - at) > 0; at += step) {
          if (bends.length > 4000) break;
          const bend = { bend: true, layer: at, before: [], after: [], tall: 4 };
          layer(at).push(bend);
          bends.push(bend);
          link.bends.push(bend);
          last.after.push(bend);
          bend.before.push(last);
          last = bend;
        }
        last.after.push(link.to);
        link.to.before.push(last);
      }
    }
    const used = columns.filter((one) => one && one.length);
    const number = () => used.forEach((one) => one.forEach((node, index) => { node.order = index; }));
    number();
    const sweep = (one, side) => {
      for (const node of one) {
        const near = node[side];
        node.weight = near.length ? near.reduce((sum, other) => sum + other.order, 0) / near.length : node.order;
      }
      one.sort((a, b) => a.weight - b.weight || a.order - b.order);
      one.forEach((node, index) => { node.order = index; });
    };
    for (let round = 0; round < 12; round++) {
      if (round % 2) for (let at = used.length - 2; at >= 0; at--) sweep(used[at], "after");
      else for (let at = 1; at < used.length; at++) sweep(used[at], "before");
    }
    for (const one of used) {
      let y = 0;
      for (const [index, node] of one.entries()) { node.y = y; y += node.tall + gap(node, one[index + 1]); }
    }
    // Everybody is drawn towards the middle of its neighbours, as far as those above and below give way.
    const middle = (node) => node.y + node.tall / 2;
    for (let round = 0; round < 16; round++) {
      for (const one of round % 2 ? used : [...used].reverse()) {
        for (const node of one) {
          const near = [...node.before, ...node.after].map(middle).sort((a, b) => a - b);
          if (!near.length) { node.wish = node.y; continue; }
          const half = near.length >> 1;
          node.wish = (near.length % 2 ? near[half] : (near[half - 1] + near[half]) / 2) - node.tall / 2;
        }
        const push = (key, wish) => {
          let least = -Infinity;
          for (const [index, node] of one.entries()) {
            node[key] = Math.max(wish(node), least);
            least = node[key] + node.tall + gap(node, one[index + 1]);
          }
        };
        push("low", (node) => node.wish);
        let most = Infinity;
        for (let index = one.length - 1; index >= 0; index--) {
          const node = one[index];
          node.high = Math.min(node.wish, most - node.tall - gap(node, one[index + 1]));
          most = node.high;
        }
        push("y", (node) => (node.low + node.high) / 2);
      }
    }
    const everything = [...part, ...bends];
    const top = Math.min(...used.map((one) => one[0].y));
    const first = part.reduce((least, node) => Math.min(least, node.layer), Infinity);
    let bottom = 0;
    for (const node of everything) {
      node.y -= top;
      bottom = Math.max(bottom, node.y + node.tall);
    }
    // The steeper the lines, the more room they get.
    const column = WIDTH + Math.min(480, Math.max(110, bottom / 8));
    for (const node of everything) node.x = (node.layer - first) * column;
    const right = everything.reduce((most, node) => Math.max(most, node.x), 0) + WIDTH;
    return { members: everything, width: right, height: bottom };
  }

  /** What is tied to nothing stands in rows and columns, about as high as the rest. */
  function grid(alone, height) {
    const fitting = Math.floor(height / (HEIGHT + ROW));
    const rows = Math.min(alone.length, Math.max(fitting, Math.ceil(Math.sqrt(alone.length * 2))));
    for (const [index, node] of alone.entries()) {
      node.layer = 0;
      node.x = Math.floor(index / rows) * (WIDTH + ROW);
      node.y = (index % rows) * (HEIGHT + ROW);
    }
    const width = Math.ceil(alone.length / rows) * (WIDTH + ROW) - ROW;
    return { members: alone, width, height: rows * (HEIGHT + ROW) - ROW };
  }

  /** Puts boxes on shelves, the tallest first; tells the size of all. */
  function pack(boxes, move) {
    const area = boxes.reduce((sum, box) => sum + (box.width + MARGIN) * (box.height + MARGIN), 0);
    const limit = Math.max(Math.sqrt(area * 1.9), ...boxes.map((box) => box.width));
    let x = 0, y = 0, shelf = 0, width = 0;
    for (const box of [...boxes].sort((a, b) => b.height - a.height)) {
      if (x > 0 && x + box.width > limit) { x = 0; y += shelf + MARGIN; shelf = 0; }
      move(box, x, y);
      x += box.width + MARGIN;
      shelf = Math.max(shelf, box.height);
      width = Math.max(width, x - MARGIN);
    }
    return { width, height: y + shelf };
  }

  const frames = files.map((file, number) => {
    const parts = components(nodes.filter((node) => node.file === number));
    const boxes = parts.filter((part) => part.length > 1).map(place);
    const alone = parts.filter((part) => part.length === 1).flat();
    if (alone.length) boxes.push(grid(alone, boxes.reduce((most, box) => Math.max(most, box.height), 0)));
    const size = pack(boxes, (box, x, y) => box.members.forEach((node) => { node.x += x; node.y += y; }));
    const members = boxes.flatMap((box) => box.members);
    return { file, members, width: size.width + 2 * MARGIN, height: size.height + 2 * MARGIN + HEAD };
  });
  const whole = pack(frames, (frame, x, y) => {
    frame.x = x;
    frame.y = y;
    frame.members.forEach((node) => { node.x += x + MARGIN; node.y += y + MARGIN + HEAD; });
  });

  // --- drawing ---------------------------------------------------------------------------------------------------
  for (const frame of frames) {
    const group = make("g", { class: "file" });
    group.append(
      make("rect", { x: frame.x, y: frame.y, width: Math.max(frame.width, 160), height: frame.height, rx: 10 }),
      make("text", { x: frame.x + 14, y: frame.y + 22 }, short(frame.file.path, "13px", Math.max(130, frame.width - 28))),
    );
    scene.append(group);
  }
  function curve(link) {
    const back = link.to.layer <= link.from.layer;
    const start = { x: link.from.x + (back ? 0 : WIDTH), y: link.from.y + HEIGHT / 2 };
    const end = { x: link.to.x + (back ? WIDTH : 0), y: link.to.y + HEIGHT / 2 };
    if (link.from.layer === link.to.layer) { start.x = link.from.x + WIDTH; }
    let path = `M${start.x} ${start.y}`, last = start;
    const to = (point) => {
      const bow = link.from.layer === link.to.layer ? 60 : (point.x - last.x) / 2;
      path += `C${last.x + bow} ${last.y} ${point.x - (link.from.layer === link.to.layer ? -60 : bow)} ${point.y} ${point.x} ${point.y}`;
      last = point;
    };
    for (const bend of link.bends) {
      const y = bend.y + bend.tall / 2;
      to({ x: bend.x + (back ? WIDTH : 0), y });
      const far = { x: bend.x + (back ? 0 : WIDTH), y };
      path += `L${far.x} ${far.y}`;
      last = far;
    }
    link.middle = { x: (last.x + end.x) / 2, y: (last.y + end.y) / 2 - 3 };
    to(end);
    return path;
  }
  for (const link of links) {
    const className = `link ${link.stroke}${link.internet ? " from-internet" : ""}`;
    link.line = make("path", { class: className, d: curve(link) });
    scene.append(link.line);
  }
  const words = make("g");
  for (const link of links) {
    link.label = make("text", { class: "role", x: link.middle.x, y: link.middle.y }, link.internet ? "" : short(link.role, "12px", 180));
    words.append(link.label);
  }
  const shortType = (node) => node.type.replace(/^AWS::/, "").replace(/::/g, " ");
  function subtitle(node) {
    if (node.world) return "";
    if (node.unknown) return node.unknown;
    return node.condition ? `${shortType(node)}, if ${node.condition}` : shortType(node);
  }
  for (const node of nodes) {
    const counted = node.findings.filter((finding) => finding.counts).length;
    const classes = ["node"];
    if (node.severity) classes.push("flagged", node.severity);
    if (node.conditional) classes.push("conditional");
    if (node.unknown) classes.push("open");
    if (node.world) classes.push("internet");
    const said = [node.id, node.type, counted ? `${counted} findings, worst ${node.severity}` : ""].filter(Boolean);
    const group = make("g", {
      class: classes.join(" "), transform: `translate(${node.x} ${node.y})`, tabindex: 0, role: "button", "aria-label": said.join(", "),
    });
    group.append(make("title", {}, said.join("\n")));
    group.append(make("rect", { class: "box", width: WIDTH, height: HEIGHT, rx: node.world ? 23 : 8 }));
    if (node.severity) group.append(make("rect", { class: "bar", x: 5, y: 7, width: 4, height: HEIGHT - 14, rx: 2 }));
    if (node.world) {
      const text = make("text", { x: WIDTH / 2, y: 28, "text-anchor": "middle" }, node.id);
      group.append(text);
    } else {
      group.append(make("text", { x: 17, y: 20 }, short(node.id, "600 13px", WIDTH - (counted ? 58 : 28))));
      group.append(make("text", { class: "type", x: 17, y: 36 }, short(subtitle(node), "11px", WIDTH - 28)));
    }
    if (counted) group.append(make("text", { class: "count", x: WIDTH - 11, y: 20 }, String(counted)));
    node.element = group;
    group.addEventListener("click", () => { if (!moved) choose(node, true); });
    group.addEventListener("focus", () => { show(node); hint(node); });
    group.addEventListener("blur", () => hint(null));
    group.addEventListener("pointerenter", () => hint(node));
    group.addEventListener("pointerleave", () => hint(null));
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(node, true); }
      const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (direction) {
        event.preventDefault();
        const next = neighbour(node, direction);
        if (next) next.element.focus();
      }
    });
    scene.append(group);
  }
  scene.append(words);

  /** Names the links of a box that is looked at. */
  function hint(node) {
    for (const link of links) {
      const mine = node !== null && (link.from === node || link.to === node);
      link.line.classList.toggle("hinted", mine);
      link.label.classList.toggle("hinted", mine);
    }
  }

  /** The nearest box in a direction; what lies beside the way counts as farther. */
  function neighbour(node, [right, down]) {
    let best = null, least = Infinity;
    for (const other of nodes) {
      const x = other.x - node.x, y = other.y - node.y;
      const along = x * right + y * down, aside = Math.abs(x * down) + Math.abs(y * right);
      if (other === node || along <= 1 || other.element.classList.contains("dim")) continue;
      const distance = along + 2 * aside;
      if (distance < least) { least = distance; best = other; }
    }
    return best;
  }

  // --- looking around --------------------------------------------------------------------------------------------
  let scale = 1, left = 0, top = 0, moved = false;
  function look() {
    scene.setAttribute("transform", `translate(${left} ${top}) scale(${scale})`);
  }
  function zoom(factor, x, y) {
    const next = Math.min(4, Math.max(0.03, scale * factor));
    left = x - (x - left) * next / scale;
    top = y - (y - top) * next / scale;
    scale = next;
    look();
  }
  const zoomMiddle = (factor) => zoom(factor, svg.clientWidth / 2, svg.clientHeight / 2);
  function fit() {
    const width = svg.clientWidth, height = svg.clientHeight;
    scale = Math.min(1.2, Math.max(0.03, Math.min((width - 32) / whole.width, (height - 32) / whole.height)));
    left = Math.max(16, (width - whole.width * scale) / 2);
    top = Math.max(16, (height - whole.height * scale) / 2);
    look();
  }
  /** Moves the picture so far that a box is seen. */
  function show(node) {
    const x = node.x * scale + left, y = node.y * scale + top;
    const right = svg.clientWidth - WIDTH * scale - 20, bottom = svg.clientHeight - HEIGHT * scale - 20;
    if (x < 20 || x > right) left += Math.min(Math.max(x, 20), Math.max(right, 20)) - x;
    if (y < 20 || y > bottom) top += Math.min(Math.max(y, 20), Math.max(bottom, 20)) - y;
    look();
  }
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const frame = svg.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX - frame.left, event.clientY - frame.top);
  }, { passive: false });
  let held = null;
  svg.addEventListener("pointerdown", (event) => { held = { x: event.clientX, y: event.clientY, left, top }; moved = false; });
  svg.addEventListener("pointermove", (event) => {
    if (!held) return;
    const x = event.clientX - held.x, y = event.clientY - held.y;
    if (!moved && Math.abs(x) + Math.abs(y) > 4) {
      moved = true;
      svg.setPointerCapture(event.pointerId);
      svg.classList.add("dragging");
    }
    if (moved) { left = held.left + x; top = held.top + y; look(); }
  });
  const release = () => { held = null; svg.classList.remove("dragging"); };
  svg.addEventListener("pointerup", release);
  svg.addEventListener("pointercancel", release);
  svg.addEventListener("click", (event) => { if (!moved && event.target === svg) choose(null); });
  byId("in").addEventListener("click", () => zoomMiddle(1.25));
  byId("out").addEventListener("click", () => zoomMiddle(0.8));
  byId("fit").addEventListener("click", fit);

  // --- search and filter -----------------------------------------------------------------------------------------
  const search = byId("search"), filter = byId("filter");
  const findings = [...files.flatMap((file) => file.findings), ...nodes.flatMap((node) => node.findings)];
  function option(value, text, parent) {
    const one = write("option", "", text);
    one.value = value;
    parent.append(one);
  }
  function group(label) {
    const one = document.createElement("optgroup");
    one.label = label;
    filter.append(one);
    return one;
  }
  option("", "all resources", filter);
  option("any", "with findings", filter);
  option("internet", "reached from the internet", filter);
  const severities = group("Severity");
  for (const severity of SEVERITIES) {
    if (findings.some((finding) => finding.counts && finding.severity === severity)) option(`severity ${severity}`, severity, severities);
  }
  const rules = group("Finding");
  for (const rule of [...new Set(nodes.flatMap((node) => node.findings.map((finding) => finding.rule)))].sort()) option(`rule ${rule}`, rule, rules);
  function passes(node) {
    const [kind, ...rest] = filter.value.split(" "), value = rest.join(" ");
    if (kind === "any") return node.findings.some((finding) => finding.counts);
    if (kind === "internet") return Boolean(node.world || (node.internet && node.internet.stroke));
    if (kind === "severity") return node.findings.some((finding) => finding.counts && finding.severity === value);
    if (kind === "rule") return node.findings.some((finding) => finding.rule === value);
    return true;
  }
  function matches(node, wanted) {
    return [node.id, node.type, ...node.findings.map((finding) => finding.rule)].some((text) => text.toLowerCase().includes(wanted));
  }
  let matching = [];
  function sift() {
    const wanted = search.value.trim().toLowerCase();
    const active = wanted !== "" || filter.value !== "";
    matching = nodes.filter((node) => passes(node) && (wanted === "" || matches(node, wanted)));
    const kept = new Set(matching);
    for (const node of nodes) {
      node.element.classList.toggle("dim", active && !kept.has(node));
      node.element.classList.toggle("found", wanted !== "" && kept.has(node));
    }
    for (const link of links) {
      const dim = active && !(kept.has(link.from) && kept.has(link.to));
      link.line.classList.toggle("dim", dim);
      link.label.classList.toggle("dim", dim);
    }
    const resources = (some) => some.filter((node) => !node.world && !node.unknown).length;
    byId("count").textContent = active ? `${resources(matching)} of ${resources(nodes)} resources` : `${resources(nodes)} resources`;
  }
  search.addEventListener("input", sift);
  filter.addEventListener("change", sift);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && matching.length) { choose(matching[0], true); matching[0].element.focus(); }
  });

  // --- what is said of one resource ------------------------------------------------------------------------------
  let chosen = null;
  function heading(text) { panel.append(write("h3", "", text)); }
  function findingList(some) {
    const list = write("ul", "plain");
    const rank = (finding) => (finding.counts ? 0 : 10) + SEVERITIES.indexOf(finding.severity);
    for (const finding of [...some].sort((a, b) => rank(a) - rank(b) || a.line - b.line)) {
      const item = write("li", `finding ${finding.severity}${finding.counts ? " counts" : ""}`);
      const when = finding.class === "always" ? "" : `, ${finding.class}`;
      item.append(
        write("span", "tag", finding.severity), write("span", "soft", `${when}, line ${finding.line}`),
        write("p", "", finding.message), write("code", "soft", finding.rule),
      );
      list.append(item);
    }
    panel.append(list);
  }
  function jump(node, text) {
    const button = write("button", "", text);
    button.type = "button";
    button.addEventListener("click", () => { choose(node, true); node.element.focus(); });
    return button;
  }
  function linkList(some, end) {
    const list = write("ul", "plain");
    for (const link of some) {
      const item = write("li", "", undefined, jump(link[end], link[end].id), write("span", "soft", ` ${link.role}`));
      const hold = { dashed: ", in some deployments", dotted: ", unsure" }[link.stroke];
      if (hold) item.append(write("span", "soft", hold));
      list.append(item);
    }
    panel.append(list);
  }
  function overview() {
    if (files.length > 1) panel.append(write("h2", "", `${files.length} templates`));
    for (const file of files) {
      panel.append(write(files.length > 1 ? "p" : "h2", "", file.path));
      if (file.partial) panel.append(write("p", "soft", "Only a part of it could be judged."));
      if (file.cut) panel.append(write("p", "soft", "The picture is not complete: there is too much of it."));
      if (file.findings.length) { heading("Findings on the template as a whole"); findingList(file.findings); }
    }
    const worst = nodes.filter((node) => node.severity);
    worst.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
    if (worst.length) {
      heading("Worst first");
      const list = write("ul", "plain");
      for (const node of worst.slice(0, 100)) {
        const count = node.findings.filter((finding) => finding.counts).length;
        const tag = write("span", `tag ${node.severity}`, ` ${node.severity}`);
        list.append(write("li", "", undefined, jump(node, node.id), tag, write("span", "soft", count > 1 ? `, ${count} findings` : "")));
      }
      panel.append(list);
    }
    heading("Lines");
    const legend = write("ul", "plain soft");
    for (const text of ["full: in every deployment", "dashed: in some deployments", "dotted: nothing in the template decides it", "red: the internet reaches it"]) legend.append(write("li", "", text));
    panel.append(legend);
    heading("Keys");
    const keys = write("ul", "plain soft");
    for (const text of ["/ search", "+ and − zoom, 0 fit", "arrows go to the next resource", "Enter shows it, Escape goes back"]) keys.append(write("li", "", text));
    panel.append(keys);
  }
  const INTERNET = { always: "The internet reaches it:", sometimes: "In some deployments the internet reaches it:", unsure: "Whether the internet reaches it depends on:", never: "The internet does not reach it." };
  function choose(node, seen) {
    chosen = node;
    for (const other of nodes) other.element.classList.toggle("chosen", other === node);
    for (const link of links) {
      const mine = node !== null && (link.from === node || link.to === node);
      link.line.classList.toggle("chosen", mine);
      link.label.classList.toggle("chosen", mine);
    }
    panel.replaceChildren();
    panel.scrollTop = 0;
    if (!node) return overview();
    if (seen) show(node);
    panel.append(write("h2", "", node.id));
    if (node.type) panel.append(write("p", "soft", node.type));
    if (node.unknown) panel.append(write("p", "", `Not known before the deployment: it depends on ${node.unknown}.`));
    if (node.line) panel.append(write("p", "soft", `${files[node.file].path}, line ${node.line}`));
    if (node.condition) panel.append(write("p", "", `Deployed if ${node.condition}.`));
    else if (node.conditional) panel.append(write("p", "", "Deployed in some deployments."));
    if (node.internet) {
      heading("Internet");
      panel.append(write("p", "", INTERNET[node.internet.reach]));
      const steps = write("ol", "");
      for (const step of node.internet.steps) steps.append(write("li", "", step));
      panel.append(steps);
    }
    if (node.findings.length) { heading("Findings"); findingList(node.findings); }
    const outgoing = node.outgoing, incoming = node.incoming.filter((link) => !link.internet);
    if (outgoing.length) { heading(node.world ? "Reaches" : "Links to"); linkList(outgoing, "to"); }
    if (incoming.length) { heading("Linked from"); linkList(incoming, "from"); }
  }

  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === "Escape") {
      if (chosen) choose(null);
      else { search.value = ""; filter.value = ""; sift(); }
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") { event.preventDefault(); search.focus(); }
    if (event.key === "+" || event.key === "=") zoomMiddle(1.25);
    if (event.key === "-") zoomMiddle(0.8);
    if (event.key === "0") fit();
  });
  const title = files.map((file) => file.path).join(", ");
  byId("title").textContent = title;
  byId("title").title = title;
  document.title = `${title} · cfnward graph`;
  window.addEventListener("resize", look);
  sift();
  choose(null);
  fit();
})();
