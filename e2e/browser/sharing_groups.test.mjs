// Sharing groups and organisations by keyboard: a group is made, gets members, is chosen for an event; logos; a merge.

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

let reader;
const app = useServer({
  prepare: async () => {
    for (const name of ['Harbour Bank', 'Northern Power']) await app.api('POST', '/admin/organisations/add', { name });
    reader = await app.user('User', 'reader@sightline.example');
  },
});

/** A red picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);

async function group(fields) {
  return (await app.api('POST', '/sharing_groups/add', fields)).SharingGroup;
}

test('a group is made and gets its members without a mouse', async () => {
  const page = await app.visitor();
  await page.goto('/sharing_groups/index');
  await page.getByText('No sharing group fits.').waitFor();
  await axe(page);
  await page.keyboard.press('c');
  await page.waitForURL(/\/sharing_groups\/add/);
  await page.locator('#name').focus();
  await page.keyboard.type('Energy sector');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Operators and their teams');
  await axe(page);
  await screenshot(page, 'sharing-group-form');
  await page.locator('#name').press('Enter');
  await page.getByRole('heading', { name: 'Energy sector' }).waitFor();
  await page.getByText('Now add its members.').waitFor();

  await page.keyboard.press('a');
  await page.keyboard.type('Northern Power');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Member added.').waitFor();
  const member = page.getByRole('row').filter({ hasText: 'Northern Power' });
  assert.match(await member.innerText(), /yes/);
  await axe(page);
  await screenshot(page, 'sharing-group');

  await page.locator('#org').fill('Nothern Power');
  await page.locator('#org').press('Enter');
  await page.locator('#org-error').getByText('Invalid organisation.').waitFor();
  assert.equal(await page.locator('#org').inputValue(), 'Nothern Power');
  await axe(page);
  await page.getByRole('button', { name: 'Keep from extending: Northern Power' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('may not extend the group any more').waitFor();
  await page.getByRole('button', { name: 'Remove: Northern Power' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Member removed.').waitFor();
  assert.equal(await page.getByRole('row').filter({ hasText: 'Northern Power' }).count(), 0);
});

test('a group is changed, chosen for an event, and then not deleted', async () => {
  const { id } = await group({ name: 'Harbour', releasability: 'Banks' });
  const page = await app.visitor();
  await page.goto(`/sharing_groups/view/${id}`);
  await page.keyboard.press('e');
  await page.waitForURL(/\/sharing_groups\/edit/);
  await page.locator('#hide_members').check();
  await page.locator('#all_orgs').check();
  await page.getByRole('button', { name: 'Save sharing group' }).click();
  await page.getByText('every organisation of this instance').waitFor();
  await page.getByText('Members do not see each other.').waitFor();

  await page.goto('/events/add');
  await page.locator('#info').fill('Ships without lights');
  await page.locator('#distribution').selectOption('4');
  await page.locator('#sharing_group_id').selectOption({ label: 'Harbour' });
  await page.getByRole('button', { name: 'Add event' }).click();
  await page.getByRole('heading', { name: 'Ships without lights' }).waitFor();
  await page.getByText('Harbour').first().waitFor();

  await page.goto(`/sharing_groups/view/${id}`);
  await page.getByRole('link', { name: 'Its events' }).click();
  await page.getByRole('link', { name: 'Ships without lights' }).waitFor();

  await page.goto(`/sharing_groups/view/${id}`);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await axe(page);
  await page.getByRole('button', { name: 'Delete sharing group' }).click();
  await page.getByText('something is shared with it').waitFor();
});

test('an event stays in a group that is not offered any more', async () => {
  const { id } = await group({ name: 'Old circle' });
  const event = await app.event({ info: 'Long ago', distribution: '4', sharing_group_id: id });
  await app.api('POST', `/sharing_groups/edit/${id}`, { active: false });
  const page = await app.visitor();
  await page.goto('/events/add');
  assert.equal(await page.locator('#sharing_group_id option', { hasText: 'Old circle' }).count(), 0);
  await page.goto(`/events/edit/${event.id}`);
  assert.equal(await page.locator('#sharing_group_id').inputValue(), id);
  await page.locator('#info').fill('Long ago, renamed');
  await page.getByRole('button', { name: 'Save event' }).click();
  await page.getByRole('heading', { name: 'Long ago, renamed' }).waitFor();
  await page.goto('/sharing_groups/index?scope=inactive');
  await page.getByRole('link', { name: 'Old circle' }).waitFor();
  await axe(page);
});

test('a reader sees the groups of the own organisation and changes none', async () => {
  const { id } = await group({ name: 'For readers', SharingGroupOrg: [{ org_id: '1' }] });
  await app.api('POST', '/sharing_groups/add', { name: 'Quiet circle', hide_members: true, SharingGroupOrg: [{ org_id: '1' }] });
  const page = await app.visitor(reader);
  await page.goto('/sharing_groups/index');
  await page.getByRole('link', { name: 'For readers' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Add sharing group' }).count(), 0);
  await axe(page);
  await screenshot(page, 'sharing-groups');
  await page.getByRole('link', { name: 'For readers' }).click();
  await page.getByRole('heading', { name: 'For readers' }).waitFor();
  for (const name of ['Delete', 'Add member', 'Remove']) assert.equal(await page.getByRole('button', { name }).count(), 0, name);
  const paths = [`edit/${id}`, `delete/${id}`, `addOrg/${id}`, `removeOrg/${id}/1`, `extend/${id}/1`, 'add'];
  const statuses = await page.evaluate(async (paths) => {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const post = (path) => fetch(`/sharing_groups/${path}`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ _csrf: token, name: 'x', org: '1' }) });
    return Promise.all(paths.map(async (path) => [path, (await post(path)).status]));
  }, paths);
  for (const [path, status] of statuses) assert.equal(status, 403, path);
  for (const path of ['/sharing_groups/add', `/sharing_groups/edit/${id}`]) assert.equal((await page.goto(path)).status(), 403, path);
});

test('an organisation has a logo, its groups and its events on its page', async () => {
  const orgs = await app.api('GET', '/organisations/index');
  const { id } = orgs.map(({ Organisation }) => Organisation).find(({ name }) => name === 'Harbour Bank');
  await group({ name: 'Banks', SharingGroupOrg: [{ org_id: id }] });
  const page = await app.visitor();
  await page.goto(`/admin/organisations/edit/${id}`);
  await page.locator('#logo').setInputFiles({ name: '../../evil.svg', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)"/>') });
  await page.getByRole('button', { name: 'Save logo' }).click();
  await page.locator('#logo-error').getByText('Only PNG and JPEG').waitFor();
  await axe(page);
  await page.locator('#logo').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: PNG });
  await page.getByRole('button', { name: 'Save logo' }).click();
  await page.getByText('Logo saved.').waitFor();
  const logo = page.locator('main img.logo');
  await logo.waitFor();
  assert.equal(await logo.evaluate((one) => one.naturalWidth), 1, 'the picture is shown');
  const headers = await page.evaluate(async (src) => Object.fromEntries((await fetch(src)).headers), await logo.getAttribute('src'));
  assert.equal(headers['content-type'], 'image/png');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.match(headers['content-security-policy'], /^default-src 'none'; sandbox/);
  await page.getByRole('link', { name: 'Banks' }).waitFor();
  await axe(page);
  await screenshot(page, 'organisation');
  await page.goto('/organisations/index');
  await axe(page);
  await screenshot(page, 'organisations');
  await page.goto(`/admin/organisations/edit/${id}`);
  await page.getByRole('button', { name: 'Remove logo' }).click();
  await page.getByText('Logo removed.').waitFor();
  assert.equal(await page.locator('main img').count(), 0);
});

test('two organisations are merged', async () => {
  await app.api('POST', '/admin/organisations/add', { name: 'Old name' });
  const page = await app.visitor();
  await page.goto('/organisations/index?searchall=Old+name');
  await page.getByRole('link', { name: 'Old name' }).click();
  await page.getByRole('link', { name: 'Merge' }).click();
  await page.locator('#target').fill('Nobody');
  await page.getByRole('button', { name: 'Merge organisations' }).click();
  await page.locator('#target-error').getByText('Invalid organisation').waitFor();
  await axe(page);
  await screenshot(page, 'organisation-merge');
  await page.locator('#target').fill('Northern Power');
  await page.getByRole('button', { name: 'Merge organisations' }).click();
  await page.getByText('Organisations merged.').waitFor();
  await page.getByRole('heading', { name: 'Northern Power' }).waitFor();
  await page.goto('/organisations/index?searchall=Old+name');
  await page.getByText('No organisation fits.').waitFor();
});

test('the pages fit a narrow window and the dark', async () => {
  const { id } = await group({ name: 'A group with a name that is rather long for a small window', SharingGroupOrg: [{ org_id: '1' }] });
  const page = await app.visitor({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
  for (const path of ['/sharing_groups/index', `/sharing_groups/view/${id}`, `/sharing_groups/edit/${id}`, '/organisations/view/1']) {
    await page.goto(path);
    assert.equal(await overflows(page), false, path);
    await axe(page);
  }
  await page.goto(`/sharing_groups/view/${id}`);
  await screenshot(page, 'sharing-group-narrow', { fullPage: true });
});
