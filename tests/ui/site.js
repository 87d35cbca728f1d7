// What every test here needs: a static web server over a list of folders, and Debian's chromium.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

/** The repository's own folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png' };

/**
 * A web server. `places` maps the beginning of an address to a folder, to an object that is sent as JSON, or to a function that
 * answers itself; the longest beginning counts. Everything has the policy `csp`.
 */
export async function serve(places, csp = "default-src 'self'") {
  const server = createServer(async (request, answer) => {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    const place = Object.keys(places).filter((begin) => path.startsWith(begin)).sort((a, b) => b.length - a.length)[0];
    const from = places[place];
    if (csp) answer.setHeader('content-security-policy', csp);
    if (typeof from === 'function') return from(request, answer);
    try {
      const inner = normalize(path.slice(place.length) || 'index.html');
      if (inner.startsWith('..')) throw new Error('outside');
      const bytes = typeof from === 'string' ? await readFile(join(from, inner)) : JSON.stringify(from);
      answer.setHeader('content-type', `${typeof from === 'string' ? (types[extname(inner)] ?? 'application/octet-stream') : types['.json']}; charset=utf-8`);
      answer.end(bytes);
    } catch {
      answer.statusCode = 404;
      answer.end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const end = () => new Promise((ended) => (server.close(ended), server.closeAllConnections()));
  return { at: `http://127.0.0.1:${server.address().port}`, end };
}

/** Debian's browser, or the one that CHROMIUM names. */
export function browse() {
  // Root has no sandbox to enter; a developer has.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args });
}

/** What axe-core has to say against the page as it stands: an empty list. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}

/** The page's text at twice its size, and nothing else changed. */
export const twiceTheText = (page) => page.evaluate(() => void (document.documentElement.style.fontSize = '200%'));

/** By how many pixels the page is wider than its window. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
