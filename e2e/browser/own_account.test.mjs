// The own account: one-time passwords, sessions, the terms of use, one API key, the own settings.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { axe, login, overflows, screenshot, useServer } from './harness.mjs';

let event;
const app = useServer({
  prepare: async () => {
    event = await app.event({ info: 'With tags', Tag: [{ name: 'tlp:clear' }] });
  },
});

/** What an authenticator app shows for a secret. */
function code(secret) {
  const bits = [...secret.replaceAll(/[\s=]/g, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('one-time passwords are set up, and a log-in then needs a code', async () => {
  const who = await app.user('User', 'otp@sightline.example');
  const page = await app.visitor(who);
  await page.goto('/users/profile');
  await page.getByRole('link', { name: 'Set up one-time passwords' }).click();
  const picture = await page.getByRole('img', { name: 'The secret as a QR code' }).boundingBox();
  assert.ok(picture.width >= 200 && picture.height >= 200, 'a telephone can read it');
  await axe(page);
  await screenshot(page, 'otp-set-up');
  const secret = await page.locator('.secret').innerText();
  await page.locator('#otp').fill('000000');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.locator('#otp-error').waitFor();
  await axe(page);
  await page.locator('#otp').fill(code(await page.locator('.secret').innerText()));
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByRole('heading', { name: 'Codes on paper' }).waitFor();
  await axe(page);
  await screenshot(page, 'otp-paper');
  assert.notEqual(secret, '');
  const paper = await page.locator('.paper-codes code').first().innerText();

  const again = await app.page();
  await login(again, who);
  assert.equal(new URL(again.url()).pathname, '/users/otp');
  await axe(again);
  await screenshot(again, 'otp');
  await again.goto('/events/index');
  assert.equal(new URL(again.url()).pathname, '/users/otp', 'the password alone leads nowhere');
  await again.locator('#otp').fill('123');
  await again.getByRole('button', { name: 'Go on' }).click();
  await again.getByRole('alert').waitFor();
  await axe(again);
  await again.locator('#otp').fill(paper);
  await again.getByRole('button', { name: 'Go on' }).click();
  await again.waitForURL(/\/events\/index/);
});

test('sessions are listed, and one of them is ended', async () => {
  const who = await app.user('User', 'sessions@sightline.example');
  const page = await app.visitor(who);
  const other = await app.page();
  await login(other, who);
  await page.goto('/users/profile');
  await page.getByRole('link', { name: 'Sessions', exact: true }).click();
  const rows = page.locator('table tbody tr');
  assert.equal(await rows.count(), 2);
  await axe(page);
  await screenshot(page, 'sessions');
  await page.setViewportSize({ width: 360, height: 740 });
  assert.equal(await overflows(page), false);
  await page.getByRole('button', { name: /End the session from/ }).click();
  await page.getByText('The session has ended.').waitFor();
  assert.equal(await rows.count(), 1);
  await other.goto('/events/index');
  assert.equal(new URL(other.url()).pathname, '/users/login');
  await page.goto('/events/index');
  assert.equal(new URL(page.url()).pathname, '/events/index', 'the own session goes on');
});

test('a key has a page: it says where it was used and changes what it may', async () => {
  const page = await app.visitor();
  const { AuthKey } = await app.api('POST', '/auth_keys/add/me', { comment: 'export', expiration: '2030-05-01T13:00:00Z' });
  await app.api('GET', '/users/view/me', undefined, AuthKey.authkey_raw);
  await page.goto('/users/profile');
  await page.getByRole('link', { name: `The key ${AuthKey.authkey_start}…${AuthKey.authkey_end}` }).click();
  await page.getByText('127.0.0.1').waitFor();
  await axe(page);
  await screenshot(page, 'key-page');
  await page.setViewportSize({ width: 360, height: 740 });
  assert.equal(await overflows(page), false);
  await page.locator('#allowed_ips').fill('not an address');
  await page.getByRole('button', { name: 'Save key' }).click();
  await page.locator('#allowed_ips-error').waitFor();
  await axe(page);
  await page.locator('#allowed_ips').fill('127.0.0.1\n192.0.2.0/24');
  await page.locator('#comment').fill('nightly');
  await page.locator('#read_only').check();
  await page.getByRole('button', { name: 'Save key' }).click();
  await page.getByText('API key saved.').waitFor();
  const [{ AuthKey: kept }] = [await app.api('GET', `/auth_keys/view/${AuthKey.id}`)].flat();
  assert.deepEqual([kept.comment, kept.allowed_ips, kept.read_only], ['nightly', ['127.0.0.1', '192.0.2.0/24'], true]);
  assert.equal(kept.expiration, AuthKey.expiration, 'a date that was not touched moves nothing');
  await assert.rejects(app.api('POST', '/events/add', { info: 'no' }, AuthKey.authkey_raw), /403/);

  const stranger = await app.visitor(await app.user('User', 'curious@sightline.example'));
  assert.equal((await stranger.goto(`/auth_keys/edit/${AuthKey.id}`)).status(), 404);
});

test('settings of ones own: the start page, hidden columns, and what is not JSON', async () => {
  const who = await app.user('User', 'settings@sightline.example');
  const page = await app.visitor(who);
  await page.goto('/events/index');
  const tags = page.locator('table.events .tags').first();
  await tags.waitFor();
  await page.getByRole('link', { name: 'My settings' }).click();
  await axe(page);
  await screenshot(page, 'user-settings', { fullPage: true });
  await page.locator('#homepage').fill('//elsewhere.example');
  await page.getByRole('button', { name: 'Save start page' }).click();
  await page.locator('#homepage-error').waitFor();
  await axe(page);
  await page.locator('#homepage').fill('/attributes/index');
  await page.getByRole('button', { name: 'Save start page' }).click();
  await page.getByText('Setting saved.').waitFor();
  await page.getByLabel('Tags', { exact: true }).uncheck();
  await page.getByLabel('Date', { exact: true }).uncheck();
  await page.getByRole('button', { name: 'Save columns' }).click();
  await page.getByText('Setting saved.').waitFor();
  assert.equal(await page.getByLabel('Tags', { exact: true }).isChecked(), false);
  await page.locator('#default_restsearch_parameters').fill('{"limit": ');
  await page.getByRole('button', { name: 'Save Default search parameters' }).click();
  await page.locator('#default_restsearch_parameters-error').waitFor();
  assert.equal(await page.locator('#default_restsearch_parameters').inputValue(), '{"limit":');
  await page.setViewportSize({ width: 360, height: 740 });
  assert.equal(await overflows(page), false);
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.goto('/events/index');
  await page.getByRole('link', { name: event.info }).waitFor();
  assert.equal(await tags.isVisible(), false);
  assert.equal(await page.locator('.date-cell').first().isVisible(), false);
  assert.equal(await page.locator('.org-cell').first().isVisible(), true);
  await screenshot(page, 'events-hidden-columns');
  const again = await app.page();
  await login(again, who);
  assert.equal(new URL(again.url()).pathname, '/attributes/index');
});

test('the terms of use come before everything, and can be taken along', async () => {
  const who = await app.user('User', 'terms@sightline.example');
  await app.api('POST', '/servers/serverSettingsEdit/MISP.terms_text', { value: 'Be kind.\nShare what you may.' });
  const page = await app.page();
  await login(page, who);
  assert.equal(new URL(page.url()).pathname, '/users/terms');
  await axe(page);
  await screenshot(page, 'terms');
  await page.goto('/events/index');
  assert.equal(new URL(page.url()).pathname, '/users/terms', 'nothing is shown before');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download as a file' }).click()]);
  assert.equal(file.suggestedFilename(), 'terms.txt');
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.getByText('You have accepted the terms of use.').waitFor();
  await page.goto('/users/profile');
  await page.getByRole('link', { name: 'Terms of use' }).click();
  await page.getByText('You have accepted them.').waitFor();
  await app.api('POST', '/servers/serverSettingsEdit/MISP.terms_text', { value: '' });
});
