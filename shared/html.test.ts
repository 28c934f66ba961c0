import { expect, test } from 'vitest';
import { html } from './html.ts';

test('values are escaped, in text and in attributes', () => {
  const evil = `<script>"it's" & more</script>`;
  const escaped = '&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;';
  expect(html`<a title="${evil}">${evil}</a>`.markup).toBe(`<a title="${escaped}">${escaped}</a>`);
});

test('markup stays what it is, lists of it are joined, and nothing is nothing', () => {
  const items = ['<', 'b'].map((text) => html`<i>${text}</i>`);
  expect(html`${items}${undefined}${3}`.markup).toBe('<i>&lt;</i>\n<i>b</i>3');
});
