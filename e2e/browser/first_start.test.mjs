// An installation without given credentials: the password of the log works once, then one's own is needed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { axe, login, screenshot, useServer } from './harness.mjs';

const app = useServer({ firstStart: true });

/** E-mail and password as the server's log shows them at the first start. */
function credentials() {
  const log = readFileSync(app.log, 'utf8');
  const word = (name) => log.match(new RegExp(`${name}\\s+(\\S+)`))?.[1];
  return { email: word('e-mail'), password: word('password') };
}

async function fill(page, fields) {
  for (const [name, value] of Object.entries(fields)) await page.locator(`input[name="${name}"]`).fill(value);
  await page.getByRole('button', { name: 'Set password' }).click();
}

test('the password of the log has to be changed before anything else', async () => {
  const given = credentials();
  const own = 'My-Own-Password-1';
  const page = await app.page();
  await login(page, given);
  for (const wanted of ['/events/index', '/users/profile', '/feeds/index']) {
    await page.goto(wanted);
    assert.equal(new URL(page.url()).pathname, '/users/change_pw');
  }
  await axe(page);
  await screenshot(page, 'password');

  await fill(page, { current_password: given.password, password: 'short', confirm_password: 'short' });
  await page.locator('#password-error').waitFor();
  await fill(page, { current_password: given.password, password: own, confirm_password: `${own}x` });
  await page.locator('#confirm_password-error').waitFor();
  await fill(page, { current_password: 'not this', password: own, confirm_password: own });
  await page.locator('#current_password-error').waitFor();
  await axe(page);

  await fill(page, { current_password: given.password, password: own, confirm_password: own });
  await page.waitForURL((url) => url.pathname === '/users/profile');
  await page.goto('/events/index');
  assert.equal(new URL(page.url()).pathname, '/events/index');

  const again = await app.page();
  await login(again, { email: given.email, password: own });
  assert.equal(new URL(again.url()).pathname, '/events/index');
});
