// Runs before the first paint and before any module: the theme and density chosen in this browser, and schemas that never use eval
// (the content security policy forbids it; without this zod probes for it and the browser reports a violation).
globalThis.__zod_globalConfig = { jitless: true };
try {
  const theme = localStorage.getItem('centralita.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  if (localStorage.getItem('centralita.density') === 'compact') document.documentElement.dataset.density = 'compact';
} catch {
  // Storage is off in this browser: the theme follows the system.
}
