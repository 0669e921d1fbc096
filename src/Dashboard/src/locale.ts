// Chromium in a session without a locale (LANG=C: a kiosk, a container) calls its language "en-US@posix", which Intl refuses, and
// uPlot hands to Intl while it loads. Imported before uPlot, or else the page stays empty there.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
}

export {};
