// The page that takes a read-out code apart (SPEC H2): its tables are the core's, it reads what the core wrote, and it refuses what
// was misheard. UPDATE_SPOKEN=1 writes ui/help/spoken.json anew from the core.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { browse, overflow, root, serve, twiceTheText, violations } from '../site.js';

const source = (path) => readFileSync(join(root, path), 'utf8');
const words = JSON.parse(source('ui/help/decode.words.json'));

/** The tables as the core has them, read from its text. */
function core() {
  const spoken = source('src-tauri/core/src/spoken.rs');
  const table = spoken.match(/const QUASIGROUP: \[\[u8; 10\]; 10\] = \[\n([\s\S]*?)\n\];/)[1];
  const quasigroup = table.split('\n').map((line) => line.match(/\d/g).map(Number));
  const keys = Object.fromEntries([...source('src-tauri/core/src/text/keys.rs').matchAll(/^ {4}(\w+) = "([^"]+)",/gm)].map(([, name, id]) => [name, id]));
  const kebab = (name) => name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const rows = [...source('src-tauri/core/src/problem.rs').matchAll(/^ {4}\w+: "([A-Z]-\d\d)", (\w+), \w+, (\w+), \[/gm)];
  const problems = Object.fromEntries(rows.map(([, code, headline, who]) => [code, { headline: keys[headline], who: kebab(who) }]));
  return { quasigroup, problems };
}

/** Every code on a card that the core has made, with the problem on that card. */
const codes = [...new Map(readdirSync(join(root, 'ui/fixtures/ko')).filter((name) => name.startsWith('problem-')).map((name) => {
  const { headline, problem } = JSON.parse(source(`ui/fixtures/ko/${name}`));
  return [problem.spoken, { code: problem.code, who: problem.who_acts, headline }];
}))];

let out;
before(() => {
  out = mkdtempSync(join(tmpdir(), 'decode-'));
  execFileSync(join(root, 'scripts/build-help'), [out]);
});
after(() => rmSync(out, { recursive: true, force: true }));

describe('the tables', () => {
  test('are the core\'s', () => {
    const wanted = core();
    assert.equal(wanted.quasigroup.flat().length, 100);
    assert.ok(Object.keys(wanted.problems).length >= 24);
    const path = join(root, 'ui/help/spoken.json');
    if (process.env.UPDATE_SPOKEN) {
      const row = (values) => `    ${JSON.stringify(values)}`.replaceAll(',', ', ');
      const problem = ([code, said]) => `    ${JSON.stringify(code)}: { "headline": ${JSON.stringify(said.headline)}, "who": ${JSON.stringify(said.who)} }`;
      writeFileSync(path, `{\n  "quasigroup": [\n${wanted.quasigroup.map(row).join(',\n')}\n  ],\n  "problems": {\n${Object.entries(wanted.problems).map(problem).join(',\n')}\n  }\n}\n`);
    }
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), wanted, 'UPDATE_SPOKEN=1 node --test tests/ui/help/decode.test.js writes it anew');
  });

  test('the digits are read as the core writes them', () => {
    // The page's reading rests on these lines; whoever changes them must change decode.js.
    const spoken = source('src-tauri/core/src/spoken.rs');
    for (const line of [
      'u8::from(self.has_module) + 2 * u8::from(self.has_catalog) + 4 * u8::from(self.restart)',
      'problem / 10,\n            problem % 10,\n            standing,\n            self.helper / 10,\n            self.helper % 10,\n            self.module / 10,\n            self.module % 10,',
      '(n * 10 + u64::from(d - b\'0\')) % 9_900',
      'version.split(\'.\').take(3).zip([50, 10, 1])',
      'u8::try_from(weighed.sum::<u64>() % 99).map_or(1, |number| number + 1)',
    ]) assert.ok(spoken.includes(line), line);
  });

  test('every word is there in both languages', () => {
    assert.deepEqual(Object.keys(words.en), Object.keys(words.ko));
    for (const text of Object.values(words.ko)) assert.doesNotMatch(text, /니다|십시오/);
  });
});

describe('the page', () => {
  /** Runs in the page: what it reads from each of these codes. */
  const readAll = (page, list) => page.evaluate((list) => list.map((code) => globalThis.spoken.read(code)), list);

  /** A page opened from its folder, as it lies on a stick. */
  async function fromFolder(use, language = 'ko') {
    const browser = await browse();
    try {
      const page = await browser.newPage();
      const asked = [];
      const errors = [];
      page.on('request', (request) => asked.push(request.url()));
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
      await page.goto(pathToFileURL(join(out, `help/decode.${language}.html`)).href);
      await use(page);
      assert.deepEqual(errors, []);
      assert.deepEqual(asked.filter((url) => !url.startsWith(pathToFileURL(join(out, 'help')).href)), [], 'nothing is fetched from elsewhere');
    } finally {
      await browser.close();
    }
  }

  test('reads every code that a card shows', async () => {
    assert.ok(codes.length >= 20, `${codes.length} codes`);
    await fromFolder(async (page) => {
      const told = await readAll(page, codes.map(([spoken]) => spoken));
      codes.forEach(([spoken, card], at) => {
        assert.equal(told[at].problem?.code, card.code, spoken);
        assert.equal(told[at].problem.who, card.who, spoken);
        assert.equal(told[at].problem.ko, card.headline, spoken);
      });
      // The fixtures' helper is version 0.1.0.
      assert.deepEqual([...new Set(told.map(({ helper }) => helper))], [await page.evaluate(() => globalThis.spoken.digest('0.1.0'))]);
    });
  });

  test('tells what was there on the PC', async () => {
    // From the cards: nothing there; a module; a signed list; a module, a list, and to be started afresh.
    const there = { '1101-1008': [false, false, false], '3111-1002': [true, false, false], '2221-1008': [false, true, false], '3751-1003': [true, false, true] };
    await fromFolder(async (page) => {
      const told = await readAll(page, Object.keys(there));
      assert.deepEqual(told.map(({ module, catalog, restart }) => [module, catalog, restart]), Object.values(there));
    });
  });

  test('refuses one wrong digit and two exchanged ones, always', async () => {
    const wrong = codes.flatMap(([spoken]) => {
      const digits = spoken.replace('-', '');
      const others = [...digits].flatMap((own, at) => [...'0123456789'].filter((other) => other !== own).map((other) => digits.slice(0, at) + other + digits.slice(at + 1)));
      const swapped = [0, 1, 2, 3, 4, 5, 6].filter((at) => digits[at] !== digits[at + 1]).map((at) => digits.slice(0, at) + digits[at + 1] + digits[at] + digits.slice(at + 2));
      return [...others, ...swapped];
    });
    assert.ok(wrong.length > 1_500, `${wrong.length} spoilt codes`);
    await fromFolder(async (page) => {
      const told = await readAll(page, wrong);
      assert.deepEqual(wrong.filter((_, at) => told[at].wrong !== 'check'), []);
      const forms = await readAll(page, ['', '1234', '1234-567', '1234-56789', 'M-36', '12345678x', '１２３４-５６７８']);
      assert.deepEqual(new Set(forms.map(({ wrong }) => wrong)), new Set(['form']));
      assert.deepEqual(await readAll(page, ['00000000']), [{ wrong: 'unknown' }]);
    });
  });

  for (const language of ['ko', 'en']) {
    test(`${language}: shows it while it is typed, and says what is wrong`, async () => {
      await fromFolder(async (page) => {
        const [spoken, card] = codes.find(([, { code }]) => code === 'M-31');
        const code = page.locator('#code');
        await code.pressSequentially(spoken.slice(0, 4));
        assert.equal(await page.locator('#refusal').textContent(), '', 'not typed to its end yet');
        await code.pressSequentially(spoken.slice(4));
        assert.ok(await page.locator('#told').isVisible());
        assert.equal(await page.locator('[data-show=code]').textContent(), card.code);
        assert.equal(await page.locator('[data-show=ko]').textContent(), card.headline);
        assert.equal(await page.locator('[data-show=who]').textContent(), words[language]['hospital-it']);
        assert.equal(await page.locator('[data-show=module]').textContent(), words[language].yes);
        assert.equal(await page.locator('[data-show=helper]').textContent(), `${words[language].number} 11`);
        await page.locator('#version').fill('0.1.0');
        assert.match(await page.locator('[data-show=fits]').textContent(), new RegExp(`11: ${words[language].helper}$`));
        await page.locator('#version').fill('15.70.4');
        assert.ok((await page.locator('[data-show=fits]').textContent()).endsWith(words[language].neither));
        // As it is dictated, and with a slip.
        await code.fill(` ${spoken.replace('-', ' ')} `);
        assert.ok(await page.locator('#told').isVisible());
        await code.fill(`${spoken.slice(0, -1)}${(Number(spoken.at(-1)) + 1) % 10}`);
        assert.equal(await page.locator('#refusal').textContent(), words[language].check);
        assert.equal(await code.getAttribute('aria-invalid'), 'true');
        assert.ok(!(await page.locator('#told').isVisible()), 'nothing is told by a wrong code');
        await code.press('Enter');
        assert.ok(page.url().endsWith('.html'), 'nothing is sent');
      }, language);
    });
  }

  test('for everybody, with a result on it: axe finds nothing, nothing is cut off', async () => {
    const browser = await browse();
    const site = await serve({ '/': `${out}/` }, "default-src 'none'; script-src 'self'; style-src 'self'");
    try {
      for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark', viewport: { width: 640, height: 360 } }, { forcedColors: 'active', viewport: { width: 320, height: 568 } }]) {
        const context = await browser.newContext(options);
        const page = await context.newPage();
        for (const language of ['ko', 'en']) {
          await page.goto(`${site.at}/help/decode.${language}.html`);
          await page.locator('#code').fill(codes[0][0]);
          await page.locator('#version').fill('0.1.0');
          assert.deepEqual(await violations(page), [], language);
          await twiceTheText(page);
          assert.ok((await overflow(page)) <= 0, `${language} is too wide`);
          await page.locator('#code').fill('1234-5678');
          assert.deepEqual(await violations(page), [], `${language}, refused`);
        }
        await context.close();
      }
    } finally {
      await browser.close();
      await site.end();
    }
  });
});
