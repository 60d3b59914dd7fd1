// Milliseconds a frame and frames a second, four times a second while things move.

export function makeMeter(output, root) {
  let [times, shown] = [[], 0];
  return ({ tookMs, waitedMs }) => {
    const now = performance.now();
    times = times.filter((time) => now - time < 1000);
    times.push(now);
    root.dispatchEvent(
      new CustomEvent("ganlab-frame", { bubbles: true, composed: true, detail: { tookMs, waitedMs } }),
    );
    if (now - shown < 250) return;
    shown = now;
    const rate = times.length > 5 ? ` · ${Math.round((1000 * (times.length - 1)) / (now - times[0]))} frames/s` : "";
    output.textContent = `${tookMs.toFixed(1)} ms${rate} · drawn in your browser`;
  };
}
