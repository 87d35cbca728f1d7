// Everything that is promised of what people see (ui/LOOK.md), on the window's real files. See stage.js and checks.js.
//   scripts/test-ui                     all of it
//   UPDATE_SNAPSHOTS=1 scripts/test-ui  writes keyboard.snapshot.md anew
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { axeFaults, contrasts, headlineFaults, layoutFaults, sightFaults, walk } from './checks.js';
import { card, languages, open, scenes, sizes, themes } from './stage.js';

let stage;
before(async () => (stage = await open()));
after(() => stage?.end());

const LONG = 'Wolkenstein'.repeat(28).slice(0, 300);
const LONG_KO = '가나다라마바사아자차'.repeat(30);

/** A card whose every line holds a value of 300 characters without a gap. */
function stretched(scene, language) {
  const shown = card(scene, language);
  const long = language === 'ko' ? LONG_KO : LONG;
  const stretch = (line) => line.replace(/EDGE&NEXT Support|070-7488-3982/u, long);
  return { ...shown, headline: stretch(shown.headline), sentence: stretch(shown.sentence), details: shown.details.map(stretch) };
}

/** One line of report for each fault, with where it is. */
const at = (place, faults) => faults.map((fault) => `${place}: ${fault}`);
const none = (faults) => assert.equal(faults.length, 0, `${faults.length} faults\n${faults.slice(0, 40).join('\n')}`);

describe('every card', { concurrency: 2 }, () => {
  for (const language of languages) {
    for (const size of sizes) {
      it(`${language}, ${size} %: axe finds nothing in any theme, nothing is cut, the headline has the focus`, async () => {
        const faults = [];
        const window = await stage.window({ first: card('looking', language), size });
        for (const scene of scenes) {
          const shown = card(scene, language);
          // Another card in between: a new card must always come to its headline.
          await window.show(card(scene === 'looking' ? 'ready' : 'looking', language));
          await window.show(shown);
          faults.push(...at(`${scene} ${language}`, await headlineFaults(window.page, shown)));
          for (const theme of ['light', 'dark', 'contrast', 'forced']) {
            await window.theme(theme);
            const place = `${scene} ${language} ${theme} ${size}%`;
            faults.push(...at(place, await axeFaults(window.page)), ...at(place, await layoutFaults(window.page)));
          }
        }
        faults.push(...at('page', window.errors));
        await window.end();
        none(faults);
      });
    }
  }
});

// axe cannot judge words on a gradient, so the colours are measured where they are written: tokens.css, in every theme.
describe('colours', () => {
  for (const theme of Object.keys(themes).filter((name) => name !== 'forced')) {
    it(`${theme}: words reach 4.5 : 1 on every surface, borders and drawings 3 : 1${theme.startsWith('contrast') ? ', words 7 : 1' : ''}`, async () => {
      const window = await stage.window({ theme });
      const found = await contrasts(window.page);
      await window.end();
      assert.ok(found.length > 15, `only ${found.length} pairs were found`);
      const words = theme.startsWith('contrast') ? 7 : 4.5;
      none(found.filter(({ kind, ratio }) => ratio < (kind === 'words' ? words : 3)).map(({ pair, ratio }) => `${pair} ${ratio.toFixed(2)}`));
      if (process.env.SHOW_CONTRASTS) console.log(theme, found.map(({ pair, ratio }) => `${pair} ${ratio.toFixed(1)}`).join('\n'));
    });
  }
});

describe('room', { concurrency: 2 }, () => {
  const rooms = [
    { why: 'the window as it opens', width: 440, height: 600, size: 100, seen: true },
    { why: 'a screen of 1366 x 768 at 150 %, with title and task bar', width: 440, height: 440, size: 100, seen: true },
    { why: 'a screen of 1024 x 600, as large as it can be', width: 1024, height: 530, size: 100, seen: true },
    { why: 'large text', width: 440, height: 600, size: 200, seen: false },
    { why: 'large text, the narrowest window', width: 320, height: 600, size: 200, seen: false },
    { why: 'large text on 1024 x 600', width: 1024, height: 530, size: 200, seen: false },
    { why: 'zoomed to 200 %', width: 220, height: 300, size: 100, seen: false },
    { why: 'the narrowest window', width: 320, height: 360, size: 100, seen: false },
  ];
  for (const { why, width, height, size, seen } of rooms) {
    it(`${why}: ${width} x ${height}, text ${size} %`, async () => {
      const faults = [];
      const window = await stage.window({ width, height, size });
      for (const language of languages) {
        for (const scene of scenes) {
          await window.show(card(scene, language));
          const place = `${scene} ${language}`;
          faults.push(...at(place, await layoutFaults(window.page)));
          if (seen) faults.push(...at(place, await sightFaults(window.page)));
        }
      }
      await window.end();
      none(faults);
    });
  }

  it('the code to read out is in sight as the window opens, on every problem', async () => {
    const faults = [];
    const window = await stage.window();
    for (const language of languages) {
      for (const scene of scenes) {
        const shown = card(scene, language);
        if (!shown.problem) continue;
        await window.show(shown);
        const [code, edge] = [await window.page.locator('.code strong').boundingBox(), await window.page.locator('footer').boundingBox()];
        if ((await window.page.locator('.code strong').textContent()) !== shown.problem.spoken) faults.push(`${scene} ${language}: another code`);
        if (code.y + code.height > edge.y + 1) faults.push(`${scene} ${language}: ${code.y + code.height} > ${edge.y}`);
      }
    }
    await window.end();
    none(faults);
  });

  it('values of 300 characters', async () => {
    const faults = [];
    for (const { width, size } of [{ width: 440, size: 100 }, { width: 320, size: 200 }]) {
      const window = await stage.window({ width, size });
      for (const language of languages) {
        for (const scene of scenes) {
          await window.show(stretched(scene, language));
          faults.push(...at(`${scene} ${language} ${width} ${size}%`, await layoutFaults(window.page)));
        }
      }
      await window.end();
    }
    none(faults);
  });
});

describe('keyboard', { concurrency: 2 }, () => {
  it('every stop is named, ringed and in sight, in the order of the snapshot', async () => {
    const file = new URL('keyboard.snapshot.md', import.meta.url);
    const faults = [];
    let snapshot = '# The Tab key, card by card\n\nFrom the headline on. `UPDATE_SNAPSHOTS=1 scripts/test-ui` writes this page.\n';
    for (const language of languages) {
      snapshot += `\n## ${language}\n\n`;
      const window = await stage.window({ first: card('looking', language) });
      for (const scene of scenes) {
        await window.show(card(scene === 'looking' ? 'ready' : 'looking', language));
        await window.show(card(scene, language));
        const { stops, faults: wrong } = await walk(window.page);
        faults.push(...at(`${scene} ${language}`, wrong));
        snapshot += `- ${scene}: ${stops.join(' · ') || 'nothing'}\n`;
      }
      await window.end();
    }
    none(faults);
    if (process.env.UPDATE_SNAPSHOTS || !existsSync(file)) writeFileSync(file, snapshot);
    assert.equal(snapshot, readFileSync(file, 'utf8'));
  });

  it('with large text and in a low window no stop is hidden either', async () => {
    const faults = [];
    for (const { width, height, size } of [{ width: 440, height: 600, size: 200 }, { width: 440, height: 440, size: 100 }, { width: 320, height: 600, size: 200 }]) {
      const window = await stage.window({ width, height, size });
      for (const scene of scenes) {
        await window.show(card('looking'));
        await window.show(card(scene));
        faults.push(...at(`${scene} ${width} x ${height} ${size}%`, (await walk(window.page)).faults));
      }
      await window.end();
    }
    none(faults);
  });

  it('Escape is the card’s own cancel or the way back from a page, and nothing where it offers neither', async () => {
    const faults = [];
    const window = await stage.window();
    for (const scene of scenes) {
      const shown = card(scene);
      await window.show(shown);
      await window.page.evaluate(() => (window.sent = []));
      await window.page.keyboard.press('Escape');
      const sent = JSON.stringify(await window.page.evaluate(() => window.sent));
      const back = shown.actions.find(({ wish }) => wish === 'cancel' || wish === 'close-page');
      const wanted = JSON.stringify(back ? [{ intent: 'wish', wish: back.wish }] : []);
      if (sent !== wanted) faults.push(`${scene}: ${sent}`);
    }
    await window.end();
    none(faults);
  });

  it('Enter does nothing on the headline, and what the button says on a button', async () => {
    const faults = [];
    const window = await stage.window({ first: card('looking') });
    for (const scene of scenes) {
      const shown = card(scene);
      await window.show(card(scene === 'looking' ? 'ready' : 'looking'));
      await window.show(shown);
      await window.page.evaluate(() => (window.sent = []));
      await window.page.keyboard.press('Enter');
      if ((await window.page.evaluate(() => window.sent)).length > 0) faults.push(`${scene}: Enter on the headline acts`);
      for (const { wish, label } of shown.actions) {
        const button = window.page.getByRole('button', { name: label, exact: true });
        if (!(await button.isVisible())) await window.page.locator('details.rest > summary').click();
        await button.focus();
        await window.page.evaluate(() => (window.sent = []));
        await window.page.keyboard.press('Enter');
        const sent = JSON.stringify(await window.page.evaluate(() => window.sent));
        if (sent !== JSON.stringify([{ intent: 'wish', wish }])) faults.push(`${scene} ${label}: ${sent}`);
      }
    }
    await window.end();
    none(faults);
  });
});

describe('what is said', { concurrency: 2 }, () => {
  it('progress is announced at most every five seconds, ends with the last, and leaves the focus where it is', async () => {
    const shown = card('preparing');
    const window = await stage.window({ first: shown, clock: true });
    const { page } = window;
    await page.getByRole('button').first().focus();
    await page.evaluate(() => {
      window.said = [];
      const region = document.querySelector('[aria-live]');
      new MutationObserver(() => window.said.push({ at: Date.now(), text: region.textContent })).observe(region, { childList: true, characterData: true, subtree: true });
    });
    // Four views a second for 16 seconds, as many as the helper sends.
    for (let step = 1; step <= 64; step += 1) {
      await page.evaluate((next) => window.show(next), { ...shown, progress: { ...shown.progress, percent: 20 + step } });
      await page.clock.runFor(250);
    }
    await page.clock.runFor(6_000);
    const said = await page.evaluate(() => window.said);
    const gaps = said.slice(1).map(({ at }, index) => at - said[index].at);
    assert.ok(said.length >= 3, `said ${said.length} times`);
    assert.ok(Math.min(...gaps) >= 5_000, `gaps ${gaps}`);
    assert.match(said.at(-1).text, /84%/u);
    assert.equal(await page.evaluate(() => document.activeElement.localName), 'button');
    await window.end();
  });

  it('a wish that the helper cannot take is said at once', async () => {
    const window = await stage.window({ first: card('ready') });
    await window.page.evaluate(() => (window.answer = null));
    await window.page.getByRole('button').first().click();
    await window.page.getByRole('alert').waitFor();
    await window.end();
  });

  it('a refused code is marked wrong, and what was typed is sent as it is', async () => {
    const window = await stage.window({ first: card('running') });
    const { page } = window;
    await page.locator('details.code > summary').click();
    await page.evaluate(() => (window.answer = { answer: 'refused', reason: 'not-a-code' }));
    await page.getByRole('textbox').fill('s12-34');
    await page.keyboard.press('Enter');
    await page.locator('input[aria-invalid="true"]').waitFor();
    assert.deepEqual(await page.evaluate(() => window.sent), [{ intent: 'copy-code', code: 's12-34' }]);
    await window.end();
  });

  it('what is said of a typed code comes into sight, and the focus stays in the field', async () => {
    const window = await stage.window({ first: card('running') });
    const { page } = window;
    await page.locator('details.code > summary').click();
    await page.getByRole('textbox').fill('s12-345-678');
    await page.keyboard.press('Enter');
    // The line under the field lies behind the buttons: the person scrolled so, or the window is low.
    await page.evaluate(() => {
      const edge = document.querySelector('footer').getBoundingClientRect().top;
      scrollBy({ top: document.querySelector('#code-note').getBoundingClientRect().top - edge - 4, behavior: 'instant' });
    });
    const shown = card('running-code-copied');
    await window.show(shown);
    const note = page.getByText(shown.details.at(-1));
    const box = await note.boundingBox();
    const edge = await page.locator('footer').boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= edge.y + 1, `${box.y} + ${box.height} against ${edge.y}`);
    assert.equal(await page.evaluate(() => document.activeElement.localName), 'input');
    await window.end();
  });

  it('what this PC needs to be told is no answer about a code: the field stays folded', async () => {
    for (const scene of ['running-macos', 'running-in-downloads']) {
      const shown = card(scene);
      const window = await stage.window({ first: shown });
      assert.equal(await window.page.locator('details.code').getAttribute('open'), null);
      assert.ok(await window.page.getByText(shown.details.at(-1)).isVisible());
      assert.equal(await window.page.locator('.panes').count(), scene === 'running-macos' ? 1 : 0);
      await window.end();
    }
  });

  it('motion rests where the system asks for it, and is there where it does not', async () => {
    const moving = async (motion) => {
      const window = await stage.window({ first: card('looking'), motion });
      const count = await window.page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length);
      await window.end();
      return count;
    };
    assert.equal(await moving(false), 0);
    assert.ok((await moving(true)) > 0);
  });
});

// The checks themselves: each must find the fault that it is there for.
describe('the checks have teeth', { concurrency: 2 }, () => {
  const spoiled = async (first, spoil, check, options = {}) => {
    const window = await stage.window({ first, ...options });
    await window.page.evaluate(spoil);
    const faults = await check(window.page);
    await window.end();
    return faults.join('\n');
  };

  it('axe: a pale button, a button without a name', async () => {
    assert.match(await spoiled(card('ready'), () => (document.querySelector('.actions button').style.cssText = 'color:#999;background:#aaa'), axeFaults), /color-contrast/u);
    assert.match(await spoiled(card('ready'), () => (document.querySelector('.actions button').textContent = ''), axeFaults), /button-name/u);
  });
  it('layout: cut, outside, overlapping, low', async () => {
    assert.match(await spoiled(card('ready'), () => (document.querySelector('.actions button').style.cssText = 'white-space:nowrap;overflow:hidden;width:40px;flex:none'), layoutFaults), /cut/u);
    assert.match(await spoiled(card('ready'), () => (document.querySelector('h1').style.marginLeft = '400px'), layoutFaults), /outside/u);
    assert.match(await spoiled(card('please-close'), () => (document.querySelectorAll('.actions button')[1].style.marginTop = '-40px'), layoutFaults), /overlap/u);
    assert.match(await spoiled(card('ready'), () => (document.querySelector('.actions button').style.cssText = 'min-height:0;height:20px;padding:0'), layoutFaults), /low/u);
  });
  it('headline: focus elsewhere, no description', async () => {
    const check = (page) => headlineFaults(page, card('ready'));
    assert.match(await spoiled(card('ready'), () => document.querySelector('.actions button').focus(), check), /focus on <button>/u);
    assert.match(await spoiled(card('ready'), () => document.querySelector('h1').removeAttribute('aria-describedby'), check), /described/u);
  });
  it('sight: a first button below the edge', async () => {
    assert.match(await spoiled(card('ready'), () => (document.querySelector('.wall').style.paddingTop = '900px'), async (page) => {
      await page.evaluate(() => (document.querySelector('footer').style.position = 'static'));
      return sightFaults(page);
    }), /out of sight/u);
  });
  it('walk: no ring, hidden, no name', async () => {
    const check = async (page) => (await walk(page)).faults;
    assert.match(await spoiled(card('ready'), () => (document.querySelector('.actions button').style.outline = 'none'), check), /no ring/u);
    assert.match(await spoiled(card('ready'), () => {
      const cover = document.createElement('div');
      cover.style.cssText = 'position:fixed;inset:0;z-index:9;background:red';
      document.body.append(cover);
    }, check), /hidden/u);
    assert.match(await spoiled(card('ready'), () => (document.querySelector('.actions button').textContent = ''), check), /no name/u);
  });
});
