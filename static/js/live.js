// What a page of a plan gains with JavaScript: it follows changes that were made elsewhere. It loads
// itself anew while nobody is at work in it, and only says so otherwise.

const AGAIN = 60000;
const template = document.querySelector("template[data-stands]");
let source;
let timer;
let said = false;

function isBusy() {
  const fields = [...document.querySelectorAll("main input, main textarea")];
  return (
    fields.some((field) => field.value !== field.defaultValue) ||
    document.querySelector("main form.form, main details[open], .toast") !== null ||
    document.activeElement?.closest("main") != null ||
    !getSelection().isCollapsed
  );
}

function say() {
  if (said) return;
  said = true;
  document.querySelector(".toasts").append(template.content.cloneNode(true));
}

function hear(event) {
  if (JSON.parse(event.data).cursor === template.dataset.stands) return;
  if (isBusy()) say();
  else location.reload();
}

function listen() {
  source?.close();
  clearTimeout(timer);
  // A browser keeps few connections to a server: only the tab that is looked at has one.
  if (document.hidden) return;
  source = new EventSource(template.dataset.stream);
  source.addEventListener("news", hear);
  source.addEventListener("error", () => {
    // It comes again by itself, but not after an answer that was an error.
    if (source.readyState === EventSource.CLOSED) timer = setTimeout(listen, AGAIN);
  });
}

document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", listen);
