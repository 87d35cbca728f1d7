// <remote-support-button>: a HIS's icon for remote support. README.md says all about it.
// A classic script: it may come from another server (no CORS) or from a folder.
(() => {
  'use strict';

  /** How long the helper has to show itself, in milliseconds. */
  const PATIENCE = 1500;
  /** The most characters of a value; the helper reads links up to 2,048 bytes. */
  const MOST = { name: 40, department: 40, extension: 20 };
  const HERE = document.currentScript.src;
  const SCHEME = 'edgenext-support';
  const ORIGIN = 'https://get.teamviewer.com/edgennext_support';

  const WORDS = {
    ko: {
      label: '원격지원',
      asked: '원격지원을 열고 있어요. 브라우저가 물어보면 ‘열기’를 눌러 주세요.',
      seen: '원격지원 창이 보이면 그대로 기다려 주세요.',
      stuck: '열리지 않나요?',
      question: '원격지원이 열렸나요? 열리지 않았다면 이 컴퓨터에 도우미가 없을 수 있어요. 아래에서 골라 주세요.',
      close: '닫기',
      helper: '원격지원 도우미 설치하기',
      helperNote: '처음 한 번만 설치하고, 원격지원을 다시 눌러 주세요.',
      module: ' 받기',
      windows: '받은 파일을 두 번 눌러 실행해 주세요.',
      macos: '압축을 풀고 TeamViewer QuickSupport를 실행해 주세요.',
      linux: '압축을 풀고 실행해 주세요.',
      full: ' TeamViewer가 켜져 있으면 먼저 종료해 주세요.',
      origin: 'TeamViewer에서 받기',
      originNote: '해외 서버라 오래 걸릴 수 있어요.',
      phone: '휴대전화와 태블릿에서는 쓸 수 없어요. 도움이 필요한 컴퓨터에서 눌러 주세요.',
      call: '그래도 안 되면 전화해 주세요: ',
    },
    en: {
      label: 'Remote support',
      asked: 'Opening remote support. If the browser asks, choose “Open”.',
      seen: 'When you see the remote support window, just wait.',
      stuck: 'Nothing opened?',
      question: 'Did remote support open? If not, this computer may not have the helper. Choose below.',
      close: 'Close',
      helper: 'Install the remote support helper',
      helperNote: 'Only once. Then click remote support again.',
      module: ': download',
      windows: 'Double-click the downloaded file.',
      macos: 'Unzip it and open TeamViewer QuickSupport.',
      linux: 'Unpack it and start it.',
      full: ' If TeamViewer is running, quit it first.',
      origin: 'Download from TeamViewer',
      originNote: 'The server is abroad and may be slow.',
      phone: 'This does not work on phones and tablets. Click on the computer that needs help.',
      call: 'If it still does not work, call ',
    },
  };

  const look = new CSSStyleSheet();
  look.replaceSync(`
:host{--g:#fff;--i:#13242a;--s:#465960;--l:#76868a;--a:#0b6b62;--d:#08544d;--o:#fff;display:inline-block;position:relative;max-width:100%;
font:max(1rem,16px)/1.5 'Malgun Gothic','Apple SD Gothic Neo',NanumGothic,sans-serif;word-break:keep-all;overflow-wrap:anywhere;text-align:start}
:host([hidden]){display:none}
*{box-sizing:border-box;font:inherit}
button,a{display:inline-flex;align-items:center;gap:.5em;min-height:max(2.75em,44px);max-width:100%;padding:.4em 1em;border:1.5px solid var(--l);border-radius:.75em;background:var(--g);color:var(--i);font-weight:600;text-align:start;text-decoration:none;cursor:pointer}
.main{border-color:var(--a);background:var(--a);color:var(--o)}
button:hover,a:hover{border-color:var(--d);text-decoration:underline}
.main:hover{background:var(--d)}
:focus-visible{outline:3px solid var(--a);outline-offset:3px}
svg{flex:none;width:1.5em;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round}
.box{width:26em;max-width:100%;margin-top:.75em;padding:1em;border:1.5px solid var(--l);border-radius:.75em;background:var(--g);color:var(--i)}
.box:not(.on){position:absolute;width:1px;height:1px;padding:0;border:0;overflow:hidden;clip-path:inset(50%)}
:host([up]) .on{position:absolute;bottom:100%;left:0;z-index:9;margin:0 0 .75em;max-width:calc(100vw - 2em);max-height:calc(100vh - 6em);overflow:auto}
output,small,p{display:block;margin:0}
.rest>*+*,output:not(:empty)+.rest{margin-top:.75em}
small{color:var(--s)}
@media(prefers-color-scheme:dark){:host([dark]){--g:#17272e;--i:#e9f0ee;--s:#aebdbf;--l:#7d9298;--a:#7adcc8;--d:#a3eadb;--o:#06302b}}
@media(prefers-contrast:more){:host{--s:var(--i);--l:var(--i)}}
@media(forced-colors:active){.main{border-width:3px;background:ButtonFace;color:ButtonText}}`);

  /** No control, invisible or direction characters, no halves of characters, single spaces. */
  const tidy = (text) =>
    text.slice(0, 9999).normalize().replace(/[\p{Cf}\p{Cs}]/gu, '').replace(/[\s\p{Cc}]+/gu, ' ').trim();

  /** Resident and chart numbers. An extension may be a whole telephone number. */
  const looksPersonal = (key, text) =>
    (text.normalize('NFKC').match(/\p{Nd}([\s\p{P}\p{S}]{0,3}\p{Nd})*/gu) ?? []).some((run) => {
      const digits = run.replace(/\P{Nd}/gu, '');
      return key === 'extension' ? digits.length > 11 || !/^(0[1-9].*|.{1,6})$/u.test(digits) : digits.length > 5;
    });

  /** The link that asks for support, and which values were left out of it. */
  const link = (scheme, value) => {
    const leftOut = [];
    const pairs = [];
    for (const key in MOST) {
      const text = tidy(value(key) ?? '');
      if (looksPersonal(key, text)) leftOut.push(key);
      else if (text) pairs.push(`${key}=${encodeURIComponent([...text].slice(0, MOST[key]).join('')).replace(/'/g, '%27')}`);
    }
    const fits = /^(?!(javascript|vbscript|data|file|https?)$)[a-z][a-z0-9+.-]{2,40}$/i.test(scheme);
    return { href: `${fits ? scheme : SCHEME}://start${pairs.length ? '?' : ''}${pairs.join('&')}`, leftOut };
  };

  /** `windows`, `macos`, `linux`, `phone` or `other`, as far as browsers say it. */
  const system = ({ userAgentData, userAgent, maxTouchPoints }) => {
    const name = userAgentData?.platform || userAgent;
    if (userAgentData?.mobile || /Android|iPhone|iPad|iPod|Mobile/.test(name + userAgent)) return 'phone';
    if (/windows/i.test(name)) return 'windows';
    // iPadOS calls itself a Mac, and no Mac has a touch screen.
    if (/mac/i.test(name)) return maxTouchPoints > 1 ? 'phone' : 'macos';
    return /linux/i.test(name) ? 'linux' : 'other';
  };

  const make = (tag, also, ...parts) => {
    const part = Object.assign(document.createElement(tag), also);
    part.append(...parts);
    return part;
  };

  const icon = () => {
    const [svg, path] = ['svg', 'path'].map((tag) => document.createElementNS('http://www.w3.org/2000/svg', tag));
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', 'M4 14v-2a8 8 0 0 1 16 0v2M4 14h3v6H5a1 1 0 0 1-1-1zM20 14h-3v6h2a1 1 0 0 0 1-1zM19 20q-2 2-6 2');
    svg.append(path);
    return svg;
  };

  class RemoteSupportButton extends HTMLElement {
    static link = link;
    static system = system;

    #lang = 'ko';
    #kit;
    #stop;
    #main = make('button', { type: 'button', className: 'main', part: 'button', onclick: () => this.#ask() }, icon());
    #said = make('output');
    #rest = make('div', { className: 'rest' });
    #box = make('div', { className: 'box', part: 'box' }, this.#said, this.#rest);
    #root = this.attachShadow({ mode: 'open' });

    connectedCallback() {
      if (this.#root.firstChild) return;
      if (/^en/i.test(this.closest('[lang]')?.lang)) this.#lang = 'en';
      this.#root.adoptedStyleSheets = [look];
      this.#main.append(make('slot', {}, WORDS[this.#lang].label));
      this.#root.append(this.#main, this.#box);
      this.#box.onkeydown = ({ key }) => void (key === 'Escape' && this.#close());
      if (this.hasAttribute('open')) this.#offer('');
    }

    disconnectedCallback() {
      this.#stop?.();
    }

    /** Says it, without moving the focus away from where the person is. What the landing page offers stays. */
    #show(text, ...rest) {
      this.#said.textContent = text;
      if (rest.length || !this.hasAttribute('open')) this.#rest.replaceChildren(...rest);
      this.#box.classList.add('on');
    }

    #close() {
      if (this.hasAttribute('open')) return;
      this.#show('');
      this.#box.classList.remove('on');
      this.#main.focus();
    }

    #tell(kind, leftOut) {
      this.dispatchEvent(new CustomEvent('remote-support', { bubbles: true, composed: true, detail: { kind, leftOut } }));
    }

    #ask() {
      const words = WORDS[this.#lang];
      if (system(navigator) === 'phone') return void this.#offer(words.phone);
      // A second click joins the first.
      if (this.#stop) return;
      const { href, leftOut } = link(this.getAttribute('scheme') ?? SCHEME, (key) => this.getAttribute(key));
      // A hint: a window loses the focus for many reasons, and a helper may open none.
      let seen = false;
      const see = () => (seen = true);
      const refused = (event) => event.effectiveDirective === 'frame-src' && href.startsWith(event.blockedURI) && (location.href = href);
      const signs = [[window, 'blur'], [document, 'visibilitychange']];
      for (const [where, sign] of signs) where.addEventListener(sign, see);
      const timer = setTimeout(() => {
        this.#stop();
        this.#tell(seen ? 'seen' : 'unanswered', leftOut);
        if (!seen) this.#offer(words.question);
        else if (this.hasAttribute('open')) this.#show(words.seen);
        else this.#show(words.seen, make('button', { type: 'button', onclick: () => this.#offer(words.question) }, words.stuck));
      }, PATIENCE);
      this.#stop = () => {
        clearTimeout(timer);
        for (const [where, sign] of signs) where.removeEventListener(sign, see);
        document.removeEventListener('securitypolicyviolation', refused);
        frame.remove();
        this.#stop = undefined;
      };
      this.#show(words.asked);
      this.#tell('asked', leftOut);
      // In a frame: else a HIS asks about unsaved work. A strict CSP refuses the frame.
      const frame = make('iframe', { hidden: true, src: href });
      document.addEventListener('securitypolicyviolation', refused);
      this.#root.append(frame);
    }

    /** What the mirror says, if it can be read. */
    async #read() {
      const from = this.getAttribute('config');
      const address = new URL(from ?? 'kit.json', from ? document.baseURI : HERE);
      try {
        this.#kit ??= await (await fetch(address, { signal: AbortSignal.timeout(4000) })).json();
      } catch {}
      return [this.#kit ?? {}, address];
    }

    async #offer(text) {
      const words = WORDS[this.#lang];
      const [kit, address] = await this.#read();
      const mine = system(navigator);
      const rest = [];
      const add = (offer, label, note, also) => {
        const a = make('a', { className: rest.length ? '' : 'main', ...also }, label);
        try {
          a.href = new URL(offer.href ?? offer, address);
        } catch {}
        if (!['https:', 'http:', location.protocol].includes(a.protocol) || !a.href) return;
        rest.push(make('p', {}, a, make('small', {}, note)));
      };
      const find = (kind) => this.getAttribute(`${kind}-${mine}`) ?? kit[kind]?.[mine];
      if (mine !== 'phone') {
        const module = find('module');
        add(find('helper'), words.helper, words.helperNote, { download: '' });
        add(module, (kit.name ?? 'EDGE&NEXT Support') + words.module, words[mine] + words.full, { download: module?.file ?? '' });
        // The vendor's server abroad is the last way, never beside the mirror's.
        if (!rest.length) add(this.getAttribute('origin') ?? kit.origin ?? ORIGIN, words.origin, words.originNote, { rel: 'noreferrer' });
      }
      if (kit.phone) rest.push(make('p', {}, `${words.call}${kit.phone.number} (${kit.phone.hours?.[this.#lang]})`));
      if (!this.hasAttribute('open')) rest.push(make('button', { type: 'button', onclick: () => this.#close() }, words.close));
      this.#show(text, ...rest);
    }
  }

  if (!customElements.get('remote-support-button')) customElements.define('remote-support-button', RemoteSupportButton);
})();
