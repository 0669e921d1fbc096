/** From the end of one refresh to the start of the next. */
export const interval = 5_000;

/**
 * Runs `load` now and again, one at a time, while the page is visible. A hidden tab asks for nothing: on Azure each
 * request is a billed run.
 */
export class Refresh {
  private timer: number | undefined;
  private running: AbortController | undefined;

  constructor(private readonly load: (signal: AbortSignal) => Promise<void>) {
    document.addEventListener("visibilitychange", () => (document.hidden ? this.stop() : this.now()));
  }

  /** Starts anew at once; what is under way is dropped, for it answers an older question. */
  now(): void {
    this.stop();
    const run = new AbortController();
    this.running = run;
    void this.load(run.signal).finally(() => {
      if (!run.signal.aborted) this.timer = window.setTimeout(() => this.now(), interval);
    });
  }

  private stop(): void {
    window.clearTimeout(this.timer);
    this.running?.abort();
  }
}
