"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const video = $("video"), tracks = $("tracks"), search = $("search"), now = $("now"), fold = $("fold");
  const duration = Number(tracks.dataset.duration);
  const sections = [...document.querySelectorAll("#captions details")];
  const rows = [...document.querySelectorAll("[data-start]")].map((element) => ({
    element,
    level: element.dataset.level,
    isGap: element.classList.contains("gap"),
    start: Number(element.dataset.start),
    end: Number(element.dataset.end),
    words: element.querySelector("span"),
    text: element.querySelector("span").textContent,
  }));
  const lanes = [...document.querySelectorAll(".lane")].map((element) => ({
    level: element.dataset.level,
    hits: element.querySelector(".hits"),
    here: element.querySelector("b"),
  }));
  const byLevel = new Map();
  for (const row of rows) {
    if (!byLevel.has(row.level)) byLevel.set(row.level, []);
    byLevel.get(row.level).push(row);
  }
  for (const list of byLevel.values()) list.sort((a, b) => a.start - b.start || a.isGap - b.isGap);
  const lowest = byLevel.get(lanes.length ? lanes[lanes.length - 1].level : "") || [];

  const clock = (seconds) => {
    const whole = Math.floor(seconds), pad = (number) => String(number).padStart(2, "0");
    const h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60, s = whole % 60;
    return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
  };
  const percent = (seconds) => `${(100 * Math.min(Math.max(seconds / duration, 0), 1)).toFixed(3)}%`;

  /** Index of the last row that starts at or before a time; -1 before the first. */
  const lastBefore = (list, seconds) => {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle].start <= seconds) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  const rowAt = (level, seconds) => {
    const list = byLevel.get(level) || [];
    for (let index = lastBefore(list, seconds); index >= 0; index -= 1) {
      if (seconds < list[index].end) return list[index];
      if (!list[index].isGap) return null;
    }
    return null;
  };

  // ---- position: one time that the video, the timeline and the list agree on ----
  let position = 0;
  const currentRows = new Map();
  const head = tracks.appendChild(document.createElement("div"));
  head.className = "head";

  const show = (seconds) => {
    position = seconds;
    head.style.left = percent(seconds);
    tracks.setAttribute("aria-valuenow", seconds.toFixed(1));
    tracks.setAttribute("aria-valuetext", clock(seconds));
    for (const lane of lanes) {
      const row = rowAt(lane.level, seconds), before = currentRows.get(lane.level);
      if (row === before) continue;
      if (before) before.element.classList.remove("current");
      if (row) {
        row.element.classList.add("current");
        lane.here.style.left = percent(row.start);
        lane.here.style.width = percent(row.end - row.start);
      }
      lane.here.hidden = !row;
      currentRows.set(lane.level, row);
      if (lane === lanes[lanes.length - 1]) now.textContent = row ? row.text : "";
    }
  };

  let wanted = null; // where to start once the video is there
  let isChecked = false; // until its sources were tried, a video has none
  const isPlayable = () => !isChecked || (video.networkState !== HTMLMediaElement.NETWORK_NO_SOURCE && !video.error);
  const seek = (seconds, plays) => {
    const time = Math.min(Math.max(seconds, 0), duration);
    now.hidden = false;
    show(time);
    if (!isPlayable()) return;
    if (video.readyState > 0) video.currentTime = time;
    else wanted = time;
    if (plays) video.play().catch(() => {});
  };

  const checkVideo = () => {
    isChecked = true;
    const isMissing = !isPlayable();
    video.hidden = isMissing;
    $("missing").hidden = !isMissing;
    video.parentElement.classList.toggle("ready", !isMissing && video.readyState > 0);
  };
  video.addEventListener("error", () => setTimeout(checkVideo), true);
  video.addEventListener("loadedmetadata", () => {
    checkVideo();
    if (wanted !== null) video.currentTime = wanted;
    wanted = null;
  });
  addEventListener("load", checkVideo);

  let isWatching = false;
  const follow = () => {
    if (video.readyState > 0) show(video.currentTime);
    isWatching = !video.paused && !video.ended;
    if (isWatching) requestAnimationFrame(follow);
  };
  video.addEventListener("play", () => {
    now.hidden = false;
    if (!isWatching) follow();
  });
  for (const name of ["seeked", "pause", "timeupdate"]) video.addEventListener(name, () => !isWatching && follow());

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#t="]');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    location.replace(link.hash);
    seek(Number(link.hash.slice(3)), true);
  });

  // ---- timeline ----
  const tip = tracks.appendChild(document.createElement("div"));
  tip.className = "tip";
  tip.hidden = true;
  tracks.classList.add("live");
  tracks.tabIndex = 0;
  for (const [name, value] of [["role", "slider"], ["aria-label", "Position"], ["aria-valuemin", 0], ["aria-valuemax", duration]]) {
    tracks.setAttribute(name, value);
  }
  const timeAt = (event) => {
    const box = tracks.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * duration;
  };
  const laneAt = (event) => {
    const lane = event.target.closest(".lane");
    return lane ? lane.dataset.level : lanes.length ? lanes[lanes.length - 1].level : "";
  };
  const showTip = (event) => {
    const time = timeAt(event), row = rowAt(laneAt(event), time);
    tip.textContent = row ? `${clock(row.start)}  ${row.text}` : clock(time);
    tip.hidden = false;
    const room = tracks.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.min(Math.max((time / duration) * tracks.clientWidth - tip.offsetWidth / 2, 0), Math.max(room, 0))}px`;
  };
  let isDragging = false;
  tracks.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    isDragging = true;
    tracks.setPointerCapture(event.pointerId);
    seek(timeAt(event), false);
  });
  tracks.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" || isDragging) showTip(event);
    if (isDragging) seek(timeAt(event), false);
  });
  tracks.addEventListener("pointerup", (event) => {
    if (!isDragging) return;
    isDragging = false;
    seek(timeAt(event), true);
    if (event.pointerType !== "mouse") tip.hidden = true;
  });
  tracks.addEventListener("pointercancel", () => { isDragging = false; tip.hidden = true; });
  tracks.addEventListener("pointerleave", () => { tip.hidden = true; });

  const step = (count) => {
    let index = lastBefore(lowest, position + 0.001) + count;
    index = Math.min(Math.max(index, 0), lowest.length - 1);
    if (lowest[index]) seek(lowest[index].start, false);
  };
  tracks.addEventListener("keydown", (event) => {
    const actions = {
      ArrowRight: () => step(1),
      ArrowLeft: () => step(-1),
      Home: () => seek(0, false),
      End: () => seek(duration, false),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });

  // ---- search ----
  let marked = [], openBefore = null;
  const unmark = () => {
    for (const row of marked) row.words.textContent = row.text;
    marked = [];
  };
  const mark = (row, pattern) => {
    const pieces = document.createDocumentFragment();
    let end = 0;
    for (const found of row.text.matchAll(pattern)) {
      pieces.append(row.text.slice(end, found.index));
      pieces.appendChild(document.createElement("mark")).textContent = found[0];
      end = found.index + found[0].length;
    }
    pieces.append(row.text.slice(end));
    row.words.replaceChildren(pieces);
    marked.push(row);
  };
  const patternsOf = (query) => {
    const words = query.split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\\/]/g, "\\$&"));
    return { each: words.map((word) => new RegExp(word, "iu")), any: new RegExp(words.join("|"), "giu"), isEmpty: !words.length };
  };

  const find = () => {
    const { each, any, isEmpty } = patternsOf(search.value);
    unmark();
    if (!isEmpty && !openBefore) openBefore = sections.map((section) => section.open);
    let numFound = 0;
    const found = new Set();
    for (const row of rows) {
      const isHit = !isEmpty && each.every((pattern) => pattern.test(row.text));
      if (isHit) {
        found.add(row.element);
        if (!row.isGap) numFound += 1;
        mark(row, any);
      }
      if (row.element.localName === "li") row.element.hidden = !isEmpty && !isHit;
    }
    for (const section of [...sections].reverse()) {
      const inside = [...section.querySelectorAll("[data-start]")].filter((element) => found.has(element));
      const isOwn = found.has(section.firstElementChild);
      section.hidden = !isEmpty && !inside.length;
      if (isEmpty || section.hidden) continue;
      section.open = inside.length > Number(isOwn);
      if (!section.open) for (const row of section.querySelectorAll("li")) row.hidden = false;
    }
    if (isEmpty && openBefore) {
      sections.forEach((section, index) => { section.open = openBefore[index]; });
      openBefore = null;
    }
    for (const lane of lanes) {
      const hits = (byLevel.get(lane.level) || []).filter((row) => found.has(row.element) && !row.isGap);
      lane.hits.setAttribute("d", hits.map((row) => `M${row.start} 0H${row.end}V1H${row.start}Z`).join(""));
    }
    tracks.classList.toggle("searching", !isEmpty);
    $("count").textContent = isEmpty ? "" : `${numFound} found`;
    $("none").hidden = isEmpty || found.size > 0;
    $("captions").hidden = !isEmpty && found.size === 0;
    labelFold();
  };
  let isFinding = false;
  search.addEventListener("input", () => {
    if (isFinding) return;
    isFinding = true;
    requestAnimationFrame(() => { isFinding = false; find(); });
  });
  const goToHit = (direction) => {
    const hits = marked.filter((row) => !row.isGap).sort((a, b) => a.start - b.start);
    if (!hits.length) return;
    const after = hits.find((row) => row.start > position + 0.001);
    const before = hits.filter((row) => row.start < position - 0.001).pop();
    const row = direction > 0 ? after || hits[0] : before || hits[hits.length - 1];
    row.element.scrollIntoView({ block: "nearest" });
    seek(row.start, false);
  };

  // ---- folding, keys, printing ----
  const isAllOpen = () => sections.every((section) => section.open);
  const labelFold = () => { fold.textContent = isAllOpen() ? "Close all" : "Open all"; };
  fold.hidden = !sections.length;
  fold.addEventListener("click", () => {
    const opens = !isAllOpen();
    for (const section of sections) section.open = opens;
    labelFold();
  });
  for (const section of sections) section.addEventListener("toggle", labelFold);
  labelFold();

  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.target === search) {
      if (event.key === "Escape") { search.value = ""; find(); search.blur(); }
      if (event.key === "Enter") goToHit(event.shiftKey ? -1 : 1);
      return;
    }
    const isFree = !event.target.closest("a, button, summary, video");
    if (event.key === "/") { event.preventDefault(); search.focus(); search.select(); }
    if (event.key === "j" || event.key === "k") {
      step(event.key === "j" ? 1 : -1);
      const row = currentRows.get(lowest.length ? lowest[0].level : "");
      if (row) row.element.scrollIntoView({ block: "nearest" });
    }
    if (event.key === " " && isFree && isPlayable()) {
      event.preventDefault();
      if (video.paused) video.play().catch(() => {});
      else video.pause();
    }
  });

  let openBeforePrint = [];
  addEventListener("beforeprint", () => {
    openBeforePrint = sections.map((section) => section.open);
    for (const section of sections) section.open = true;
  });
  addEventListener("afterprint", () => sections.forEach((section, index) => { section.open = openBeforePrint[index]; }));

  for (const id of ["tools", "keys"]) $(id).hidden = false;
  const start = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
  if (start) seek(Number(start[1]), false);
  else head.style.left = "0%";
  if (search.value) find();
})();
