{% load static %}// Keeps the last pages of a plan to be read without a network, marked with their age, and nothing
// else of a person. They are dropped at log-in and log-out, and when they are another person's.

const SHELL = "shell-{% static 'css/tokens.css' %}-{% static 'js/pages.js' %}";
const OFFLINE = "{% url 'offline' %}";
const STATIC = "{% static '' %}".replace(/[^/]*$/, "");
const LOGIN = "{% url 'accounts:login' %}";
const LOGOUT = "{% url 'accounts:logout' %}";
const PAGES = "pages-";
const MOST_PAGES = 40;

async function dropPages(except = "") {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PAGES) && name !== except);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function install() {
  const shell = await caches.open(SHELL);
  // Without cookies: it is nobody's.
  const page = await fetch(OFFLINE, { credentials: "omit" });
  const parts = [...(await page.clone().text()).matchAll(/(?:href|src)="([^"#]+)/g)].map((found) => found[1]);
  await shell.put(OFFLINE, page);
  await shell.addAll([...new Set(parts)].filter((part) => part.startsWith(STATIC)));
  await skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== SHELL).map((name) => caches.delete(name)));
  await clients.claim();
}

// What the server marks as to be kept names whose it is.
async function keep(request, answer) {
  const whose = answer.headers.get("X-Keep");
  if (!whose || answer.status !== 200) return;
  const kept = PAGES + whose;
  await dropPages(kept);
  const pages = await caches.open(kept);
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(Date.now()));
  await pages.put(request.url, new Response(await answer.blob(), { headers }));
  const all = await pages.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST_PAGES)).map((one) => pages.delete(one)));
}

async function marked(kept) {
  const html = await kept.text();
  const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": kept.headers.get("Content-Security-Policy") };
  return new Response(html.replace("<body ", `<body data-kept="${Number(kept.headers.get("X-Kept-At"))}" `), { headers });
}

async function withoutNetwork(request) {
  const [name] = (await caches.keys()).filter((one) => one.startsWith(PAGES));
  const kept = name && request.method === "GET" && (await (await caches.open(name)).match(request.url));
  if (kept) return marked(kept);
  const page = await caches.match(OFFLINE);
  return page ? new Response(page.body, { status: 503, headers: page.headers }) : Response.error();
}

async function navigate(event) {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (pathname === LOGOUT) await dropPages();
  try {
    const answer = await fetch(request);
    if (pathname === LOGIN && answer.ok) event.waitUntil(dropPages());
    else if (request.method === "GET") event.waitUntil(keep(request, answer.clone()));
    return answer;
  } catch {
    return withoutNetwork(request);
  }
}

async function part(event) {
  const { request } = event;
  const shell = await caches.open(SHELL);
  const fetched = fetch(request).then((answer) => {
    if (answer.ok) event.waitUntil(shell.put(request, answer.clone()));
    return answer;
  });
  const kept = await shell.match(request);
  // Files with a hash in their name never change; others are fetched first.
  return /\.[0-9a-f]{12}\./.test(request.url) && kept ? (fetched.catch(() => {}), kept) : fetched.catch(() => kept ?? Response.error());
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(navigate(event));
  else if (pathname.startsWith(STATIC) && event.request.method === "GET") event.respondWith(part(event));
});
