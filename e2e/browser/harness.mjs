// The browser tests' ground: a real server started through e2e/launch.py, Chromium from Debian, log-in, axe.
//
//     import { test } from 'node:test';
//     import { axe, login, screenshot, useServer } from './harness.mjs';
//     const app = useServer();
//     test('…', async () => {
//       const page = await app.page();
//       await login(page, app);
//       await axe(page);
//       await screenshot(page, 'home');
//     });

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = path.dirname(fileURLToPath(import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Chromium talks to nobody but the page: no updates, no accounts, no look-ups of its maker's hosts. */
const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long a page may take to show what a test waits for. The debug build is slow. */
const PATIENCE_MS = 15_000;

class App {
  /** Set once the server is up: url, key, email, password, log. */
  url;
  #process;
  #answers;
  #browser;
  #contexts = [];
  #sessions = new Map();

  async start({ firstStart = false, refusePrivate = false, mail = false } = {}) {
    const args = [path.join(here, '..', 'launch.py')];
    if (firstStart) args.push('--first-start');
    if (refusePrivate) args.push('--refuse-private');
    if (mail) args.push('--mail');
    this.#process = spawn('python3', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    Object.assign(this, await this.#answer());
    this.#browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: CHROMIUM_FLAGS,
    });
  }

  async #answer() {
    const { value, done } = await this.#answers.next();
    assert.ok(!done, 'the server did not start, or ended early');
    return JSON.parse(value);
  }

  /** Say `kill9`, `restart`, `serve FOLDER` or, where there is `mail`, `mail ADDRESS` to launch.py; the answer has what it says. */
  async control(command) {
    this.#process.stdin.write(`${command}\n`);
    const answer = await this.#answer();
    assert.ok(answer.ok, answer.error);
    return answer;
  }

  /**
   * A page in a fresh browser profile, closed after the test. Errors in the page's own code, and refusals of the
   * content security policy, fail the test that made it.
   */
  async page(options = {}) {
    const context = await this.#browser.newContext({ baseURL: this.url, viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const faults = [];
    page.on('pageerror', (error) => faults.push(error.stack ?? String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && /Content.Security.Policy/i.test(message.text())) faults.push(message.text());
    });
    this.#contexts.push({ context, faults });
    return page;
  }

  /** A page of somebody who has logged in, the administrator unless told otherwise. The session is kept for the next. */
  async visitor({ email = this.email, password = this.password, ...options } = {}) {
    const page = await this.page({ storageState: this.#sessions.get(email), ...options });
    if (!this.#sessions.has(email)) {
      await login(page, { email, password });
      this.#sessions.set(email, await page.context().storageState());
    }
    return page;
  }

  /** An event made through the API. */
  async event(fields) {
    return (await this.api('POST', '/events/add', { info: 'An event', distribution: '1', ...fields })).Event;
  }

  /** A user of a role, with a password that needs no change. */
  async user(role, email) {
    const roles = await this.api('GET', '/roles/index');
    const { id } = roles.map(({ Role }) => Role).find(({ name }) => name === role);
    const password = 'Battery-Staple-2024';
    await this.api('POST', '/admin/users/add', { email, role_id: id, org_id: '1', password, change_pw: '0' });
    return { email, password };
  }

  /** An API request as the administrator; the answer's JSON. */
  async api(method, url, body, key = this.key) {
    const answer = await fetch(this.url + url, {
      method,
      headers: { Authorization: key, Accept: 'application/json', 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${url}: ${answer.status} ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }

  async closePages() {
    const contexts = this.#contexts.splice(0);
    await Promise.all(contexts.map(({ context }) => context.close()));
    assert.deepEqual(contexts.flatMap(({ faults }) => faults), []);
  }

  async stop() {
    await this.#browser?.close();
    if (this.#process && this.#process.exitCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.stdin.end();
      await ended;
    }
  }
}

/**
 * One server and one browser for the tests of a file. `firstStart` leaves the credentials to the server,
 * `refusePrivate` keeps it from fetching from this machine, `mail` takes its mail, `prepare` fills it before the first test.
 */
export function useServer({ prepare, ...options } = {}) {
  const app = new App();
  before(async () => {
    await app.start(options);
    await prepare?.();
  });
  afterEach(() => app.closePages());
  after(() => app.stop());
  return app;
}

/** Fill in and send the log-in form, as the administrator unless told otherwise. */
export async function login(page, { email, password }) {
  await page.goto('/users/login');
  await page.locator('input[name="email"]').fill(email);
  await page.locator('input[name="password"]').fill(password);
  await Promise.all([
    page.waitForURL((url) => !url.pathname.startsWith('/users/login')),
    page.getByRole('button', { name: 'Log in' }).click(),
  ]);
}

/** No serious or critical violation of WCAG A or AA on the page as it stands now. */
export async function axe(page) {
  // Through the debugger, so that the page's content security policy needs no hole for it.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
      resultTypes: ['violations'],
    }),
  );
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.slice(0, 5).map(({ html }) => `    ${html.slice(0, 200)}`).join('\n')}`);
  assert.equal(grave.length, 0, `${page.url()} breaks WCAG:\n${grave.join('\n')}`);
}

/** Whether the page is wider than its window. */
export async function overflows(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}

/** A picture of the window, or with `fullPage` of everything, in out/NAME.png. */
export async function screenshot(page, name, options = {}) {
  mkdirSync(path.join(here, 'out'), { recursive: true });
  await page.screenshot({ path: path.join(here, 'out', `${name}.png`), ...options });
}
