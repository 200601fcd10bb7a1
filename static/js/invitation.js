// An opened invitation: its secret stands in the address's fragment, which no server sees, and goes on
// in the form's post.

const form = document.querySelector("[data-link]");
const secret = location.hash.slice(1);
if (form && secret) {
  history.replaceState(null, "", location.pathname);
  form.elements.secret.value = secret;
  form.requestSubmit();
}
