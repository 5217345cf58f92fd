const AGAIN = 15_000;

/**
 * Tells of what the coder did in other windows and on other devices. A browser allows few streams at once, so only a
 * window that can be seen holds one. Each begins with what the page does not `know`, so a dead one leaves no gap.
 */
export function follow(url, { known, news, team }) {
  let source = null;
  const open = () => {
    source?.close();
    if (document.hidden) return;
    source = new EventSource(`${url}?since=${known()}`);
    source.onmessage = ({ data }) => { if (Number(data) > Number(known())) news(); };
    source.addEventListener("team", ({ data }) => team?.news(data));
    // The browser comes back by itself after a lost connection, but not after an answer that is no stream.
    source.onerror = ({ target }) => { if (target.readyState === EventSource.CLOSED) setTimeout(() => { if (target === source) open(); }, AGAIN); };
  };
  document.addEventListener("visibilitychange", open);
  open();
}
