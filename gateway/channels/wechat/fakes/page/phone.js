// One follower's phone: asks the fake server what is new, draws it, and says what the person does.
const words = await (await fetch("/words.json")).json();
const $ = (id) => document.getElementById(id);
const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const drawn = new Map(); // number of the entry -> its <li>
const entries = new Map();
let version = -1; // of the state shown; 0 is the first there is
let menuShown = null;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

async function act(body) {
  try {
    const answer = await fetch("/phone/do", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    return answer.ok;
  } catch {
    notice(say("failed"));
    return false;
  }
}

function notice(text) {
  const line = element("li", "system red");
  line.append(element("span", "bubble", text));
  $("chat").append(line);
  line.scrollIntoView({ block: "end" });
}

function wording(entry) {
  if (entry.kind === "red") return say("red");
  if (entry.kind === "silent") return say("silent");
  if (entry.kind === "transfer") return say("transfer", { text: entry.text });
  if (entry.kind === "other") return say("other", { text: entry.text });
  if (entry.kind === "voice") return entry.text ? say("voice", { text: entry.text }) : say("voice_plain");
  if (entry.kind === "place") return say("place", { text: entry.text });
  if (entry.kind === "CLICK") return say("CLICK", { text: entry.text });
  if (entry.kind === "VIEW") return say("VIEW", { text: entry.text });
  if (entry.kind === "SCAN") return say("SCAN", { text: entry.text });
  if (entry.kind === "unsubscribe") return say("unsubscribe");
  if (entry.kind === "subscribe") return entry.text ? say("subscribe_scene", { text: entry.text }) : say("subscribe");
  return entry.text;
}

function noteOf(entry) {
  const parts = [];
  if (entry.via && entry.side === "account") parts.push(say(entry.via));
  if (entry.side !== "account" && entry.deliveries > 1) parts.push(say("deliveries", { count: entry.deliveries }));
  if (entry.side === "me" && entry.seconds === null) parts.push(say("sending"));
  if (entry.via === "passive" && entry.seconds !== null) parts.push(say("took", { seconds: entry.seconds }));
  if (entry.kind === "red" && entry.why) parts.push(entry.why);
  return parts.join(" · ");
}

function draw(entry) {
  entries.set(entry.number, entry);
  const line = element("li", `${entry.side} ${entry.kind}`);
  const bubble = element("button", "bubble");
  bubble.type = "button";
  if (entry.picture) {
    const picture = element("img");
    picture.src = `/phone/media/${encodeURIComponent(entry.picture)}`;
    picture.alt = say("picture");
    bubble.append(picture);
  } else {
    bubble.textContent = wording(entry);
  }
  bubble.addEventListener("click", () => showWire(entry.number));
  line.append(bubble);
  if (entry.choices.length) {
    const list = element("div", "choices");
    for (const choice of entry.choices) {
      const button = element("button", "", choice.content);
      button.type = "button";
      button.addEventListener("click", () => act({ do: "choose", value: choice.content, id: choice.id }));
      list.append(button);
    }
    line.append(list);
    if (entry.why) line.append(element("span", "note", entry.why));
  }
  const note = noteOf(entry);
  if (note) line.append(element("span", "note", note));
  const old = drawn.get(entry.number);
  if (old) {
    old.replaceWith(line);
  } else {
    $("chat").append(line);
    line.scrollIntoView({ block: "end" });
  }
  drawn.set(entry.number, line);
}

function showWire(number) {
  const box = $("wire");
  box.replaceChildren();
  const passed = entries.get(number)?.wire ?? [];
  if (!passed.length) box.append(element("p", "hint", say("wire_none")));
  for (const one of passed) {
    box.append(element("b", "", `${say(`wire_${one.way}`)} ${one.head}`), element("pre", "", one.body));
  }
}

function leaf(button) {
  const made = element("button", "", button.name);
  made.type = "button";
  const clicked = button.type === "view" ? { do: "view", value: button.url } : { do: "click", value: button.key };
  made.addEventListener("click", () => act(clicked));
  return made;
}

function drawMenu(buttons) {
  const shown = JSON.stringify(buttons);
  if (shown === menuShown) return;
  menuShown = shown;
  const menu = $("menu");
  menu.replaceChildren();
  if (!buttons.length) menu.append(element("span", "", say("menu_none")));
  for (const button of buttons) {
    if (!button.sub_button?.length) {
      menu.append(leaf(button));
      continue;
    }
    const group = element("details");
    const below = element("div");
    group.append(element("summary", "", button.name), below);
    for (const one of button.sub_button) below.append(leaf(one));
    below.addEventListener("click", () => { group.open = false; });
    menu.append(group);
  }
}

function drawState(state) {
  $("follows").textContent = say(state.follows ? "follows" : "follows_not");
  $("quota").textContent = state.left ? say("quota", { left: state.left }) : say("quota_none");
  $("mode").value = state.mode;
  $("ours").hidden = state.mode === state.ours;
  $("latency").value = state.latency;
  $("permitted").checked = state.permitted;
  $("broken").checked = state.broken;
  $("link").hidden = state.link === "ready";
  if (state.link !== "ready") $("link").textContent = say(`link_${state.link}`);
  $("scenes").replaceChildren(...state.scenes.map((scene) => {
    const option = element("option");
    option.value = scene.value;
    return option;
  }));
  drawMenu(state.menu);
}

async function sendPicture(blob) {
  const answer = await fetch("/phone/picture", { method: "POST", headers: { "Content-Type": blob.type }, body: blob })
    .catch(() => null);
  if (!answer) notice(say("failed"));
  else if (!answer.ok) notice(say("picture_refused"));
}

function sample() {
  const canvas = element("canvas");
  canvas.width = 420;
  canvas.height = 160;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, 420, 160);
  pen.fillStyle = "#b3261e";
  pen.font = "bold 30px sans-serif";
  pen.fillText("ERROR_403", 24, 60);
  pen.fillStyle = "#222";
  pen.font = "20px sans-serif";
  pen.fillText("permission denied", 24, 105);
  canvas.toBlob(sendPicture, "image/png");
}

$("say").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("text").value;
  if (text.trim() && await act({ do: "text", value: text })) $("text").value = "";
  $("text").focus();
});
$("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("say").requestSubmit();
});
for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", () => {
    const from = button.dataset.from;
    act({ do: button.dataset.do, value: from ? $(from).value : "" });
  });
}
for (const name of ["mode", "latency"]) {
  $(name).addEventListener("change", () => act({ do: name, value: $(name).value }));
}
for (const name of ["permitted", "broken"]) {
  $(name).addEventListener("change", () => act({ do: name, value: String($(name).checked) }));
}
$("picture").addEventListener("change", () => {
  if ($("picture").files.length) sendPicture($("picture").files[0]);
  $("picture").value = "";
});
$("sample").addEventListener("click", sample);

for (;;) {
  try {
    const state = await (await fetch(`/phone/state?after=${version}`)).json();
    if (state.version < version) { // the server has been started again
      drawn.clear();
      entries.clear();
      $("chat").replaceChildren();
    }
    version = state.version;
    state.entries.sort((one, other) => one.number - other.number).forEach(draw);
    drawState(state);
  } catch {
    await new Promise((done) => setTimeout(done, 1500));
  }
}
