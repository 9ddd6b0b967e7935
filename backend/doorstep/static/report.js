// The emergency report for whoever opened the sticker in a browser. What is typed stays until the report has arrived;
// each report has one key, so that however often it is tapped or sent again, one report is taken.
"use strict";

(() => {
  const PHOTO_MS = 30000;
  const REPORT_MS = 20000;
  const LONGEST_SIDE = 1600;
  const TITLES = { co: "先做这几件，再报告", smoke: "先做这几件，再报告", no_heat: "没有暖气" };
  const NOT_ARRIVED = "报告没有送到。填的内容还在，请再按一次“发送报告”，或直接拨打服务热线。";

  const section = document.getElementById("report");
  const at = (id) => document.getElementById(id);
  const form = at("form");
  const send = at("send");

  let category = "no_heat";
  let key = newKey();
  let sending = false;
  let photo = { file: null, key: null, id: null };

  section.hidden = false;

  function newKey() {
    // randomUUID is only there on secure addresses; a sticker may be opened before the county has one.
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function show(id) {
    for (const name of ["choose", "form", "answer"]) at(name).hidden = name !== id;
    // The page's own short steps make room for the full ones.
    at("first-aid").hidden = id !== "choose" && category !== "no_heat";
    if (at("hotline")) at("hotline").hidden = id === "answer"; // the answer has its own
    if (matchMedia("(min-width: 960px)").matches) scrollTo(0, 0);
    else section.scrollIntoView();
  }

  function choose(chosen) {
    category = chosen;
    const dangerous = chosen !== "no_heat";
    at("danger").hidden = !dangerous;
    form.classList.toggle("has-steps", dangerous);
    at("form-title").textContent = TITLES[chosen];
    for (const steps of form.querySelectorAll("[data-steps]")) steps.hidden = steps.dataset.steps !== chosen;
    for (const call of form.querySelectorAll("[data-call]")) call.hidden = call.dataset.call !== chosen;
    if (dangerous) form.elements.category.value = chosen;
  }

  function tell(element, words) {
    element.textContent = words || "";
    element.hidden = !words;
  }

  function namePhoto() {
    const file = form.elements.photo.files[0];
    at("picker").textContent = file ? `已选：${file.name}（再按可以换）` : "拍照，或选一张照片";
  }

  function forgetFailures() {
    for (const wrong of form.querySelectorAll(".wrong")) tell(wrong, "");
  }

  async function post(address, body, headers, ms) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), ms);
    try {
      const response = await fetch(address, { method: "POST", body, headers, signal: patience.signal });
      const answer = await response.json();
      return { status: response.status, answer };
    } finally {
      clearTimeout(timer);
    }
  }

  async function smaller(file) {
    const address = URL.createObjectURL(file);
    try {
      const picture = new Image();
      picture.src = address;
      await picture.decode();
      const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.naturalWidth, picture.naturalHeight));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.naturalWidth * scale));
      canvas.height = Math.max(1, Math.round(picture.naturalHeight * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
      return blob || file;
    } catch {
      return file; // the server judges whether it is a photo
    } finally {
      URL.revokeObjectURL(address);
    }
  }

  // The photo's id; null where there is none or it does not arrive: no photo holds a report up.
  async function sentPhoto() {
    const file = form.elements.photo.files[0];
    if (!file) return null;
    if (photo.file !== file) photo = { file, key: newKey(), id: null };
    if (photo.id) return photo.id;
    try {
      const parts = new FormData();
      parts.append("file", await smaller(file), "photo.jpg");
      const { status, answer } = await post("/api/photos", parts, { "Idempotency-Key": photo.key }, PHOTO_MS);
      if (status === 201) photo.id = answer.id;
    } catch {
      photo.key = newKey();
    }
    return photo.id;
  }

  function report(body) {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
    return post("/api/fault-reports", JSON.stringify(body), headers, REPORT_MS);
  }

  async function submit() {
    if (sending) return;
    sending = true;
    send.disabled = true;
    send.textContent = "正在发送…";
    forgetFailures();
    try {
      const wantedPhoto = form.elements.photo.files.length > 0;
      const photoId = await sentPhoto();
      const body = {
        household_code: section.dataset.code,
        category,
        description: form.elements.description.value.trim() || null,
        phone: form.elements.phone.value.trim() || null,
        photo_ids: photoId ? [photoId] : [],
      };
      let told = await report(body);
      if (told.answer.code === "http.idempotency_key_reused") {
        key = newKey(); // an earlier try had arrived after all, and more was typed since: that is told as well
        told = await report(body);
      }
      if (told.status === 201 || told.status === 202) arrived(told.answer, wantedPhoto && !photoId);
      else refused(told.answer);
    } catch {
      refused(null);
    } finally {
      sending = false;
      send.disabled = false;
      send.textContent = form.dataset.tried ? "再发一次" : "发送报告";
    }
  }

  function refused(problem) {
    form.dataset.tried = "yes";
    if (!problem || !problem.detail || problem.status >= 500) {
      tell(at("failed"), NOT_ARRIVED);
      return;
    }
    const errors = problem.errors || {};
    const wrong = Object.entries(errors).filter(([name, messages]) => {
      const place = form.querySelector(`.wrong[data-for="${CSS.escape(name)}"]`);
      if (place) tell(place, [].concat(messages).join(""));
      return place;
    });
    const why = wrong.length ? "红字的一项填得不对，改好或者清空，再按一次。" : `${problem.detail}${problem.next || ""}`;
    tell(at("failed"), `没有送到：${why}`);
  }

  function fill(list, steps) {
    list.replaceChildren(
      ...steps.map((step) => {
        const line = document.createElement("li");
        line.textContent = step.text;
        return line;
      }),
    );
  }

  function arrived(answer, photoLost) {
    fill(at("answer-advice"), answer.advice);
    at("answer-advice").hidden = answer.advice.length === 0;
    at("answer-title").textContent = answer.kept ? "收下了，还没有通知到人" : "已经报告";
    at("answer-message").textContent = answer.message;
    at("answer-photo").hidden = !photoLost && answer.photos_left_out === 0;
    fill(at("answer-tonight").querySelector("ol"), answer.tonight);
    at("answer-tonight").hidden = answer.tonight.length === 0;
    at("answer-hotline").textContent = `服务热线 ${answer.hotline}`;
    at("answer-hotline").href = `tel:${answer.hotline}`;
    at("answer-hotline").hidden = !answer.hotline;
    at("answer-reference").textContent = answer.report_id || "";
    at("answer-reference").parentElement.hidden = !answer.report_id;
    form.reset();
    namePhoto();
    delete form.dataset.tried;
    key = newKey();
    photo = { file: null, key: null, id: null };
    getSelection().removeAllRanges(); // a double tap marks words
    show("answer");
    at("answer-title").focus({ preventScroll: true });
  }

  for (const button of section.querySelectorAll("[data-category]")) {
    button.addEventListener("click", () => {
      choose(button.dataset.category);
      show("form");
      at("form-title").focus({ preventScroll: true });
    });
  }
  for (const radio of form.querySelectorAll("input[name=category]")) {
    radio.addEventListener("change", () => choose(radio.value));
  }
  form.elements.photo.addEventListener("change", namePhoto);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  at("back").addEventListener("click", () => show("choose"));
  at("again").addEventListener("click", () => show("choose"));
})();
