// The stage: the window's real files (ui/dist) in Debian's chromium, under the product's own content policy. Only the helper behind
// the window is missing: a stand-in for Tauri's bridge shows the cards and keeps what the window sends.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

/** The repository's own folder. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));
const dist = join(root, 'ui/dist');
const policy = JSON.parse(readFileSync(join(root, 'src-tauri/tauri.conf.json'), 'utf8')).app.security.csp;
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

export const languages = ['ko', 'en'];

/** The system's settings that change the look, by the name used in tests and pictures. */
export const themes = {
  light: { colorScheme: 'light', contrast: 'no-preference', forcedColors: 'none' },
  dark: { colorScheme: 'dark', contrast: 'no-preference', forcedColors: 'none' },
  contrast: { colorScheme: 'light', contrast: 'more', forcedColors: 'none' },
  'contrast-dark': { colorScheme: 'dark', contrast: 'more', forcedColors: 'none' },
  forced: { colorScheme: 'dark', contrast: 'more', forcedColors: 'active' },
};

/** Text sizes in per cent, as the default font size of the browser (16 px is 100 %). */
export const sizes = [100, 200];

/** Names of all cards that the Rust tests wrote, in alphabetical order. */
export const scenes = readdirSync(join(root, 'ui/fixtures/ko'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5))
  .sort();

const fixture = (scene, language) => JSON.parse(readFileSync(join(root, 'ui/fixtures', language, `${scene}.json`), 'utf8'));
const catalogues = Object.fromEntries(languages.map((language) => [language, JSON.parse(readFileSync(join(root, 'ui/locales', `${language}.json`), 'utf8'))]));

// Cards that the core makes too (core/src/view.rs, `running`), of which no fixture is written yet, and a card as a Mac draws it
// (`onMac` is for the stage alone).
const composed = {
  'how-to-quit-macos': (language) => ({ ...fixture('how-to-quit', language), onMac: true }),
  'running-macos'(language) {
    const words = catalogues[language];
    const shown = fixture('running', language);
    const actions = ['screen_recording', 'accessibility'].map((pane) => ({ wish: `open-${pane.replace('_', '-')}`, label: words[`do.open_${pane}`] }));
    return { ...shown, onMac: true, details: [...shown.details, words['guide.panes']], actions: [...shown.actions, ...actions] };
  },
  'running-in-downloads'(language) {
    const shown = fixture('running', language);
    return { ...shown, details: [...shown.details, catalogues[language]['copy.in_downloads'].replace('{module}', 'EDGE&NEXT Support')] };
  },
};
for (const name of Object.keys(composed)) if (!scenes.includes(name)) scenes.push(name);
scenes.sort();

/** A card of the real core, as the helper sends it. */
export function card(scene, language = 'ko') {
  return existsSync(join(root, 'ui/fixtures', language, `${scene}.json`)) ? fixture(scene, language) : composed[scene](language);
}

async function serve() {
  const server = createServer(async (request, answer) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    // Browsers ask for it by themselves; the helper's window does not.
    if (path === '/favicon.ico') return void answer.writeHead(204).end();
    try {
      const bytes = await readFile(join(dist, path === '/' ? 'index.html' : path));
      answer.writeHead(200, { 'content-type': `${types[extname(path)] ?? 'text/html'}; charset=utf-8`, 'content-security-policy': policy });
      answer.end(bytes);
    } catch {
      answer.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

/** Runs inside the page before anything else: what Tauri would have put there. */
function bridge(first) {
  const callbacks = new Map();
  let listener;
  const agent = navigator.userAgent;
  let onMac = first.onMac === true;
  Object.defineProperty(navigator, 'userAgent', { get: () => (onMac ? 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15' : agent) });
  window.isTauri = true;
  window.sent = [];
  window.answer = { answer: 'accepted' };
  window.__TAURI_EVENT_PLUGIN_INTERNALS__ = { unregisterListener: () => undefined };
  window.__TAURI_INTERNALS__ = {
    transformCallback(callback) {
      callbacks.set(callbacks.size + 1, callback);
      return callbacks.size;
    },
    async invoke(command, given) {
      if (command === 'current_view') return first;
      if (command === 'plugin:event|listen') return (listener = given.handler);
      if (command !== 'send') throw new Error(`unexpected: ${command}`);
      window.sent.push(given.intent);
      if (window.answer === null) throw new Error('the helper does not answer');
      return window.answer;
    },
  };
  window.show = (shown) => {
    onMac = shown.onMac === true;
    callbacks.get(listener)({ event: 'view', id: 0, payload: shown });
  };
}

/** Opens the stage: one browser, one server. */
export async function open() {
  const server = await serve();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Chromium's sandbox refuses to work for root, which CI often is.
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--font-render-hinting=none', '--hide-scrollbars'],
  });
  const at = `http://127.0.0.1:${server.address().port}/`;

  /**
   * A window with a card in it.
   * `first` is the card, `theme` a name of `themes`, `size` the text size in per cent, `width` and `height` CSS pixels.
   */
  async function window({ first = card('ready'), theme = 'light', size = 100, width = 440, height = 600, motion = false, scale = 1, clock = false } = {}) {
    const context = await browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale,
      reducedMotion: motion ? 'no-preference' : 'reduce',
      ...themes[theme],
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
    if (size !== 100) {
      const devtools = await context.newCDPSession(page);
      await devtools.send('Page.setFontSizes', { fontSizes: { standard: (16 * size) / 100 } });
    }
    if (clock) await page.clock.install({ time: 0 });
    await page.addInitScript(bridge, first);
    await page.goto(at);
    await page.locator('h1').waitFor();
    if (clock) await page.clock.pauseAt(60_000);
    return {
      page,
      /** What went wrong in the page: exceptions and refusals by the content policy. */
      errors,
      /** Shows another card, as the helper would, and waits until it is drawn. */
      async show(shown) {
        await page.evaluate(async (shown) => {
          window.show(shown);
          await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
        }, shown);
      },
      async theme(name) {
        await page.emulateMedia(themes[name]);
      },
      end: () => context.close(),
    };
  }

  return {
    window,
    async end() {
      await browser.close();
      await new Promise((ended) => {
        server.close(ended);
        server.closeAllConnections();
      });
    },
  };
}
