// The log-in form: who gets in, who does not, and that the form works without a mouse.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, login, screenshot, useServer } from './harness.mjs';

const app = useServer();

const loginPath = '/users/login';

test('a stranger is sent to the log-in form', async () => {
  const page = await app.page();
  await page.goto('/events/index');
  assert.equal(new URL(page.url()).pathname, loginPath);
  await axe(page);
  await screenshot(page, 'login');
});

test('the log-in form is accessible in the dark and on a phone', async () => {
  const page = await app.page({ colorScheme: 'dark', viewport: { width: 360, height: 640 } });
  await page.goto(loginPath);
  await axe(page);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  assert.equal(overflow, false, 'the page scrolls sideways at 360 px');
  await screenshot(page, 'login-dark-360');
});

test('the administrator logs in and sees the events', async () => {
  const page = await app.page();
  await login(page, app);
  await page.goto('/events/index');
  assert.equal(new URL(page.url()).pathname, '/events/index');
  await axe(page);
});

test('the form works with the keyboard alone', async () => {
  const page = await app.page();
  await page.goto(loginPath);
  await page.locator('input[name="email"]').focus();
  await page.keyboard.type(app.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(app.password);
  await Promise.all([page.waitForURL((url) => url.pathname !== loginPath), page.keyboard.press('Enter')]);
});

test('a wrong password is refused without telling whether the user exists', async () => {
  const page = await app.page();
  const messages = [];
  for (const email of [app.email, 'nobody@sightline.example']) {
    await page.goto(loginPath);
    await page.locator('input[name="email"]').fill(email);
    await page.locator('input[name="password"]').fill('not the password');
    await page.locator('form:has(input[name="password"]) [type="submit"]').click();
    const alert = page.getByRole('alert');
    await alert.waitFor();
    messages.push((await alert.innerText()).trim());
    assert.equal(new URL(page.url()).pathname, loginPath);
  }
  assert.equal(messages[0], messages[1]);
  assert.notEqual(messages[0], '');
});

test('the session cookie is out of reach of scripts and of other sites', async () => {
  const page = await app.page();
  await login(page, app);
  const cookies = await page.context().cookies();
  assert.ok(cookies.length > 0);
  for (const { httpOnly, sameSite } of cookies) {
    assert.ok(httpOnly);
    assert.match(sameSite, /^(Lax|Strict)$/);
  }
});
