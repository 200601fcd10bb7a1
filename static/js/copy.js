// A button that copies what stands beside it; without JavaScript one selects it by hand.

for (const button of document.querySelectorAll("[data-copy]")) {
  const copy = async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText.trim());
    button.textContent = button.dataset.copied;
  };
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", copy);
}
