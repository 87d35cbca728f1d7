// The stage in Debian's WebKitGTK, the engine of the helper's own window on Linux: the window's files with cards of their own
// (`vite build --mode pictures`), in a window of exactly the wanted size, driven by WebKitWebDriver over plain HTTP (W3C WebDriver).
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { root, serve } from '../site.js';

const policy = JSON.parse(readFileSync(join(root, 'src-tauri/tauri.conf.json'), 'utf8')).app.security.csp;
const browser = fileURLToPath(new URL('browser.py', import.meta.url));
const LONG = 30_000;

/**
 * The look of GTK that tells WebKit about a person's settings, and what the page must see of them. WebKitGTK has no forced colours:
 * its `(forced-colors: active)` never holds, so that look is proven in Chromium only.
 */
export const themes = {
  light: { gtk: 'Adwaita', dark: false, contrast: false },
  dark: { gtk: 'Adwaita-dark', dark: true, contrast: false },
  contrast: { gtk: 'HighContrast', dark: false, contrast: true },
  'contrast-dark': { gtk: 'HighContrastInverse-dark', dark: true, contrast: true },
};

/** Asks until there is an answer. */
async function until(what, look) {
  const end = Date.now() + LONG;
  for (;;) {
    const seen = await look().catch((error) => ((look.last = error), undefined));
    if (seen !== undefined) return seen;
    if (Date.now() > end) throw new Error(`${what} did not come: ${look.last ?? ''}`);
    await pause(20);
  }
}

/** What runs now. */
const running = new Set();
// A test that fails half way leaves nothing behind.
process.once('exit', () => running.forEach((child) => child.kill()));

/** A program that runs until `end` is called. Its first line, where it is asked for, is `line`. */
function start(program, args, env, wantsLine = false) {
  const child = spawn(program, args, { env, stdio: ['ignore', wantsLine ? 'pipe' : 'ignore', process.env.WEBKIT_LOG ? 'inherit' : 'ignore'] });
  running.add(child);
  const gone = new Promise((gone) => child.once('exit', gone)).then(() => running.delete(child));
  const line = new Promise((line, failed) => {
    child.once('error', () => failed(new Error(`${program} is missing: scripts/test-ui installs it`)));
    child.stdout?.once('data', (bytes) => line(String(bytes).trim()));
    if (!wantsLine) child.once('spawn', line);
  });
  return { line, end: () => (child.exitCode === null && child.signalCode === null && child.kill(), gone) };
}

/** A port that nobody listens at now. */
async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Opens the stage: one server, and a display for each window, because only one window of a display has the keyboard. */
export async function open() {
  const site = await serve({ '/': join(root, 'ui/dist-pictures'), '/favicon.ico': {} }, policy);

  /** A window with the card `first`, a look of `themes`, and the text size in per cent. */
  async function window({ scene = 'looking', language = 'ko', theme = 'light', size = 100 } = {}) {
    const home = mkdtempSync(join(tmpdir(), 'webkit-'));
    mkdirSync(join(home, '.config/gtk-3.0'), { recursive: true });
    mkdirSync(join(home, 'run'), { mode: 0o700 });
    // Nothing moves: axe must not judge colours on their way to others.
    writeFileSync(join(home, '.config/gtk-3.0/settings.ini'), `[Settings]\ngtk-theme-name=${themes[theme].gtk}\ngtk-enable-animations=false\n`);
    const display = start('Xvfb', ['-displayfd', '1', '-nolisten', 'tcp', '-noreset', '-dpi', '96', '-screen', '0', '1280x1024x24'], process.env, true);
    const env = {
      PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_CACHE_HOME: join(home, '.cache'),
      XDG_DATA_HOME: join(home, '.local'), XDG_RUNTIME_DIR: join(home, 'run'), DISPLAY: `:${await display.line}`, GDK_BACKEND: 'x11', NO_AT_BRIDGE: '1', DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    };
    const port = await freePort();
    const driver = start('WebKitWebDriver', [`--port=${port}`], env);
    await driver.line;

    const ask = async (method, path, body) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, signal: AbortSignal.timeout(LONG), ...(body && { body: JSON.stringify(body) }) });
      const { value } = await answer.json();
      if (value?.error) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
      return value;
    };
    await until('WebKitWebDriver', async () => ((await ask('GET', '/status')).ready ? true : undefined));
    const options = { binary: '/usr/bin/python3', args: [browser, String((16 * size) / 100)] };
    const { sessionId } = await ask('POST', '/session', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } } });
    const session = `/session/${sessionId}`;
    // The session is there a moment before its window is.
    await until('the window', () => ask('GET', `${session}/window`));

    const script = `const done = arguments[arguments.length - 1];
      (async () => await (%)(...Array.prototype.slice.call(arguments, 0, -1)))().then((value) => done({ value }), (error) => done({ fault: String(error) }));`;
    /** The little of a Playwright page that the checks of the cards use. */
    const page = {
      async evaluate(work, ...given) {
        if (typeof work === 'string') return void (await ask('POST', `${session}/execute/sync`, { script: work, args: [] }));
        const { value, fault } = await ask('POST', `${session}/execute/async`, { script: script.replace('%', () => String(work)), args: given });
        if (fault) throw new Error(fault);
        return value;
      },
      keyboard: {
        async press(key) {
          const value = { Tab: '\uE004' }[key];
          const actions = ['keyDown', 'keyUp'].map((type) => ({ type, value }));
          await ask('POST', `${session}/actions`, { actions: [{ type: 'key', id: 'keys', actions }] });
        },
      },
    };
    await ask('POST', `${session}/url`, { url: `${site.at}/?scene=${scene}&lang=${language}` });
    await until('a card', async () => (await page.evaluate(() => document.activeElement?.localName === 'h1')) || undefined);
    await page.evaluate(() => {
      window.faults = [];
      for (const kind of ['error', 'unhandledrejection', 'securitypolicyviolation']) {
        addEventListener(kind, (event) => window.faults.push(`${kind}: ${event.message ?? event.reason ?? event.violatedDirective}`));
      }
      const agent = navigator.userAgent;
      const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15';
      Object.defineProperty(navigator, 'userAgent', { get: () => (window.onMac ? mac : agent) });
    });
    return {
      page,
      /** Shows another card, as the helper would, and waits until it is drawn. */
      show: (shown) =>
        page.evaluate(async (shown) => {
          window.onMac = shown.onMac === true;
          window.show(shown);
          await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
        }, shown),
      /** Makes the window this large, in pixels, and waits until the page has taken it. */
      async resize(width, height) {
        await ask('POST', `${session}/window/rect`, { width, height });
        await until(`${width} x ${height}`, async () => (await page.evaluate((width, height) => innerWidth === width && innerHeight === height, width, height)) || undefined);
      },
      /** What went wrong in the page: exceptions and refusals by the content policy. */
      faults: () => page.evaluate(() => window.faults),
      async end() {
        await ask('DELETE', session).catch(() => undefined);
        await driver.end();
        await display.end();
        rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      },
    };
  }

  return { window, end: site.end };
}
