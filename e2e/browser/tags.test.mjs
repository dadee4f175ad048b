// The list of tags, and favourites: in the list, and first in the picker.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

let event;
let theirs;
const app = useServer({
  prepare: async () => {
    for (let n = 0; n < 70; n += 1) {
      await app.api('POST', '/tags/add', { name: `paged:tag-${String(n).padStart(2, '0')}`, colour: n % 2 ? '#1f77b4' : '#ffc000' });
    }
    event = await app.event({ info: 'Tagged', Tag: [{ name: 'zulu:last', colour: '#cc0033' }] });
    const { Organisation } = await app.api('POST', '/admin/organisations/add', { name: 'Elsewhere', local: true });
    theirs = (await app.api('POST', '/tags/add', { name: 'restricted:theirs', org_id: Organisation.id })).Tag;
  },
});

test('tags are paged, searched, counted, and lead to their events', async () => {
  const page = await app.visitor();
  await page.goto('/events/index');
  await page.getByRole('navigation').getByRole('link', { name: 'Tags', exact: true }).click();
  await page.getByText('72 tags').waitFor();
  await axe(page);
  await screenshot(page, 'tags');
  await page.getByRole('link', { name: 'Next' }).click();
  const row = page.getByRole('row', { name: /zulu:last/ });
  await row.waitFor();
  assert.match(await row.innerText(), /1\s+0/);
  await page.locator('input[name="searchall"]').last().fill('zulu');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByText('1 tag', { exact: true }).waitFor();
  await row.getByRole('link').click();
  await page.getByRole('link', { name: event.info }).waitFor();
  await page.goto('/tags/index?searchall=nothing-like-it');
  await page.getByText('No tag fits.').waitFor();
});

test('a favourite is switched on, listed, offered first, and switched off', async () => {
  const page = await app.visitor();
  await page.goto('/tags/index?searchall=paged%3Atag-69');
  const star = page.getByRole('switch', { name: 'Favourite: paged:tag-69' });
  await star.click();
  await page.locator('[role="switch"][aria-checked="true"]').waitFor();
  await axe(page);
  await page.goto('/tags/index?favouritesOnly=1');
  await page.getByRole('row', { name: /paged:tag-69/ }).waitFor();
  assert.equal(await page.getByRole('row').count(), 2);
  await axe(page);
  await screenshot(page, 'tags-favourites');
  await page.setViewportSize({ width: 360, height: 740 });
  assert.equal(await overflows(page), false);
  await screenshot(page, 'tags-360');

  const answer = await page.request.get(`/tags/picker/event/${event.id}?q=paged`);
  const names = [...(await answer.text()).matchAll(/tag-\d\d/g)].map(([name]) => name);
  assert.equal(names[0], 'tag-69');

  await page.goto('/tags/index?favouritesOnly=1');
  await page.keyboard.press('j');
  await page.keyboard.press('s');
  await page.locator('[role="switch"][aria-checked="false"]').waitFor();
  await page.goto('/tags/index?favouritesOnly=1');
  await page.getByText('No favourites yet.').waitFor();
});

test('tags of another organisation are neither shown nor liked', async () => {
  const page = await app.visitor(await app.user('User', 'tags@sightline.example'));
  await page.goto('/tags/index?searchall=restricted');
  await page.getByText('No tag fits.').waitFor();
  await page.goto('/tags/index');
  const token = await page.locator('input[name="_csrf"]').first().inputValue();
  const answer = await page.request.post(`/favourite_tags/toggle/${theirs.id}`, { form: { _csrf: token } });
  assert.equal(answer.status(), 404);
});
