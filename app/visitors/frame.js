// A form in a frame tells the page around it how tall it is, and nothing else.
if (window.parent !== window) {
  const tell = () => window.parent.postMessage({ lejekHeight: document.documentElement.offsetHeight }, "*");
  new ResizeObserver(tell).observe(document.documentElement);
}
