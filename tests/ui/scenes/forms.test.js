// What the first run, the settings, the copies, the help, the doctor and the diagnostics promise beyond what every card promises
// (scenes.test.js): what is sent and when, what stays where it is, and what is read aloud.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { axeFaults, headlineFaults, layoutFaults, walk } from './checks.js';
import { card, languages, open, root } from './stage.js';

let stage;
before(async () => (stage = await open()));
after(() => stage?.end());

const none = (faults) => assert.equal(faults.length, 0, `${faults.length} faults\n${faults.slice(0, 40).join('\n')}`);
const sent = (page) => page.evaluate(() => window.sent);
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.value || document.activeElement.localName);

/** The same card with other rows. */
function withRows(shown, change) {
  return { ...shown, form: { ...shown.form, rows: shown.form.rows.map((row) => change(row) ?? row) } };
}

/** The card's row of this field, changed. */
const withRow = (shown, field, change) => withRows(shown, (row) => (row.field === field ? { ...row, ...change(row) } : row));

describe('a form', { concurrency: 2 }, () => {
  it('sends a line when it is left or Enter is pressed, once, and not while it is typed', async () => {
    const window = await stage.window({ first: card('wizard-who') });
    const { page } = window;
    await page.locator('#row-name').pressSequentially('김하늘');
    assert.deepEqual(await sent(page), []);
    await page.keyboard.press('Enter');
    const change = { intent: 'change', field: 'name', value: '김하늘' };
    assert.deepEqual(await sent(page), [change]);
    await page.keyboard.press('Tab');
    assert.deepEqual(await sent(page), [change], 'leaving it says nothing new');
    await page.keyboard.type('7병동');
    // A click elsewhere leaves the field as well, before the button acts.
    await page.locator('button.main').click();
    assert.deepEqual(await sent(page), [change, { intent: 'change', field: 'department', value: '7병동' }, { intent: 'wish', wish: 'next' }]);
    await window.end();
  });

  it('keeps what is being typed while the helper has other news, and takes what the helper made of it', async () => {
    const shown = card('settings');
    const window = await stage.window({ first: shown });
    const { page } = window;
    await page.locator('#row-department').fill('응급실');
    await window.show(withRow(shown, 'state', (row) => ({ control: { ...row.control, value: '받고 있어요' } })));
    assert.equal(await page.locator('#row-department').inputValue(), '응급실');
    assert.equal(await focused(page), 'row-department');
    await page.keyboard.press('Enter');
    await window.show(withRow(shown, 'department', (row) => ({ control: { ...row.control, value: '응급실 (1층)' } })));
    assert.equal(await page.locator('#row-department').inputValue(), '응급실 (1층)');
    await window.end();
  });

  it('Escape takes back what was typed and stays; only then it leaves the page', async () => {
    const shown = card('settings');
    const window = await stage.window({ first: shown });
    const { page } = window;
    await page.locator('#row-name').fill('다른 이름');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#row-name').inputValue(), shown.form.rows.find(({ field }) => field === 'name').control.value);
    assert.deepEqual(await sent(page), []);
    await page.keyboard.press('Escape');
    assert.deepEqual(await sent(page), [{ intent: 'wish', wish: 'close-page' }]);
    await window.end();
  });

  it('a refused entry stays to be mended, is marked, described and read aloud, and the focus stays', async () => {
    for (const language of languages) {
      const [shown, wrong] = [card('settings', language), card('settings-wrong', language)];
      const note = wrong.form.rows.find((row) => row.wrong).note;
      const window = await stage.window({ first: withRow(shown, 'name', () => ({ note: null })) });
      const { page } = window;
      const field = page.locator('#row-name');
      await field.fill('900101-1234567');
      await page.keyboard.press('Enter');
      await window.show(wrong);
      assert.equal(await field.inputValue(), '900101-1234567');
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
      const told = page.locator(`#${await field.getAttribute('aria-describedby')}`);
      assert.equal((await told.textContent()).trim(), note);
      assert.equal(await told.getAttribute('role'), 'status');
      assert.ok(await told.isVisible());
      assert.equal(await focused(page), 'row-name');
      // The same once more is not sent twice; something else is.
      await page.evaluate(() => (window.sent = []));
      await page.keyboard.press('Enter');
      assert.deepEqual(await sent(page), []);
      await field.fill('');
      await page.keyboard.press('Enter');
      assert.deepEqual(await sent(page), [{ intent: 'change', field: 'name', value: '' }]);
      await window.end();
    }
  });

  it('sends a switch as on or off, and shows what the helper says of it', async () => {
    const shown = card('wizard-login');
    const window = await stage.window({ first: shown });
    const { page } = window;
    const login = page.getByRole('switch').first();
    await login.focus();
    await page.keyboard.press('Space');
    assert.deepEqual(await sent(page), [{ intent: 'change', field: 'at-login', value: 'off' }]);
    await window.show(withRow(shown, 'at-login', () => ({ control: { kind: 'switch', on: false } })));
    assert.ok(!(await login.isChecked()));
    // The helper could not do it: the switch goes back.
    await page.evaluate(() => (window.answer = { answer: 'refused', reason: 'not-offered' }));
    await login.click();
    await page.getByRole('alert').waitFor();
    assert.ok(!(await login.isChecked()));
    await window.end();
  });

  it('the helper does not answer: that is said, and the switch goes back', async () => {
    const window = await stage.window({ first: card('wizard-login') });
    const { page } = window;
    await page.evaluate(() => (window.answer = null));
    const login = page.getByRole('switch').first();
    await login.click();
    await page.getByRole('alert').waitFor();
    assert.ok(await login.isChecked());
    await window.end();
  });

  it('what is locked can be reached and read with its reason, and is never sent', async () => {
    const shown = card('settings-locked');
    const window = await stage.window({ first: shown });
    const { page } = window;
    const [choice, login] = [page.getByRole('radio').nth(1), page.getByRole('switch').first()];
    for (const one of [choice, login]) {
      assert.equal(await one.getAttribute('aria-disabled'), 'true');
      await one.click({ force: true });
    }
    await page.getByRole('radio').first().focus();
    await page.keyboard.press('ArrowDown');
    assert.deepEqual(await sent(page), []);
    assert.ok(!(await choice.isChecked()));
    assert.ok(await login.isChecked());
    for (const row of shown.form.rows.filter(({ locked }) => locked)) {
      const reason = page.locator(`#row-${row.field}-locked`);
      assert.equal((await reason.textContent()).trim(), row.locked);
      assert.equal(await reason.locator('svg').count(), 1, 'a padlock');
    }
    const described = async (one) => page.locator(`#${(await one.getAttribute('aria-describedby')).split(' ')[0]}`).textContent();
    assert.equal((await described(login)).trim(), shown.form.rows.find(({ field }) => field === 'at-login').locked);
    assert.equal((await described(page.getByRole('group').first())).trim(), shown.form.rows[0].locked);
    // A locked address is read whole.
    const mirror = shown.form.rows.find(({ field }) => field === 'mirror').control.value;
    assert.equal(await page.getByText(mirror, { exact: true }).count(), 1);
    await window.end();
  });

  it('another language leaves the focus where it was chosen', async () => {
    for (const scene of ['wizard-welcome', 'settings']) {
      const window = await stage.window({ first: card(scene, 'ko') });
      const { page } = window;
      await page.getByRole('radio').first().focus();
      await page.keyboard.press('ArrowDown');
      assert.deepEqual(await sent(page), [{ intent: 'change', field: 'language', value: 'en' }]);
      await window.show(card(scene, 'en'));
      assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
      assert.equal(await page.locator('h1').textContent(), card(scene, 'en').headline);
      assert.equal(await focused(page), 'en', 'the radio for English');
      await window.end();
    }
  });

  it('the next step comes to its headline, and says which step it is', async () => {
    const faults = [];
    for (const language of languages) {
      const window = await stage.window({ first: card('wizard-welcome', language) });
      for (const scene of ['wizard-who', 'wizard-prepare', 'wizard-login', 'wizard-ready']) {
        await window.page.locator('button.main').focus();
        const shown = card(scene, language);
        await window.show(shown);
        faults.push(...(await headlineFaults(window.page, shown)));
        const { step } = shown.form;
        const told = await window.page.evaluate(() => document.activeElement.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).innerText.trim()).join(' '));
        if (step && !told.endsWith(`${step.at} / ${step.of}`)) faults.push(`${scene}: ${told}`);
        if (!step && (await window.page.locator('#step').count()) > 0) faults.push(`${scene}: a step`);
      }
      await window.end();
    }
    none(faults);
  });

  it('how preparing ends is announced on the same step, and the focus stays', async () => {
    const window = await stage.window({ first: card('wizard-prepare'), clock: true });
    const { page } = window;
    await page.locator('button.main').focus();
    const done = card('wizard-prepare-done');
    await window.page.evaluate((shown) => window.show(shown), done);
    await page.clock.runFor(6_000);
    const said = await page.locator('[aria-live=polite]').first().textContent();
    assert.ok(said.includes(done.sentence), said);
    assert.equal(await page.evaluate(() => document.activeElement.className.includes('main')), true);
    await window.end();
  });

  it('on a Mac the two panes stand in the card, with their picture, and open by their buttons', async () => {
    const shown = { ...card('wizard-login-macos'), onMac: true };
    const window = await stage.window({ first: shown });
    const { page } = window;
    assert.equal(await page.locator('main .middle .panes[aria-hidden]').count(), 1);
    for (const wish of ['open-screen-recording', 'open-accessibility']) {
      const { label } = shown.actions.find((action) => action.wish === wish);
      assert.equal(await page.locator('footer').getByRole('button', { name: label }).count(), 0);
      await page.getByRole('button', { name: label }).click();
    }
    assert.deepEqual((await sent(page)).map(({ wish }) => wish), ['open-screen-recording', 'open-accessibility']);
    await window.end();
  });
});

describe('copies', { concurrency: 2 }, () => {
  it('send their field, and the copied line is said and seen by words', async () => {
    for (const language of languages) {
      const shown = card('running-copies', language);
      const bare = { ...shown, copies: shown.copies.map((line) => ({ ...line, copied: false })) };
      const window = await stage.window({ first: bare });
      const { page } = window;
      const said = page.locator('section [role=status]');
      assert.equal(await said.textContent(), '');
      const button = page.locator('li button').first();
      await button.click();
      assert.deepEqual(await sent(page), [{ intent: 'copy-line', field: 'name' }]);
      await window.show(shown);
      const copied = await page.locator('.copied').innerText();
      assert.ok(copied.trim().length > 2);
      assert.equal(await said.textContent(), `${shown.copies[0].label}: ${copied.trim()}`);
      assert.equal(await page.evaluate(() => document.activeElement.localName), 'button', 'the focus stays');
      // The same line once more: it is said once more.
      await page.evaluate(() => {
        window.heard = [];
        const region = document.querySelector('section [role=status]');
        new MutationObserver(() => window.heard.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
      });
      await button.click();
      await page.waitForFunction((text) => window.heard.at(-1) === text && window.heard.length >= 2, await said.textContent() || `${shown.copies[0].label}: ${copied.trim()}`);
      await window.end();
    }
  });

  it('a name of 300 characters, a long address, text at 200 % and low windows', async () => {
    const faults = [];
    const long = { ko: '가나다라마바사아자차'.repeat(30), en: 'Wolkenstein'.repeat(28).slice(0, 300) };
    for (const { width, height, size } of [{ width: 440, height: 600, size: 100 }, { width: 320, height: 600, size: 200 }, { width: 1024, height: 530, size: 100 }]) {
      for (const language of languages) {
        const window = await stage.window({ first: card('looking', language), width, height, size });
        const copies = card('running-copies', language);
        const value = long[language];
        const cards = [
          { ...copies, copies: copies.copies.map((line) => ({ ...line, value, copied: true })) },
          withRows(card('settings-locked', language), (row) => ({ ...row, locked: row.locked && value, label: row.label + value.slice(0, 60), note: value, control: row.control.kind === 'switch' || row.control.kind === 'choice' ? row.control : { ...row.control, value } })),
          withRows(card('settings-wrong', language), (row) => ({ ...row, note: row.note && value, control: row.control.kind === 'line' ? { ...row.control, value } : row.control })),
          withRows(card('doctor', language), (row) => ({ ...row, label: value, note: value, control: { ...row.control, value } })),
          { ...card('diagnostics-saved', language), sentence: value },
        ];
        for (const shown of cards) {
          await window.show(card('looking', language));
          await window.show(shown);
          const place = `${shown.scene} ${language} ${width}x${height} ${size}%: `;
          faults.push(...(await layoutFaults(window.page)).map((fault) => place + fault), ...(await axeFaults(window.page)).map((fault) => place + fault), ...(await walk(window.page)).faults.map((fault) => place + fault));
        }
        await window.end();
      }
    }
    none(faults);
  });
});

describe('help', { concurrency: 2 }, () => {
  const titles = (name, language) => [...readFileSync(join(root, 'ui/help', `${name}.${language}.md`), 'utf8').matchAll(/^## (.+)$/gm)].map(([, title]) => title);

  it('has the three guides, heading by heading, with nothing cut off and nothing that leads outside', async () => {
    const faults = [];
    for (const language of languages) {
      for (const { width, height, size } of [{ width: 440, height: 600, size: 100 }, { width: 320, height: 600, size: 200 }, { width: 1024, height: 530, size: 100 }]) {
        const window = await stage.window({ first: card('help', language), width, height, size });
        const { page } = window;
        for (const [at, name] of ['staff', 'supporters', 'it'].entries()) {
          const place = `${name} ${language} ${width} ${size}%`;
          const tab = page.getByRole('navigation').first().getByRole('button').nth(at);
          await tab.click();
          assert.equal(await tab.getAttribute('aria-current'), 'page');
          await page.waitForFunction((first) => document.querySelector('summary h2')?.textContent === first, titles(name, language)[0]);
          assert.deepEqual(await page.locator('summary h2').allTextContents(), titles(name, language), place);
          for (const fold of await page.locator('summary').all()) await fold.click();
          assert.equal(await page.locator('main a, main [src]').count(), 0, 'no links, no pictures from elsewhere');
          assert.doesNotMatch(await page.locator('.guide').innerText(), /\{(module|phone|hours|origin|identifier)|\.md\b|undefined/u);
          faults.push(...(await layoutFaults(page)).map((fault) => `${place}: ${fault}`), ...(await axeFaults(page)).map((fault) => `${place}: ${fault}`));
        }
        faults.push(...window.errors);
        await window.end();
      }
    }
    none(faults);
  });

  it('addresses are written out, and the guide stays open when the language changes', async () => {
    const window = await stage.window({ first: card('help', 'ko') });
    const { page } = window;
    await page.getByRole('navigation').first().getByRole('button').nth(1).click();
    await page.getByText('https://status.teamviewer.com/', { exact: false }).first().waitFor({ state: 'attached' });
    await window.show(card('help', 'en'));
    await page.waitForFunction((first) => document.querySelector('summary h2')?.textContent === first, titles('supporters', 'en')[0]);
    await window.end();
  });

  it('a guide is loaded only when it is opened', async () => {
    const window = await stage.window({ first: card('ready') });
    const { page } = window;
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await window.show(card('help'));
    await page.locator('summary').first().waitFor();
    assert.deepEqual(asked.map((path) => path.replace(/^\/assets\/(\w+\.\w+)-.*/u, '$1')), ['staff.ko']);
    await window.end();
  });
});

describe('diagnostics', { concurrency: 2 }, () => {
  const text = Array.from({ length: 60 }, (_, index) => `{"at":"2026-11-25T06:12:${String(index).padStart(2, '0')}Z","event":"fetch","state":"preparing","mirror":1,"bytes":${index * 65536}}`).join('\n');
  const many = (language) => ({ ...card('diagnostics', language), documents: Array.from({ length: 12 }, (_, index) => ({ name: `journal/journal-${index + 1}.jsonl`, text })) });

  it('shows every document exactly, one by one, to be selected and scrolled by keyboard', async () => {
    const shown = many('ko');
    const window = await stage.window({ first: shown });
    const { page } = window;
    assert.equal(await page.locator('summary').count(), 12);
    await page.locator('summary').nth(3).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const area = page.locator('textarea').nth(3);
    assert.equal(await area.evaluate((area) => area === document.activeElement), true);
    assert.equal(await area.inputValue(), text);
    assert.equal(await area.getAttribute('readonly') !== null, true);
    const before = await area.evaluate((area) => area.scrollTop);
    await page.keyboard.press('Control+End');
    await page.waitForFunction((before) => document.activeElement.scrollTop > before, before);
    await page.keyboard.press('Control+A');
    assert.equal(await area.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd)), text);
    assert.match(await area.evaluate((area) => getComputedStyle(area).fontFamily), /mono|Consolas/iu);
    await window.end();
  });

  it('twelve documents, all open, in every room', async () => {
    const faults = [];
    for (const { width, height, size } of [{ width: 440, height: 600, size: 100 }, { width: 320, height: 600, size: 200 }, { width: 1024, height: 530, size: 100 }]) {
      const window = await stage.window({ first: many('en'), width, height, size });
      const { page } = window;
      for (const fold of await page.locator('summary').all()) await fold.click();
      faults.push(...(await layoutFaults(page)), ...(await axeFaults(page)));
      await page.locator('h1').focus();
      const { stops, faults: hidden } = await walk(page);
      faults.push(...hidden);
      if (stops.filter((stop) => stop.startsWith('text ')).length !== 12) faults.push(`stops ${stops.length}`);
      await window.end();
    }
    none(faults);
  });

  it('that it was saved is announced, and the focus stays', async () => {
    const window = await stage.window({ first: card('diagnostics'), clock: true });
    const { page } = window;
    await page.locator('button.main').focus();
    const saved = card('diagnostics-saved');
    await page.evaluate((shown) => window.show(shown), saved);
    await page.clock.runFor(6_000);
    assert.equal(await page.locator('[aria-live=polite]').first().textContent(), saved.sentence);
    assert.equal(await page.evaluate(() => document.activeElement.localName), 'button');
    await window.end();
  });
});

describe('the doctor', () => {
  it('tells how each thing stands by a shape and by words', async () => {
    for (const language of languages) {
      const shown = card('doctor', language);
      const window = await stage.window({ first: shown });
      const { page } = window;
      const words = JSON.parse(readFileSync(join(root, 'ui/locales', `${language}.json`), 'utf8'));
      const facts = await page.locator('.fact').evaluateAll((all) => all.map((fact) => ({ text: fact.textContent.replace(/\s+/gu, ' '), shape: fact.querySelector('svg')?.innerHTML.replace(/<!--.*?-->/gu, '') ?? '' })));
      assert.equal(facts.length, shown.form.rows.length);
      const shapes = new Map();
      shown.form.rows.forEach(({ label, note, control }, at) => {
        for (const part of [label, control.value, note, control.lamp === 'none' ? '' : words[`ui.lamp.${control.lamp}`]]) assert.ok(facts[at].text.includes(part ?? ''), `${part}: ${facts[at].text}`);
        shapes.set(control.lamp, facts[at].shape);
      });
      assert.equal(new Set(shapes.values()).size, shapes.size, 'every lamp its own shape');
      await window.end();
    }
  });

  it('comes to its headline with the verdict', async () => {
    const window = await stage.window({ first: card('doctor-busy') });
    await window.page.getByRole('button').first().focus();
    await window.show(card('doctor'));
    none(await headlineFaults(window.page, card('doctor')));
    await window.end();
  });
});
