// <script src="https://crm.example.com/forms/embed.js" data-form="/forms/KEY" data-title="Contact us"></script>
// Puts the form into a frame where the script stands, as tall as the form is.
(() => {
  const here = document.currentScript;
  const address = new URL(here.dataset.form, here.src);
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = here.dataset.title || (document.documentElement.lang.startsWith("pl") ? "Formularz" : "Form");
  frame.loading = "lazy";
  frame.style.cssText = "border:0;width:100%;height:40rem;color-scheme:auto";
  window.addEventListener("message", (event) => {
    const height = event.source === frame.contentWindow && event.origin === address.origin && event.data.lejekHeight;
    if (Number.isFinite(height)) frame.style.height = `${Math.min(Math.max(height, 100), 10000)}px`;
  });
  here.after(frame);
})();
