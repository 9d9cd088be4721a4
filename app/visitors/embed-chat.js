// <script src="https://crm.example.com/chats/embed.js" data-chat="/chats/KEY" data-title="Chat with us"></script>
// Puts a button into the corner of the page that opens the chat in a frame of its own.
(() => {
  const here = document.currentScript;
  const title = here.dataset.title || (document.documentElement.lang.startsWith("pl") ? "Czat" : "Chat");
  const button = document.createElement("button");
  const frame = document.createElement("iframe");
  const corner = "position:fixed;right:1rem;z-index:2147483000;";
  button.type = "button";
  button.textContent = title;
  button.setAttribute("aria-expanded", "false");
  button.style.cssText = `${corner}bottom:1rem;min-height:2.75rem;padding:.5rem 1.2rem;border:0;border-radius:2rem;background:#1f5fbf;color:#fff;font:600 1rem system-ui,sans-serif;cursor:pointer`;
  frame.title = title;
  frame.hidden = true;
  frame.style.cssText = `${corner}bottom:4.5rem;width:min(24rem,calc(100vw - 2rem));height:min(36rem,calc(100vh - 6rem));border:1px solid #7b8794;border-radius:.8rem;background:#fff`;
  button.addEventListener("click", () => {
    frame.src ||= new URL(here.dataset.chat, here.src).href;
    frame.hidden = !frame.hidden;
    button.setAttribute("aria-expanded", String(!frame.hidden));
    if (!frame.hidden) frame.focus();
  });
  document.body.append(frame, button);
})();
