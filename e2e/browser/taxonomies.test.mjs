// Taxonomies: finding one, enabling it with its tags, reading what they mean while tagging; others only read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

let event;
let user;
const app = useServer({
  prepare: async () => {
    event = await app.event({ info: 'Harbour campaign' });
    user = await app.user('User', 'reader@users.example');
  },
});

test('a taxonomy is enabled and its meaning is read while tagging', async () => {
  const page = await app.visitor();
  await page.goto('/events/index');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Taxonomies' }).click();
  await page.getByRole('heading', { name: 'Taxonomies' }).waitFor();
  await axe(page);
  await screenshot(page, 'taxonomies');
  await page.getByRole('link', { name: 'tlp', exact: true }).click();
  await page.getByRole('button', { name: 'Enable with its tags' }).click();
  await page.getByText('its tags are offered').waitFor();
  await axe(page);
  await screenshot(page, 'taxonomy');
  await page.getByRole('button', { name: 'Required' }).click();
  await page.getByText('Taxonomy saved.').waitFor();
  await page.getByRole('switch', { name: 'tlp:red offered' }).click();
  await page.getByText('The tag is hidden.').waitFor();

  await page.goto(`/events/view/${event.id}`);
  await page.getByRole('button', { name: /tag/i }).first().click();
  await page.getByLabel('Find a tag').fill('tlp:amb');
  await page.locator('.offers .sub', { hasText: 'TLP:GREEN' }).waitFor({ state: 'detached' });
  await page.locator('.offers .sub', { hasText: 'TLP:AMBER' }).first().waitFor();
  await screenshot(page, 'tag-picker-meaning');

  const phone = await app.visitor({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
  for (const path of ['/taxonomies/index', '/taxonomies/view/tlp']) {
    await phone.goto(path);
    assert.equal(await overflows(phone), false, path);
    await axe(phone);
  }
  await screenshot(phone, 'taxonomy-phone');
});

test('who does not administer only reads', async () => {
  const page = await app.visitor(user);
  await page.goto('/taxonomies/view/tlp');
  await page.getByRole('heading', { name: 'tlp' }).waitFor();
  assert.equal(await page.getByRole('button', { name: /Disable|Enable|Delete/ }).count(), 0);
  assert.equal((await page.goto('/taxonomies/view/nothing')).status(), 404);
});
