// What Chromium proves of every card (tests/ui/scenes), proven again in the engine that draws the helper's window on Linux, by the
// very same checks.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { axeFaults, headlineFaults, layoutFaults, walk } from '../scenes/checks.js';
import { card, languages, scenes, sizes } from '../scenes/stage.js';
import { open, themes } from './stage.js';

let stage;
before(async () => (stage = await open()));
after(() => stage?.end());

/** One line of report for each fault, with where it is. */
const at = (place, faults) => faults.map((fault) => `${place}: ${fault}`);
const none = (faults) => assert.equal(faults.length, 0, `${faults.length} faults\n${faults.slice(0, 40).join('\n')}`);
/** Another card in between: a new card must always come to its headline. */
const other = (scene) => (scene === 'looking' ? 'ready' : 'looking');

// A look changes colours and no words, and large text changes the room and no colours: the other looks are judged at 100 % and in one
// language.
const looks = Object.keys(themes).flatMap((theme) =>
  theme === 'light' ? sizes.map((size) => ({ theme, size, spoken: languages })) : [{ theme, size: 100, spoken: languages.slice(0, 1) }],
);

describe('every card in WebKit', { concurrency: 2 }, () => {
  for (const { theme, size, spoken } of looks) {
    it(`${theme}, ${size} %, ${spoken.join(' and ')}: axe finds nothing, nothing is cut, the headline has the focus`, async () => {
      const { dark, contrast } = themes[theme];
      const window = await stage.window({ theme, size });
      const seen = await window.page.evaluate(() => {
        const holds = (query) => matchMedia(query).matches;
        return { dark: holds('(prefers-color-scheme: dark)'), contrast: holds('(prefers-contrast: more)'), still: holds('(prefers-reduced-motion: reduce)'), text: parseFloat(getComputedStyle(document.documentElement).fontSize) };
      });
      assert.deepEqual(seen, { dark, contrast, still: true, text: (16 * size) / 100 }, 'WebKit was not told the look');
      await window.resize(440, 600);
      const faults = [];
      for (const language of spoken) {
        for (const scene of scenes) {
          const shown = card(scene, language);
          const place = `${scene} ${language}`;
          await window.show(card(other(scene), language));
          await window.show(shown);
          faults.push(...at(place, await headlineFaults(window.page, shown)), ...at(place, await axeFaults(window.page)), ...at(place, await layoutFaults(window.page)));
        }
      }
      faults.push(...at('page', await window.faults()));
      await window.end();
      none(faults);
    });
  }
});

describe('room in WebKit', { concurrency: 2 }, () => {
  for (const [width, height, size] of [[1024, 600, 100], [1024, 600, 200], [320, 360, 100], [320, 600, 200]]) {
    it(`${width} x ${height}, text ${size} %: nothing is cut and nothing scrolls sideways`, async () => {
      const window = await stage.window({ size });
      await window.resize(width, height);
      const faults = [];
      for (const language of languages) {
        for (const scene of scenes) {
          await window.show(card(scene, language));
          faults.push(...at(`${scene} ${language}`, await layoutFaults(window.page)));
        }
      }
      await window.end();
      none(faults);
    });
  }
});

describe('keyboard in WebKit', { concurrency: 2 }, () => {
  it('the stops are those that Chromium has, each named, ringed and in sight', async () => {
    const faults = [];
    const window = await stage.window();
    let snapshot = '';
    for (const language of languages) {
      snapshot += `\n## ${language}\n\n`;
      for (const scene of scenes) {
        await window.show(card(other(scene), language));
        await window.show(card(scene, language));
        const { stops, faults: wrong } = await walk(window.page);
        faults.push(...at(`${scene} ${language}`, wrong));
        snapshot += `- ${scene}: ${stops.join(' · ') || 'nothing'}\n`;
      }
    }
    await window.end();
    none(faults);
    const theirs = readFileSync(new URL('../scenes/keyboard.snapshot.md', import.meta.url), 'utf8');
    assert.equal(snapshot, theirs.slice(theirs.indexOf('\n## ')));
  });

  for (const [width, height, size] of [[440, 600, 200], [440, 440, 100], [1024, 600, 200]]) {
    it(`${width} x ${height}, text ${size} %: no stop is hidden`, async () => {
      const faults = [];
      const window = await stage.window({ size });
      await window.resize(width, height);
      for (const scene of scenes) {
        await window.show(card(other(scene)));
        await window.show(card(scene));
        faults.push(...at(scene, (await walk(window.page)).faults));
      }
      await window.end();
      none(faults);
    });
  }
});

// The checks see in WebKit what they are there for.
describe('the checks have teeth in WebKit', () => {
  const spoiled = async (scene, spoil, check) => {
    const window = await stage.window({ scene });
    await window.resize(440, 600);
    await window.page.evaluate(spoil);
    const faults = await check(window.page);
    await window.end();
    return faults.join('\n');
  };

  it('axe: a field without its label; layout: a button that is cut; the walk: a stop without a ring', async () => {
    assert.match(await spoiled('settings', () => document.querySelector('label.label').remove(), axeFaults), /label:/u);
    assert.match(await spoiled('ready', () => (document.querySelector('.actions button').style.cssText = 'white-space:nowrap;overflow:hidden;width:40px;flex:none'), layoutFaults), /cut/u);
    assert.match(await spoiled('ready', () => (document.querySelector('.actions button').style.outline = 'none'), async (page) => (await walk(page)).faults), /no ring/u);
  });
});
