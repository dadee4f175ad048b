// Organisations, users and roles; and what a reader does not see.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, login, screenshot, useServer } from './harness.mjs';

let event;
let reader;
const app = useServer({
  prepare: async () => {
    event = await app.event({
      info: 'Shared case',
      published: true,
      Tag: [{ name: 'tlp:clear' }],
      Attribute: [{ type: 'domain', value: 'shared.example' }],
    });
    reader = await app.user('Read Only', 'reader@sightline.example');
  },
});

test('an organisation is added, found, edited and deleted', async () => {
  const page = await app.visitor();
  await page.goto('/admin/organisations/add');
  await page.locator('form.stack').evaluate((form) => form.setAttribute('novalidate', ''));
  await page.getByRole('button', { name: 'Add organisation' }).click();
  await page.locator('#name-error').waitFor();
  await axe(page);
  await page.locator('#name').fill('Partner CSIRT');
  await page.locator('#sector').fill('Energy');
  await page.getByRole('button', { name: 'Add organisation' }).click();
  await page.getByRole('link', { name: 'Partner CSIRT' }).or(page.getByRole('heading', { name: 'Partner CSIRT' })).first().waitFor();

  await page.goto('/organisations/index?searchall=Partner');
  await page.getByRole('link', { name: 'Partner CSIRT' }).click();
  await page.getByRole('heading', { name: 'Partner CSIRT' }).waitFor();
  await axe(page);
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  assert.equal(await page.locator('#sector').inputValue(), 'Energy');
  await page.locator('#name').fill('Partner Energy CSIRT');
  await page.getByRole('button', { name: 'Save organisation' }).click();
  await page.goto('/organisations/index?searchall=Partner');
  await page.getByRole('link', { name: 'Partner Energy CSIRT' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete organisation' }).click();
  await page.waitForURL(/\/organisations\/index/);
  await page.goto('/organisations/index?searchall=Partner');
  await page.getByText('No organisation fits.').waitFor();
});

test('a new user gets a password that is shown once and has to be changed', async () => {
  const page = await app.visitor();
  await page.goto('/admin/users/add');
  await page.locator('#email').fill('not an address');
  await page.locator('form.stack').evaluate((form) => form.setAttribute('novalidate', ''));
  await page.getByRole('button', { name: 'Add user' }).click();
  await page.locator('#email-error').waitFor();
  await axe(page);
  await page.locator('#email').fill('newcomer@sightline.example');
  await page.locator('#role_id').selectOption({ label: 'User' });
  await page.getByRole('button', { name: 'Add user' }).click();
  await page.getByRole('heading', { name: 'newcomer@sightline.example' }).waitFor();
  const password = await page.locator('.flash').filter({ hasText: 'new password' }).locator('.secret').innerText();
  await axe(page);

  await page.goto('/admin/users/index?searchall=newcomer');
  await page.getByRole('link', { name: 'newcomer@sightline.example' }).click();
  assert.equal((await page.content()).includes(password), false, 'the password is shown a second time');

  const newcomer = await app.page();
  await login(newcomer, { email: 'newcomer@sightline.example', password });
  assert.equal(new URL(newcomer.url()).pathname, '/users/change_pw');
});

test('a password is reset, a user is disabled and deleted', async () => {
  const { email } = await app.user('User', 'forgetful@sightline.example');
  const page = await app.visitor();
  await page.goto('/admin/users/index?searchall=forgetful');
  await page.getByRole('link', { name: email }).click();
  await page.getByRole('button', { name: 'Reset password' }).first().click();
  await axe(page);
  await page.locator('dialog[open]').getByRole('button', { name: 'Reset password' }).click();
  const password = await page.locator('.flash .secret').innerText();
  const forgetful = await app.page();
  await login(forgetful, { email, password });
  assert.equal(new URL(forgetful.url()).pathname, '/users/change_pw');

  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.locator('#disabled').check();
  await page.getByRole('button', { name: 'Save user' }).click();
  await page.getByText('User saved.').waitFor();
  await forgetful.goto('/users/change_pw');
  assert.equal(new URL(forgetful.url()).pathname, '/users/login');

  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete user' }).click();
  await page.getByText('User deleted.').waitFor();
  await page.goto('/admin/users/index?searchall=forgetful');
  await page.getByText('No user fits.').waitFor();
});

test('the list of users filters by role, and counts keys', async () => {
  const page = await app.visitor();
  await page.goto('/admin/users/index');
  await page.locator('select[name="role"]').selectOption({ label: 'Read Only' });
  await page.waitForURL(/role=/);
  assert.equal(await page.locator('tbody tr').count(), 1);
  assert.match(await page.locator('tbody').innerText(), /reader@sightline\.example/);
  await page.goto('/admin/users/index?searchall=admin');
  assert.equal(await page.locator('tbody tr [data-label="Keys"], tbody tr td.num[data-label="Keys"]').first().innerText(), '1');
  await axe(page);
});

test('the roles are listed with what they may do', async () => {
  const page = await app.visitor();
  await page.goto('/roles/index');
  const head = await page.locator('thead').innerText();
  for (const role of ['admin', 'Org Admin', 'User', 'Publisher', 'Sync user', 'Read Only']) assert.ok(head.includes(role), role);
  await axe(page);
});

test('a reader sees events and no button that changes them', async () => {
  const page = await app.visitor(reader);
  await page.goto('/events/index');
  await page.getByRole('link', { name: 'Shared case' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Add event' }).count(), 0);
  assert.equal(await page.getByRole('checkbox').count(), 0);
  const links = await page.locator('#nav a').allInnerTexts();
  for (const hidden of ['Add event', 'Jobs', 'Users']) assert.ok(!links.some((text) => text.includes(hidden)), hidden);
  await page.goto(`/events/view/${event.id}`);
  await page.getByText('shared.example').waitFor();
  const buttons = await page.locator('main').getByRole('button').evaluateAll((all) => all.map((one) => one.ariaLabel ?? one.textContent.trim()));
  const changing = /add|edit|delete|publish|remove|tag|sighting|false positive|detection/i;
  assert.deepEqual(buttons.filter((name) => changing.test(name)), []);
  await axe(page);
  await screenshot(page, 'reader');
  // People of the host organisation see the feeds, and only see them.
  await page.goto('/feeds/index');
  assert.equal(await page.locator('main').getByRole('button').count(), 0);
  assert.equal(await page.locator('main').getByRole('link', { name: 'Add feed' }).count(), 0);
});

test('a reader who posts all the same gets 403, and nothing changes', async () => {
  const page = await app.visitor(reader);
  await page.goto('/events/index');
  const before = await app.api('GET', `/events/view/${event.id}`);
  const attribute = before.Event.Attribute[0].id;
  const paths = [
    '/events/add',
    `/events/edit/${event.id}`,
    `/events/delete/${event.id}`,
    `/events/publish/${event.id}`,
    `/events/unpublish/${event.id}`,
    `/events/addTag/${event.id}`,
    `/attributes/add/${event.id}`,
    `/attributes/edit/${attribute}`,
    `/attributes/editField/${attribute}`,
    `/attributes/delete/${attribute}`,
    `/sightings/add/${attribute}`,
    '/feeds/add',
    '/feeds/fetchFromAllFeeds',
    '/feeds/loadDefaultFeeds',
    '/admin/users/add',
    '/admin/organisations/add',
  ];
  const statuses = await page.evaluate(async (paths) => {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const post = async (path) => {
      const body = new URLSearchParams({ _csrf: token, info: 'x', value: 'x.example', type: 'domain', tag: '1', to_ids: '1', name: 'x', email: 'x@x.example' });
      return [path, (await fetch(path, { method: 'POST', body, redirect: 'manual' })).status];
    };
    return Promise.all(paths.map(post));
  }, paths);
  for (const [path, status] of statuses) assert.equal(status, 403, path);
  assert.deepEqual(await app.api('GET', `/events/view/${event.id}`), before);
  for (const path of ['/events/add', '/feeds/add', '/admin/users/index', '/admin/users/add', '/admin/organisations/add', `/events/edit/${event.id}`]) {
    assert.equal((await page.goto(path)).status(), 403, path);
  }
  await axe(page);
});
