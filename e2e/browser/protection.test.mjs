// Forms of other sites, scripts of strangers: what the pages do against them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useServer } from './harness.mjs';

const HOSTILE = '<script>document.title = "taken"</script><img src=x onerror="document.title=\'taken\'">';

let event;
const app = useServer({
  prepare: async () => {
    event = await app.event({
      info: HOSTILE,
      Tag: [{ name: `x:${HOSTILE}` }],
      Attribute: [
        { type: 'comment', category: 'Other', value: HOSTILE, comment: HOSTILE },
        { type: 'link', category: 'External analysis', value: 'https://example.org/?a=<b>"\'' },
      ],
    });
  },
});

test('a form without the token of the session is refused and does nothing', async () => {
  const page = await app.visitor();
  await page.goto('/events/index');
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  for (const _csrf of [undefined, '', 'guessed']) {
    const body = new URLSearchParams({ info: 'Forged', ...(_csrf === undefined ? {} : { _csrf }) });
    for (const path of ['/events/add', `/events/delete/${event.id}`, '/users/logout', '/feeds/loadDefaultFeeds', '/auth_keys/add/1']) {
      const answer = await fetch(app.url + path, { method: 'POST', headers: { cookie }, body, redirect: 'manual' });
      assert.equal(answer.status, 400, path);
    }
  }
  const titles = (await app.api('GET', '/events/index')).map(({ info }) => info);
  assert.deepEqual(titles, [HOSTILE]);
  assert.equal((await page.goto('/events/index')).status(), 200);
});

test('the log-in form is bound to the browser that asked for it', async () => {
  const body = new URLSearchParams({ email: app.email, password: app.password, _csrf: 'x'.repeat(22) });
  const answer = await fetch(`${app.url}/users/login`, { method: 'POST', body, redirect: 'manual' });
  assert.equal(answer.status, 400);
  assert.equal(answer.headers.getSetCookie().some((cookie) => cookie.startsWith('sightline_session')), false);
});

test('every page has a policy with a fresh nonce, and no inline script or style', async () => {
  const page = await app.visitor();
  const nonces = new Set();
  const paths = ['/events/index', `/events/view/${event.id}`, '/events/add', '/feeds/index', '/users/profile', '/no/such/page'];
  for (const path of paths) {
    const answer = await page.goto(path);
    const headers = answer.headers();
    const nonce = headers['content-security-policy'].match(/script-src 'nonce-([^']+)'/)?.[1];
    assert.ok(nonce, path);
    nonces.add(nonce);
    assert.match(headers['content-security-policy'], /default-src 'none'/);
    assert.doesNotMatch(headers['content-security-policy'], /unsafe/);
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    const found = await page.evaluate((html) => {
      const document = new DOMParser().parseFromString(html, 'text/html');
      const attributes = [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes]);
      return {
        nonces: [...document.querySelectorAll('script')].map((script) => script.getAttribute('nonce')),
        inline: attributes.filter(({ name, value }) => /^(on|style$)/.test(name) || /^\s*javascript:/i.test(value)).map(({ name }) => name),
        styles: document.querySelectorAll('style').length,
      };
    }, await answer.text());
    assert.ok(found.nonces.length > 0, path);
    assert.deepEqual([...new Set(found.nonces)], [nonce], path);
    assert.deepEqual([found.inline, found.styles], [[], 0], path);
  }
  assert.equal(nonces.size, paths.length);
});

test('hostile text stays text', async () => {
  const page = await app.visitor();
  for (const path of ['/events/index', `/events/view/${event.id}`, `/events/edit/${event.id}`, '/attributes/index', `/events/index?all=${encodeURIComponent(HOSTILE)}`]) {
    await page.goto(path);
    assert.notEqual(await page.title(), 'taken', path);
    assert.equal(await page.locator('main img').count(), 0, path);
  }
});

test('pages of a session are not kept by caches', async () => {
  const page = await app.visitor();
  const answer = await page.goto(`/events/view/${event.id}`);
  assert.match(answer.headers()['cache-control'] ?? '', /no-store/);
});
