// The help pages: both languages say the same, they say what the sources say, and everybody can read them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { browse, overflow, root, serve, twiceTheText, violations } from '../site.js';

const GUIDES = ['staff', 'supporters', 'it', 'publish'];
/** Not a guide: the page that takes a code apart (decode.test.js). */
const isDecode = (page) => page.startsWith('decode.');
const source = (path) => readFileSync(join(root, path), 'utf8');
const guide = (name, language) => source(`ui/help/${name}.${language}.md`);

let out;
let pages;
before(() => {
  out = mkdtempSync(join(tmpdir(), 'help-'));
  execFileSync(join(root, 'scripts/build-help'), [out]);
  pages = readdirSync(join(out, 'help')).filter((name) => name.endsWith('.html'));
});
after(() => rmSync(out, { recursive: true, force: true }));

/** What a guide is made of, without its words: headings, numbered and plain points, rows of tables, code. */
function skeleton(text) {
  const parts = [];
  let code = false;
  for (const line of text.split('\n')) {
    const indent = line.trimStart();
    if (indent.startsWith('```')) code = !code;
    if (code) parts.push('code');
    else if (/^#+ /.test(line)) parts.push(line.split(' ')[0]);
    else if (/^\d+\. /.test(indent)) parts.push('number');
    else if (indent.startsWith('- ')) parts.push('point');
    else if (line.startsWith('|')) parts.push(`row of ${line.split(/(?<!\\)\|/).length - 2}`);
  }
  return parts;
}

describe('the words', () => {
  for (const name of GUIDES) {
    test(`${name}: Korean and English have the same parts`, () => {
      assert.deepEqual(skeleton(guide(name, 'en')), skeleton(guide(name, 'ko')));
    });
    test(`${name}: what is typed is the same in both`, () => {
      const typed = (language) => [...guide(name, language).matchAll(/`([^`\n]+)`|https?:\/\/[^\s)`'"]+/g)].map(([whole, code]) => code ?? whole).filter((text) => /[a-z]/.test(text) && !/[가-힣]|name:port|NAME|\.\.\.|REMOTE/.test(text));
      assert.deepEqual(new Set(typed('en')), new Set(typed('ko')));
    });
    test(`${name}: Korean is polite and plain throughout`, () => {
      const text = guide(name, 'ko').replace(/```[\s\S]*?```/g, '');
      assert.deepEqual(text.match(/[^\s.]*(니다|십시오|시오|한다|된다|이다)\./g) ?? [], []);
    });
  }

  test('the staff page has no jargon', () => {
    const staff = (language) => guide('staff', language).replace(/\{\w+/g, '');
    for (const word of ['세션', '서명', '해시', '미러', '모듈', '프로세스', '포트', '프록시', '서버', '클라이언트']) {
      assert.ok(!staff('ko').includes(word), word);
    }
    for (const word of [/signature/i, /hash/i, /mirror/i, /module/i, /\bport\b/i, /proxy/i, /server/i]) assert.doesNotMatch(staff('en'), word);
  });

  test('buttons of the helper are called what they are called', () => {
    // The module's own, the console's, and the HIS's are not in our catalogue.
    const others = { ko: ['원격지원', 'Cancel', 'Assign to me', 'Close session'], en: ['Remote support', 'Cancel', 'Assign to me', 'Close session'] };
    for (const language of ['ko', 'en']) {
      const known = new Set([...Object.values(JSON.parse(source(`ui/locales/${language}.json`))), ...others[language]]);
      for (const name of ['staff', 'supporters', 'it']) {
        const named = [...guide(name, language).replace(/```[\s\S]*?```/g, '').matchAll(/\[([^\]]+)\](?!\()/g)];
        for (const [, button] of named) assert.ok(known.has(button), `${name}.${language}: [${button}]`);
      }
    }
  });
});

describe('the facts', () => {
  /** First cells of the table under a heading, by its number. */
  const column = (text, heading, cell = 0) =>
    text.split(/^## /m)[heading].split('\n').filter((line) => line.startsWith('| ')).slice(2).map((line) => line.split(' | ')[cell].replace(/^\| | \|$/g, '').replaceAll('`', ''));

  test('every code of a card is explained, and no other', () => {
    const codes = [...source('src-tauri/core/src/problem.rs').matchAll(/^ {4}\w+: "([A-Z]-\d\d)"/gm)].map(([, code]) => code);
    assert.ok(codes.length > 10);
    for (const language of ['ko', 'en']) {
      const explained = column(guide('supporters', language), 11);
      assert.deepEqual([...explained].sort(), [...codes].sort());
    }
  });

  test('every key of the policy is explained, with its range', () => {
    const policy = source('src-tauri/core/src/policy/keys.rs');
    const keys = [...policy.matchAll(/^ {4}\w+: "([a-z_]+)", "/gm)].map(([, key]) => key);
    const range = (name) => policy.match(new RegExp(`${name}: RangeInclusive<i64> = ([\\d_]+)\\.\\.=([\\d_]+)`)).slice(1).map((text) => text.replaceAll('_', ''));
    assert.ok(keys.length >= 8);
    for (const language of ['ko', 'en']) {
      const text = guide('it', language);
      assert.deepEqual(column(text, 3), keys);
      const values = Object.fromEntries(keys.map((key, at) => [key, column(text, 3, 1)[at]]));
      for (const end of range('CHECK_HOURS')) assert.match(values.check_hours, new RegExp(`\\b${end}(?!\\d)`));
      for (const end of range('RATE_LIMIT_KIB')) assert.match(values.rate_limit_kib, new RegExp(`\\b${end}(?!\\d)`));
      assert.ok(text.includes(`| ${policy.match(/DEFAULT_CHECK_HOURS: u8 = (\d+)/)[1]} |`));
    }
  });

  test('every exit code is explained', () => {
    const codes = source('src-tauri/src/cli/args.rs').match(/Exit codes:\n([\s\S]*?)\n\n/)[1].match(/^ {2}\d(?= )/gm).map((code) => code.trim());
    assert.ok(codes.length >= 8);
    for (const language of ['ko', 'en']) assert.deepEqual(column(guide('it', language), 8), codes);
    const listed = [...source('ui/kit/examples/his-desktop.md').matchAll(/^\| (\d) \|/gm)].map(([, code]) => code);
    assert.deepEqual(listed, codes);
  });

  test('folders are those that the program makes', () => {
    const dirs = source('src-tauri/machine/src/dirs.rs');
    for (const name of ['module', 'helper', 'repository', 'journal']) {
      assert.ok(dirs.includes(`self.data.join("${name}")`), name);
      for (const language of ['ko', 'en']) assert.ok(guide('it', language).includes(`| \`${name}\` |`), name);
    }
  });
});

describe('the pages', () => {
  test('are there in both languages, with the vendor\'s values and without scripts of their own', () => {
    assert.deepEqual([...pages].sort(), ['index.en.html', 'index.html', ...[...GUIDES, 'decode'].flatMap((name) => [`${name}.en.html`, `${name}.ko.html`])].sort());
    for (const page of pages) {
      const html = readFileSync(join(out, 'help', page), 'utf8');
      assert.doesNotMatch(html, /<style|<[^>]*\s(style|on[a-z]+)=|\{(module|phone|hours|origin|identifier)/, page);
      if (isDecode(page)) assert.doesNotMatch(html, /<script(?! src="decode(-data)?\.js" defer><\/script>)/, page);
      else assert.doesNotMatch(html, /<script/, page);
    }
    const staff = readFileSync(join(out, 'help/staff.ko.html'), 'utf8');
    assert.match(staff, /070-7488-3982/);
    assert.match(staff, /EDGE&amp;NEXT Support를/);
  });

  test('every link leads somewhere', () => {
    const away = ['https://www.teamviewer.com/', 'https://login.teamviewer.com/', 'https://status.teamviewer.com/', 'https://get.teamviewer.com/'];
    const all = [...pages.map((page) => `help/${page}`), 'kit/index.html', 'kit/en.html'];
    for (const page of all) {
      const html = readFileSync(join(out, page), 'utf8');
      const links = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link]) => link);
      assert.ok(links.length > 3, page);
      for (const link of links) {
        if (/^https?:/.test(link)) assert.ok(away.some((begin) => link.startsWith(begin)), `${page}: ${link}`);
        else readFileSync(join(out, page, '..', link.split('#')[0]));
      }
    }
  });

  test('are made by the same reader in the mirror and in the window', () => {
    const pins = (path) => Object.assign({}, ...['dependencies', 'devDependencies'].map((part) => JSON.parse(source(path))[part]));
    const [mirror, window] = ['ui/help/package.json', 'ui/package.json'].map(pins);
    for (const [name, version] of Object.entries(mirror)) assert.equal(window[name], version, name);
  });

  test('are built again beside the publisher\'s downloads, which stay', () => {
    const path = join(out, 'kit/kit.json');
    const said = JSON.parse(readFileSync(path, 'utf8'));
    said.module = { windows: { href: '../targets/x.exe', file: 'EDGE&NEXT Support.exe' } };
    writeFileSync(path, JSON.stringify(said));
    execFileSync(join(root, 'scripts/build-help'), [out]);
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), said);
    // A slip in it is told, not overwritten.
    writeFileSync(path, '{"module":');
    assert.throws(() => execFileSync(join(root, 'scripts/build-help'), [out], { stdio: 'pipe' }));
    assert.equal(readFileSync(path, 'utf8'), '{"module":');
    writeFileSync(path, JSON.stringify({ ...said, module: {} }));
  });

  test('for everybody: axe finds nothing, nothing is cut off, nothing is fetched from elsewhere', async () => {
    const browser = await browse();
    const site = await serve({ '/': `${out}/` }, "default-src 'self'");
    try {
      for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark', viewport: { width: 640, height: 360 }, deviceScaleFactor: 2 }, { forcedColors: 'active', viewport: { width: 320, height: 568 } }]) {
        const context = await browser.newContext(options);
        const page = await context.newPage();
        page.on('request', (request) => assert.ok(request.url().startsWith(site.at), request.url()));
        for (const name of pages) {
          await page.goto(`${site.at}/help/${name}`);
          assert.equal(await page.locator('main').evaluate((main) => getComputedStyle(main.parentElement).maxWidth), '850px', 'the style holds');
          assert.deepEqual(await violations(page), [], name);
          assert.ok((await overflow(page)) <= 0, `${name} is too wide`);
          await twiceTheText(page);
          assert.deepEqual(await violations(page), [], `${name}, large text`);
          assert.ok((await overflow(page)) <= 0, `${name} is too wide with large text`);
        }
        await context.close();
      }
    } finally {
      await browser.close();
      await site.end();
    }
  });
});
