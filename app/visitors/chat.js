// A visitor's side of a conversation. Whatever is said is text, and is put into the page as nothing else.
const main = document.querySelector("main");
const log = main.querySelector("ol");
const notice = main.querySelector(".notice");
const choices = main.querySelector(".choices");
const form = main.querySelector("form");
const begin = main.querySelector(".begin");
const { chat, lost, closed } = main.dataset;
const REST = 2000;
const LONGEST_REST = 30000;
const SILENCE = 5000; // a stream that tells nothing for so long after it was opened is held back on the way
const STREAM_REST = 10000;
const LONGEST_STREAM_REST = 300000;

let token = null;
let shown = 0;
let rest = REST;
let timer = 0;
let asking = false;
let over = false;
let stream = null;
let streamRest = STREAM_REST;
let streamTimer = 0;

async function call(address, options) {
  const answer = await fetch(address, { cache: "no-store", ...options });
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.errors?.[0]?.message ?? lost), { status: answer.status });
  return body;
}

function post(address, body) {
  return call(address, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

// A browser may keep frames of other sites from keeping anything: the conversation then ends with the page.
function kept() {
  try {
    return sessionStorage.getItem(chat);
  } catch {
    return null;
  }
}

function keep(token) {
  try {
    if (token === null) sessionStorage.removeItem(chat);
    else sessionStorage.setItem(chat, token);
  } catch {
    // as said above
  }
}

function say(message) {
  const item = document.createElement("li");
  const who = document.createElement("b");
  const author = message.author.toLowerCase();
  item.className = author;
  who.textContent = main.dataset[author] ?? "";
  item.append(who, message.body);
  log.append(item);
  item.scrollIntoView({ block: "end" });
}

function offer(labels) {
  choices.replaceChildren(
    ...labels.map((label) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => send(label));
      return button;
    }),
  );
}

function tell(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

// What is new, however it came.
function hear(heard) {
  for (const message of heard.messages) {
    if (message.number > shown) {
      say(message);
      shown = message.number;
    }
  }
  offer(heard.isClosed ? [] : heard.choices);
  form.hidden = heard.isClosed;
  tell(heard.isClosed ? closed : "");
  rest = REST;
  if (!heard.isClosed) return;
  over = true;
  leaveStream();
  keep(null);
}

function leaveStream() {
  clearTimeout(streamTimer);
  stream?.close();
  stream = null;
}

// Hears by a stream; where that is not to be had, asks again and again, and tries the stream once in a while.
function follow() {
  leaveStream();
  if (over) return;
  if (!window.EventSource) return listen();
  const mine = new EventSource(`${chat}/stream?token=${encodeURIComponent(token)}&after=${shown}`);
  const fail = () => {
    if (stream !== mine) return;
    leaveStream();
    streamTimer = setTimeout(follow, streamRest);
    streamRest = Math.min(streamRest * 2, LONGEST_STREAM_REST);
    listen();
  };
  stream = mine;
  streamTimer = setTimeout(fail, SILENCE);
  mine.addEventListener("error", fail);
  mine.addEventListener("next", (event) => {
    if (stream !== mine) return;
    const heard = JSON.parse(event.data);
    if (heard.errors) return fail();
    clearTimeout(streamTimer);
    clearTimeout(timer);
    streamRest = STREAM_REST;
    hear(heard);
  });
}

async function listen() {
  clearTimeout(timer);
  if (asking || over) return;
  asking = true;
  try {
    hear(await call(`${chat}/messages?token=${encodeURIComponent(token)}&after=${shown}`));
  } catch {
    tell(lost);
    rest = Math.min(rest * 2, LONGEST_REST);
  } finally {
    asking = false;
  }
  if (!over && !stream) timer = setTimeout(listen, rest);
}

async function send(body) {
  try {
    await post(`${chat}/messages`, { token, body });
    form.reset();
    form.elements.body.focus();
    if (!stream) await listen();
  } catch (error) {
    tell(error.status ? error.message : lost);
  }
}

async function start(known) {
  try {
    token = known ?? (await post(chat, {})).token;
    keep(token);
  } catch (error) {
    return tell(error.status ? error.message : lost);
  }
  begin.hidden = true;
  form.hidden = false;
  form.elements.body.focus();
  follow();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = form.elements.body.value.trim();
  if (body) send(body);
});
form.elements.body.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
addEventListener("online", () => {
  if (token) follow();
});
begin.addEventListener("click", () => start(null));
const known = kept();
if (known) start(known);
