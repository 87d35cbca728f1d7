// The HIS kit in a real browser: what the HIS hands over, what the person sees, and what never happens.
import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, describe, test } from 'node:test';
import { browse, overflow, root, serve, twiceTheText, violations } from '../site.js';

const kit = {
  name: 'EDGE&NEXT Support',
  origin: 'https://get.teamviewer.com/edgennext_support',
  phone: { number: '070-0000-0000', hours: { ko: '언제나', en: 'always' } },
  helper: { windows: '../targets/helper.exe', macos: '../targets/helper.dmg' },
  module: {
    windows: { href: '../targets/quicksupport/abc.EDGE-NEXT-Support.exe', file: 'EDGE&NEXT Support.exe' },
    macos: { href: '../targets/quicksupport/abc.TeamViewerQS.zip', file: 'EDGE&NEXT Support.zip' },
  },
};
const AGENTS = {
  windows: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  edge: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0',
  firefox: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0',
  mac: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15',
  linux: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  chromebook: 'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  android: 'Mozilla/5.0 (Linux; Android 14; SM-S921N) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
  tablet: 'Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  iphone: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1',
};

// On Linux the browser asks before it opens such a link, and a page that waits for the answer takes no clicks; the question goes
// away with the kit's frame, and only with that.
const POLICY = "default-src 'self'; frame-src edgenext-support: acme-help:";

let browser;
let site;
let context;

before(async () => {
  browser = await browse();
  site = await serve({ '/kit/': `${root}ui/kit/`, '/kit/kit.json': kit }, POLICY);
});
after(async () => {
  await browser?.close();
  await site?.end();
});
beforeEach(() => (context = undefined));
afterEach(() => context?.close());

/** A page of the kit; `links` are those that the browser was asked to open, `requests` what went over the network. */
async function open(path = '/kit/examples/his-web.html', { agent = 'windows', touch = 0, old = false, at = site.at, ...options } = {}) {
  context = await browser.newContext({ userAgent: AGENTS[agent], ...options });
  await context.addInitScript(({ touch, old }) => {
    Object.defineProperty(Navigator.prototype, 'maxTouchPoints', { get: () => touch });
    if (old) delete Navigator.prototype.userAgentData;
    else if (navigator.userAgent.includes('CrOS')) {
      // What a Chromebook says; the emulation here takes it for Windows.
      Object.defineProperty(Navigator.prototype, 'userAgentData', { get: () => ({ platform: 'Chrome OS', mobile: false }) });
    }
  }, { touch, old });
  const page = await context.newPage();
  await page.clock.install();
  const links = [];
  const requests = [];
  const faults = [];
  const devtools = await context.newCDPSession(page);
  await devtools.send('Page.enable');
  devtools.on('Page.frameRequestedNavigation', ({ url }) => links.push(url));
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(at + path);
  // From here on time passes only where a test says so.
  await page.clock.pauseAt(Date.now() + 3_600_000);
  const button = page.locator('remote-support-button');
  return { page, button, main: button.locator('[part=button]'), box: button.locator('[part=box]'), offers: button.locator('a'), links, requests, faults, devtools };
}

/** Clicks, and says which link the browser was asked to open. */
async function click({ main, devtools }) {
  const next = new Promise((seen, never) => {
    devtools.once('Page.frameRequestedNavigation', ({ url }) => seen(url));
    setTimeout(never, 10_000, new Error('no link was opened')).unref();
  });
  await main.click();
  return next;
}

/** The helper shows itself: the page loses the focus. */
const helperShows = (page) => page.evaluate(() => void window.dispatchEvent(new Event('blur')));
const waitInVain = (page) => page.clock.runFor(1500);
const hrefs = (offers) => offers.evaluateAll((all) => all.map((offer) => offer.href));
const set = (button, values) =>
  button.evaluate((element, values) => {
    for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
  }, values);

describe('the link', () => {
  const fine = {
    '홍길동': '홍길동',
    'a&b=c#d?e/f%20+"\'<>\\`{}|^': 'a&b=c#d?e/f%20+"\'<>\\`{}|^',
    '  두   칸\n줄\t': '두 칸 줄',
    '한\u1112\u1161\u11ab글': '한한글',
    '간호사 🧑‍⚕️👍🏽': '간호사 🧑⚕️👍🏽',
    'abc\u202egnp.exe\u2066x\u200b\u00ad\ufeff': 'abcgnp.exex',
    'a\ud800b': 'ab',
    'a\u0000b\u001bc\u007f': 'a b c',
    '&name=x#frag': '&name=x#frag',
    'edgenext-support://quit': 'edgenext-support://quit',
    '김간호 7123': '김간호 7123',
    '3병동 2024': '3병동 2024',
    ['가'.repeat(10_240)]: '가'.repeat(40),
    ['🏥'.repeat(10_240)]: '🏥'.repeat(40),
  };

  test('carries what the HIS says, whatever stands in it', async () => {
    const opened = await open();
    for (const [given, kept] of Object.entries(fine)) {
      await set(opened.button, { name: given, department: given, extension: '7123' });
      const href = await click(opened);
      await waitInVain(opened.page);
      // What src-tauri/src/link.rs accepts: graphic ASCII, at most 2,048 bytes, the action `start`.
      assert.match(href, /^edgenext-support:\/\/start\?[\x21-\x7e]+$/);
      assert.ok(href.length <= 2048, `${href.length} bytes`);
      const url = new URL(href);
      assert.equal(url.hash, '');
      assert.deepEqual([...url.searchParams.keys()], ['name', 'department', 'extension'], href);
      assert.equal(url.searchParams.get('name'), kept);
      assert.equal(url.searchParams.get('department'), kept);
    }
    assert.deepEqual(opened.faults, []);
  });

  test('the longest values still fit into what the helper reads', async () => {
    const opened = await open();
    await set(opened.button, { name: '🏥'.repeat(9000), department: '🏥'.repeat(9000), extension: '🏥'.repeat(9000) });
    const href = await click(opened);
    assert.ok(href.length > 1000 && href.length <= 2048, `${href.length} bytes`);
  });

  test('has no place for what looks like a resident or chart number', async () => {
    const opened = await open();
    const heard = await opened.button.evaluateHandle((element) => {
      const kinds = [];
      element.addEventListener('remote-support', ({ detail }) => kinds.push(detail));
      return kinds;
    });
    const never = ['900101-1234567', '9001011234567', '９００１０１－１２３４５６７', '900101 ‐ 1234567', '900101\u200b1234567', '홍길동 12345678', '차트 00123456', '환자 12-34-56-78', '٩٠٠١٠١-١٢٣٤٥٦٧', '①②③④⑤⑥⑦'];
    for (const value of never) {
      await set(opened.button, { name: value, department: value, extension: value });
      assert.equal(await click(opened), 'edgenext-support://start', value);
      await waitInVain(opened.page);
    }
    const told = await heard.jsonValue();
    assert.deepEqual(told[0], { kind: 'asked', leftOut: ['name', 'department', 'extension'] });
    assert.ok(!/\d{5}/.test(JSON.stringify(told)), 'the event names values, it does not hold them');
  });

  test('a telephone number is an extension', async () => {
    const opened = await open();
    for (const extension of ['7123', '내선 7123', '02-1234-5678', '0212345678', '010-1234-5678', '*71#23']) {
      await set(opened.button, { name: '', department: '', extension });
      assert.equal(new URL(await click(opened)).searchParams.get('extension'), extension);
      await waitInVain(opened.page);
    }
  });

  test('without values it is the bare link; another vendor names another scheme, and no dangerous one', async () => {
    const opened = await open('/kit/index.html');
    assert.equal(await click(opened), 'edgenext-support://start');
    await waitInVain(opened.page);
    for (const [scheme, used] of [['acme-help', 'acme-help'], ['javascript', 'edgenext-support'], ['DATA', 'edgenext-support'], ['https', 'edgenext-support'], ['a b', 'edgenext-support'], ['', 'edgenext-support']]) {
      await set(opened.button, { scheme });
      assert.equal(await click(opened), `${used}://start`);
      await waitInVain(opened.page);
    }
  });

  test('the landing page takes values from behind the #, which no server sees', async () => {
    const opened = await open('/kit/index.html#name=%ED%99%8D&extension=7123&scheme=evil-one');
    assert.equal(await click(opened), 'edgenext-support://start?name=%ED%99%8D&extension=7123');
    const web = opened.requests.filter((url) => url.startsWith('http'));
    assert.ok(web.length >= 4 && web.every((url) => !url.split('#')[0].includes('7123')), web.join());
  });
});

describe('the answer', () => {
  test('a helper that shows itself: a line, and a way on for those who see nothing', async () => {
    const opened = await open();
    await click(opened);
    assert.match(await opened.box.innerText(), /원격지원을 열고 있어요/);
    await helperShows(opened.page);
    await waitInVain(opened.page);
    assert.match(await opened.box.innerText(), /창이 보이면/);
    assert.equal(await opened.offers.count(), 0);
    await opened.button.getByRole('button', { name: '열리지 않나요?' }).click();
    await opened.offers.first().waitFor();
    assert.equal(await opened.offers.count(), 2);
  });

  test('on the landing page what can be downloaded stays in sight', async () => {
    const opened = await open('/kit/index.html');
    await opened.offers.nth(1).waitFor();
    await click(opened);
    assert.equal(await opened.offers.count(), 2);
    await helperShows(opened.page);
    await waitInVain(opened.page);
    assert.match(await opened.button.getByRole('status').innerText(), /창이 보이면/);
    assert.equal(await opened.offers.count(), 2);
  });

  test('no sign of a helper: a question, never a wall', async () => {
    const opened = await open();
    await click(opened);
    await opened.page.clock.runFor(1400);
    assert.doesNotMatch(await opened.box.innerText(), /열렸나요/);
    await opened.page.clock.runFor(100);
    await opened.offers.first().waitFor();
    assert.match(await opened.button.getByRole('status').innerText(), /열렸나요\?/);
    // The page is as usable as before, and the focus is where it was.
    assert.ok(await opened.button.evaluate((element) => document.activeElement === element));
    await opened.page.locator('textarea').fill('계속 일해요');
    assert.match(await click(opened), /^edgenext-support:/);
  });

  test('a second click joins the first', async () => {
    const opened = await open();
    await click(opened);
    for (let again = 0; again < 20; again++) await opened.main.click();
    await waitInVain(opened.page);
    await opened.offers.first().waitFor();
    assert.equal(opened.links.length, 1);
  });

  test('unsaved work in the HIS is not asked about', async () => {
    const opened = await open();
    const dialogs = [];
    opened.page.on('dialog', (dialog) => (dialogs.push(dialog.type()), dialog.dismiss()));
    await opened.page.locator('textarea').pressSequentially('기록');
    await click(opened);
    await waitInVain(opened.page);
    await opened.offers.first().waitFor();
    assert.deepEqual(dialogs, []);
    assert.equal(await opened.page.locator('textarea').inputValue(), '기록');
  });

  test('a button that is taken off the page asks nothing afterwards', async () => {
    const opened = await open();
    await click(opened);
    const kinds = await opened.button.evaluateHandle((element) => {
      const kinds = [];
      element.addEventListener('remote-support', ({ detail }) => kinds.push(detail.kind));
      element.remove();
      return kinds;
    });
    await waitInVain(opened.page);
    assert.deepEqual(await kinds.jsonValue(), []);
  });
});

describe('the offer', () => {
  const windows = ['/targets/helper.exe', '/targets/quicksupport/abc.EDGE-NEXT-Support.exe'];
  const macos = ['/targets/helper.dmg', '/targets/quicksupport/abc.TeamViewerQS.zip'];
  const right = { windows, edge: windows, firefox: windows, mac: macos, linux: null, chromebook: null };
  for (const [agent, paths] of Object.entries(right)) {
    for (const old of [false, true]) {
      test(`${agent}${old ? ' by its user agent alone' : ''}`, async () => {
        const opened = await open('/kit/examples/his-web.html', { agent, old });
        await click(opened);
        await waitInVain(opened.page);
        await opened.offers.first().waitFor();
        assert.deepEqual(await hrefs(opened.offers), paths ? paths.map((path) => site.at + path) : [kit.origin]);
        const text = await opened.box.innerText();
        assert.match(text, /070-0000-0000 \(언제나\)/);
        assert.equal(/해외 서버/.test(text), !paths);
        assert.equal(/TeamViewer QuickSupport/.test(text), agent === 'mac');
      });
    }
  }

  for (const [agent, touch, old] of [['android', 5, false], ['android', 5, true], ['tablet', 5, true], ['iphone', 5, true], ['mac', 5, true]]) {
    test(`${agent === 'mac' ? 'iPadOS' : agent}${old ? ' by its user agent alone' : ''}: nothing to install, and no link is tried`, async () => {
      const opened = await open('/kit/examples/his-web.html', { agent, touch, old });
      await opened.main.click();
      await opened.button.getByText('070-0000-0000').waitFor();
      assert.match(await opened.box.innerText(), /휴대전화와 태블릿/);
      assert.equal(await opened.offers.count(), 0);
      await waitInVain(opened.page);
      assert.deepEqual(opened.links, []);
    });
  }

  test('a Windows PC with a touch screen is a PC', async () => {
    const opened = await open('/kit/index.html', { touch: 10 });
    await opened.offers.first().waitFor();
    assert.equal(await opened.offers.count(), 2);
  });

  test('a file keeps the name that the manual knows', async () => {
    const opened = await open('/kit/index.html');
    await opened.offers.first().waitFor();
    assert.deepEqual(await opened.offers.evaluateAll((all) => all.map((offer) => offer.download)), ['', 'EDGE&NEXT Support.exe']);
  });

  test('without a helper to install the module alone is offered; attributes are stronger than the mirror', async () => {
    const few = await serve({ '/kit/': `${root}ui/kit/`, '/kit/kit.json': { ...kit, helper: {} } }, POLICY);
    try {
      const opened = await open('/kit/examples/his-web.html', { at: few.at });
      await set(opened.button, { 'module-windows': 'https://hospital.example/qs.exe' });
      await click(opened);
      await waitInVain(opened.page);
      await opened.offers.first().waitFor();
      assert.deepEqual(await hrefs(opened.offers), ['https://hospital.example/qs.exe']);
    } finally {
      await few.end();
    }
  });

  const bad = {
    'is missing': (_, answer) => ((answer.statusCode = 404), answer.end()),
    'is a sign-in page': (_, answer) => (answer.setHeader('content-type', 'text/html'), answer.end('<!doctype html><p>login')),
    'is null': (_, answer) => answer.end('null'),
    'is a list': (_, answer) => answer.end('[]'),
    'names no addresses': { module: { windows: 'http://[', macos: 7 }, helper: 'x', phone: 1 },
    'names scripts': { module: { windows: 'javascript:alert(1)' }, helper: { windows: { href: 'data:text/html,x' } }, origin: kit.origin },
    'never comes': () => {},
  };
  for (const [what, place] of Object.entries(bad)) {
    test(`the mirror's word ${what}: the vendor's link is left`, async () => {
      const broken = await serve({ '/kit/': `${root}ui/kit/`, '/kit/kit.json': place }, POLICY);
      try {
        const opened = await open('/kit/examples/his-web.html', { at: broken.at });
        await click(opened);
        await waitInVain(opened.page);
        // The mirror has four seconds to say something.
        await opened.page.clock.runFor(4000);
        await opened.offers.first().waitFor();
        assert.deepEqual(await hrefs(opened.offers), [kit.origin]);
        assert.match(await opened.box.innerText(), /해외 서버라/);
        assert.deepEqual(opened.faults, []);
      } finally {
        await broken.end();
      }
    });
  }

  test('a HIS on another server loads the button from the mirror, and its links lead to the mirror', async () => {
    const page = "<!doctype html><html lang=ko><title>x</title><script src='SITE/kit/remote-support.js' defer></script><remote-support-button></remote-support-button>";
    const mirror = await serve({
      '/kit/': `${root}ui/kit/`,
      '/kit/kit.json': (_, answer) => (answer.setHeader('access-control-allow-origin', '*'), answer.end(JSON.stringify(kit))),
    });
    const his = await serve({ '/': (_, answer) => (answer.setHeader('content-type', 'text/html'), answer.end(page.replace('SITE', mirror.at))) }, '');
    try {
      const opened = await open('/', { at: his.at });
      await click(opened);
      await waitInVain(opened.page);
      await opened.offers.first().waitFor();
      assert.deepEqual(await hrefs(opened.offers), windows.map((path) => mirror.at + path));
    } finally {
      await his.end();
      await mirror.end();
    }
  });
});

describe('privacy and policy', () => {
  test('nothing is asked for beyond its own server, and nothing personal ever', async () => {
    const opened = await open();
    await click(opened);
    await waitInVain(opened.page);
    await opened.offers.first().waitFor();
    const web = opened.requests.filter((url) => !url.startsWith('edgenext-support:'));
    assert.ok(web.length >= 4, web.join());
    for (const url of web) assert.ok(url.startsWith(`${site.at}/kit/`) && !url.includes('?'), url);
    assert.equal(web.filter((url) => url.endsWith('kit.json')).length, 1);
  });

  test("works under default-src 'self'", async () => {
    const strict = await serve({ '/kit/': `${root}ui/kit/`, '/kit/kit.json': kit });
    after(() => strict.end());
    const opened = await open('/kit/index.html', { at: strict.at });
    const refused = await opened.page.evaluateHandle(() => {
      const refused = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => refused.push(effectiveDirective));
      return refused;
    });
    await opened.offers.first().waitFor();
    assert.equal(await opened.main.evaluate((main) => getComputedStyle(main).cursor), 'pointer', 'its styles hold');
    await opened.main.click();
    // The frame is refused, and the page's own location takes over.
    await opened.page.waitForFunction((list) => list.length > 0, refused);
    await waitInVain(opened.page);
    await opened.button.getByText('열렸나요?').waitFor();
    assert.deepEqual(await refused.jsonValue(), ['frame-src']);
    assert.deepEqual(opened.links, ['edgenext-support://start', 'edgenext-support://start']);
  });

  test('works under Trusted Types', async () => {
    const strict = await serve({ '/kit/': `${root}ui/kit/`, '/kit/kit.json': kit }, "default-src 'self'; frame-src edgenext-support:; require-trusted-types-for 'script'");
    try {
      const opened = await open('/kit/en.html', { at: strict.at });
      await click(opened);
      await opened.offers.first().waitFor();
      assert.deepEqual(opened.faults, []);
    } finally {
      await strict.end();
    }
  });
});

describe('for everybody', () => {
  const focused = (page) =>
    page.evaluate(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      const style = getComputedStyle(at);
      const { width, height } = at.getBoundingClientRect();
      return { text: at.textContent.trim(), ring: `${style.outlineStyle} ${style.outlineWidth}`, width, height };
    });

  test('the keyboard alone is enough, and the focus shows', async () => {
    const opened = await open();
    const { page } = opened;
    // A scheme that the browser never opens: its question would take the keyboard away.
    await set(opened.button, { scheme: 'afp' });
    await page.locator('textarea').focus();
    await page.keyboard.press('Tab');
    assert.equal((await focused(page)).text, '원격지원');
    await page.keyboard.press('Enter');
    await waitInVain(page);
    await opened.offers.first().waitFor();
    const walked = [await focused(page)];
    for (let step = 0; step < 3; step++) {
      await page.keyboard.press('Tab');
      walked.push(await focused(page));
    }
    assert.deepEqual(walked.map(({ text }) => text), ['원격지원', '원격지원 도우미 설치하기', 'EDGE&NEXT Support 받기', '닫기']);
    for (const stop of walked) {
      assert.equal(stop.ring, 'solid 3px', stop.text);
      assert.ok(stop.width >= 44 && stop.height >= 44, `${stop.text}: ${stop.width} x ${stop.height}`);
    }
    await page.keyboard.press('Escape');
    assert.equal((await focused(page)).text, '원격지원');
    assert.equal(await opened.offers.count(), 0);
    await page.keyboard.press('Space');
    assert.match(await opened.button.getByRole('status').innerText(), /열고 있어요/);
  });

  test('a screen reader hears names and news in the page\'s language', async () => {
    for (const [path, name, news] of [['/kit/index.html', '원격지원', '열렸나요'], ['/kit/en.html', 'Remote support', 'Did remote support open']]) {
      const opened = await open(path);
      await opened.page.getByRole('button', { name, exact: true }).click();
      await waitInVain(opened.page);
      await opened.page.getByRole('status').filter({ hasText: news }).waitFor();
      assert.deepEqual(await opened.button.getByRole('img').count(), 0, 'the drawing says nothing');
      await context.close();
    }
  });

  test('a HIS may write its own words on it', async () => {
    const opened = await open();
    await opened.button.evaluate((element) => (element.textContent = '도움 요청'));
    await opened.page.getByRole('button', { name: '도움 요청' }).waitFor();
  });

  const looks = { light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' }, forced: { forcedColors: 'active' }, contrast: { contrast: 'more' } };
  const sizes = {
    'as it is': {},
    'text at 200 %': { text: true },
    'zoom 200 %': { viewport: { width: 640, height: 360 }, deviceScaleFactor: 2 },
    '320 wide': { viewport: { width: 320, height: 568 } },
  };
  for (const [look, scheme] of Object.entries(looks)) {
    for (const [size, { text, ...options }] of Object.entries(sizes)) {
      test(`axe finds nothing, nothing is cut off: ${look}, ${size}`, async () => {
        for (const path of ['/kit/index.html', '/kit/en.html', '/kit/examples/his-web.html']) {
          const opened = await open(path, { ...scheme, ...options });
          // axe-core waits by the page's clock.
          await opened.page.clock.resume();
          if (text) await twiceTheText(opened.page);
          for (const state of ['before', 'after']) {
            if (state === 'after') {
              await click(opened);
              await waitInVain(opened.page);
              await opened.offers.first().waitFor();
            }
            assert.deepEqual(await violations(opened.page), [], `${path} ${state}`);
            assert.ok((await overflow(opened.page)) <= 0, `${path} ${state} is too wide`);
          }
          const box = await opened.box.boundingBox();
          assert.ok(box.x >= 0 && box.y + (await opened.page.evaluate(() => scrollY)) >= 0, `${path}: the box leaves the page`);
          await context.close();
        }
      });
    }
  }

  test('nothing moves', async () => {
    const opened = await open('/kit/index.html', { reducedMotion: 'reduce' });
    await click(opened);
    assert.equal(await opened.page.evaluate(() => document.getAnimations().length), 0);
  });
});
