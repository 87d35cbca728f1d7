// The code that a hospital reads out, taken apart (SPEC H2): in the browser alone, nothing is sent or fetched. decode-data.js brings
// the tables; both are plain scripts, so that the page works from a folder as well.
(() => {
  'use strict';
  const { quasigroup, problems } = globalThis.SPOKEN;

  /** Damm's check: of digits with their check digit it is 0. */
  const check = (digits) => digits.reduce((interim, digit) => quasigroup[interim][digit], 0);

  /** What a code tells; otherwise `{ wrong: 'form' | 'check' | 'unknown' }`. Spaces, hyphens and dots are passed over. */
  function read(text) {
    const plain = text.trim().replace(/[\s.-]/gu, '');
    if (!/^[0-9]{8}$/u.test(plain)) return { wrong: 'form' };
    const digits = [...plain].map(Number);
    if (check(digits) !== 0) return { wrong: 'check' };
    const [a, b, standing, d, e, g, h] = digits;
    const problem = problems[`${a}${b}`];
    if (!problem || standing > 7) return { wrong: 'unknown' };
    return { problem, module: Boolean(standing & 1), catalog: Boolean(standing & 2), restart: Boolean(standing & 4), helper: d * 10 + e, version: g * 10 + h };
  }

  /** A version in two digits, 1 to 99. */
  function digest(version) {
    const part = (text) => [...text].filter((letter) => letter >= '0' && letter <= '9').reduce((sum, letter) => (sum * 10 + Number(letter)) % 9900, 0);
    const [major = '', minor = '', patch = ''] = version.split('.');
    return ((part(major) * 50 + part(minor) * 10 + part(patch)) % 99) + 1;
  }

  globalThis.spoken = { read, digest };

  const form = document.querySelector('form');
  if (!form) return;
  const { code, version } = form.elements;
  const words = globalThis.SPOKEN.words[document.documentElement.lang];
  const show = (name, text) => (document.querySelector(`[data-show="${name}"]`).textContent = text);
  const two = (number) => String(number).padStart(2, '0');

  function draw() {
    const told = read(code.value);
    const bad = told.wrong !== undefined;
    const asked = code.value.trim() !== '';
    // What is not typed to its end is not wrong yet.
    const early = told.wrong === 'form' && /^[\d\s.-]*$/u.test(code.value) && code.value.replace(/\D/gu, '').length < 8;
    const refused = bad && asked && !(early && document.activeElement === code);
    document.querySelector('#told').hidden = bad;
    code.setAttribute('aria-invalid', String(refused));
    show('refusal', refused ? words[told.wrong] : '');
    if (bad) return;
    const { problem } = told;
    show('code', problem.code);
    show('ko', problem.ko);
    show('en', problem.en);
    show('who', words[problem.who]);
    for (const name of ['module', 'catalog', 'restart']) show(name, told[name] ? words.yes : words.no);
    show('helper', `${words.number} ${two(told.helper)}`);
    show('version', told.version === 0 ? words.none : `${words.number} ${two(told.version)}`);
    const number = digest(version.value);
    const fits = [told.helper === number ? words.helper : '', told.version === number ? words.support : ''].filter(Boolean);
    show('fits', version.value.trim() === '' ? '' : `${words.number} ${two(number)}: ${fits.join(', ') || words.neither}`);
  }

  form.addEventListener('submit', (event) => event.preventDefault());
  for (const name of ['input', 'change']) form.addEventListener(name, draw);
  // A browser may bring back what was typed before.
  draw();
})();
