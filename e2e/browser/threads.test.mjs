// A discussion on the page of an event: saying something, answering, editing, the list; others do not edit it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, overflows, screenshot, useServer } from './harness.mjs';

let event;
let other;
const app = useServer({
  prepare: async () => {
    event = await app.event({ info: 'Harbour campaign', distribution: '1' });
    other = await app.user('User', 'other@users.example');
  },
});

test('people talk about an event', async () => {
  const page = await app.visitor();
  await page.goto(`/events/view/${event.id}`);
  await page.locator('#discussion-title').click();
  await page.getByText('Say something').click();
  await page.getByLabel('Post').fill(`See [event]${event.id}[/event] <b>now</b> [quote]an old saying[/quote]`);
  await page.getByRole('button', { name: 'Post', exact: true }).click();
  await page.getByText('Posted.').waitFor();
  await page.getByText('<b>now</b>').waitFor();
  assert.equal(await page.locator('.note-text blockquote').innerText(), 'an old saying');

  const second = await app.visitor(other);
  await second.goto('/threads/index');
  await second.getByRole('link', { name: 'Harbour campaign' }).click();
  await second.getByText('Reply').first().click();
  await second.getByLabel('Reply').fill('I see what you mean');
  await second.getByRole('button', { name: 'Reply' }).click();
  await second.getByText('I see what you mean').waitFor();

  await page.goto('/threads/index');
  await axe(page);
  await page.getByRole('link', { name: 'Harbour campaign' }).click();
  await page.getByText('I see what you mean').waitFor();
  await axe(page);
  await screenshot(page, 'discussion');
  await page.getByRole('link', { name: 'Edit' }).first().click();
  await axe(page);
  await page.getByLabel('Post').fill('Said differently');
  await page.getByRole('button', { name: 'Save the post' }).click();
  await page.getByText('Said differently').waitFor();

  const phone = await app.visitor({ ...other, viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
  await phone.goto(`/threads/viewEvent/${event.id}`);
  assert.equal(await overflows(phone), false);
  await axe(phone);
});

test('nobody edits what another one said', async () => {
  const { Post } = await app.api('POST', `/posts/add/event/${event.id}`, { message: 'Mine' });
  const page = await app.visitor(other);
  const answer = await page.goto(`/posts/edit/${Post.id}`);
  assert.equal(answer.status(), 403);
  assert.equal((await page.goto('/posts/edit/9999')).status(), 404);
});
