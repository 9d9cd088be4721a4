/** What is pasted into a page to have a form or a chat there. */
export function embedOf(origin: string, kind: 'form' | 'chat', { name, path }: { name: string; path: string }): string {
  const title = name.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<script src="${origin}/${kind}s/embed.js" data-${kind}="${path}" data-title="${title}"></script>`;
}
