// The log-in form: who gets in, who does not, and that the form works without a mouse.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, login, overflows, screenshot, useServer } from './harness.mjs';

const app = useServer();

const loginPath = '/users/login';

test('a stranger is sent to the log-in form', async () => {
  const page = await app.page();
  await page.goto('/events/index?published=1');
  assert.equal(new URL(page.url()).pathname, loginPath);
  assert.equal(new URL(page.url()).searchParams.get('next'), '/events/index?published=1');
  await axe(page);
  await screenshot(page, 'login');
});

test('the log-in form is accessible in the dark and on a phone', async () => {
  const page = await app.page({ colorScheme: 'dark', viewport: { width: 360, height: 640 } });
  await page.goto(loginPath);
  await axe(page);
  assert.equal(await overflows(page), false, 'the page scrolls sideways at 360 px');
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
    await page.getByRole('button', { name: 'Log in' }).click();
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

test('after the log-in one is where one wanted to go, and never on another site', async () => {
  const page = await app.page();
  for (const [next, arrives] of [
    ['/organisations/index?scope=local', '/organisations/index?scope=local'],
    ['//elsewhere.example/', '/events/index'],
    ['https://elsewhere.example/', '/events/index'],
  ]) {
    await page.context().clearCookies();
    await page.goto(`${loginPath}?next=${encodeURIComponent(next)}`);
    await page.locator('input[name="email"]').fill(app.email);
    await page.locator('input[name="password"]').fill(app.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL(app.url + arrives);
  }
});

test('logging out ends the session', async () => {
  const page = await app.page();
  await login(page, app);
  const [session] = (await page.context().cookies()).filter(({ name }) => name === 'sightline_session');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.waitForURL((url) => url.pathname === loginPath);
  // The old cookie is worth nothing, even to somebody who kept it.
  await page.context().addCookies([session]);
  await page.goto('/events/index');
  assert.equal(new URL(page.url()).pathname, loginPath);
});

test('too many wrong passwords are answered with 429, and then the right one too', async () => {
  const { email, password } = await app.user('User', 'guessed@sightline.example');
  const page = await app.page();
  const attempt = async (secret) => {
    await page.goto(loginPath);
    await page.locator('input[name="email"]').fill(email);
    await page.locator('input[name="password"]').fill(secret);
    const answer = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.getByRole('button', { name: 'Log in' }).click();
    return (await answer).status();
  };
  let status;
  for (let tries = 0; tries < 20 && status !== 429; tries += 1) status = await attempt(`wrong ${tries}`);
  assert.equal(status, 429);
  assert.equal(await attempt(password), 429);
  assert.match(await page.getByRole('alert').innerText(), /wait \d+ seconds/);
});
